using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Adam, one pass over memory. Results may be the old values' memory.</summary>
/// <remarks>The corrections 1/(1 − βᵗ) are computed once, in binary64, and rounded once: a product with them rounds as often as a quotient
/// by a rounded 1 − βᵗ.</remarks>
public static unsafe class Adam
{
    /// <summary>Adam (OP-7).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="m">Mean of the gradient, D.</param>
    /// <param name="v">Mean of the squared gradient, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="beta1">β₁, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta2">β₂, how much of the old mean of the square is kept.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="t">Steps so far, this one included: 1 at first.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="mnew">New mean of the gradient, D; every element is written.</param>
    /// <param name="vnew">New mean of the squared gradient, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>mnew = fma(beta1, m, (1 − beta1)·dw), vnew = fma(beta2, v, (1 − beta2)·dw²).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-7")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> m,
        in ReadOnlyTensorSpan<float> v, float eta, float beta1, float beta2, float eps, float t, in TensorSpan<float> wnew,
        in TensorSpan<float> mnew, in TensorSpan<float> vnew, Execution on)
    {
        Lengths.ExpectRank("OP-7", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-7", "w", w);
        Contract.Shape("OP-7", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-7", "m", "D", m, w.Lengths);
        Contract.Shape("OP-7", "v", "D", v, w.Lengths);
        Contract.Shape("OP-7", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-7", "mnew", "D", mnew, w.Lengths);
        Contract.Shape("OP-7", "vnew", "D", vnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, pm = m, pv = v, pwnew = wnew, pmnew = mnew, pvnew = vnew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, new Means(pdw, pm, pv, beta1, beta2, t, pmnew, pvnew), eta, eps, pwnew));
    }

    /// <summary>AdamW, the decay multiplied by the learning rate (OP-8).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="m">Mean of the gradient, D.</param>
    /// <param name="v">Mean of the squared gradient, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="beta1">β₁, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta2">β₂, how much of the old mean of the square is kept.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="lam">Weight decay λ, multiplied by the learning rate.</param>
    /// <param name="t">Steps so far, this one included: 1 at first.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="mnew">New mean of the gradient, D; every element is written.</param>
    /// <param name="vnew">New mean of the squared gradient, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>As OP-7; the decay is added to the quotient, and the step subtracted from the weight, by a fused multiply-add each.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-8")]
    public static void DecoupledStep(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> m,
        in ReadOnlyTensorSpan<float> v, float eta, float beta1, float beta2, float eps, float lam, float t, in TensorSpan<float> wnew,
        in TensorSpan<float> mnew, in TensorSpan<float> vnew, Execution on)
    {
        Lengths.ExpectRank("OP-8", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-8", "w", w);
        Contract.Shape("OP-8", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-8", "m", "D", m, w.Lengths);
        Contract.Shape("OP-8", "v", "D", v, w.Lengths);
        Contract.Shape("OP-8", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-8", "mnew", "D", mnew, w.Lengths);
        Contract.Shape("OP-8", "vnew", "D", vnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, pm = m, pv = v, pwnew = wnew, pmnew = mnew, pvnew = vnew)
            Pointwise.Run(on, w.FlattenedLength,
                new DecoupledStepEach(pw, new Means(pdw, pm, pv, beta1, beta2, t, pmnew, pvnew), eta, eps, lam, pwnew));
    }

    private readonly struct StepEach(float* w, Means means, float eta, float eps, float* wnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V weight = L.Load(w + i);
            means.At<V, L>(i, out V mhat, out V root);
            L.Store(L.Subtract(weight, L.Divide(L.Multiply(L.Create(eta), mhat), L.Add(root, L.Create(eps)))), wnew + i);
        }
    }

    private readonly struct DecoupledStepEach(float* w, Means means, float eta, float eps, float lam, float* wnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V weight = L.Load(w + i);
            means.At<V, L>(i, out V mhat, out V root);
            V step = L.Fma(L.Create(lam), weight, L.Divide(mhat, L.Add(root, L.Create(eps))));
            L.Store(L.Fma(L.Create(-eta), step, weight), wnew + i);
        }
    }

    // Both means, their new values stored, and what the steps use of them: mhat and the root of vhat.
    private readonly struct Means(float* dw, float* m, float* v, float beta1, float beta2, float t, float* mnew, float* vnew)
    {
        private readonly float _correction1 = Correction(beta1, t);
        private readonly float _correction2 = Correction(beta2, t);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V, L>(nint i, out V mhat, out V root) where V : unmanaged where L : struct, ILanes<V>
        {
            V slope = L.Load(dw + i);
            V mean = L.Fma(L.Create(beta1), L.Load(m + i), L.Multiply(L.Create(1 - beta1), slope));
            V square = L.Fma(L.Create(beta2), L.Load(v + i), L.Multiply(L.Create(1 - beta2), L.Multiply(slope, slope)));
            L.Store(mean, mnew + i);
            L.Store(square, vnew + i);
            mhat = L.Multiply(mean, L.Create(_correction1));
            root = L.Sqrt(L.Multiply(square, L.Create(_correction2)));
        }

        private static float Correction(float beta, float t) => (float)(1 / (1 - Math.Pow(beta, t)));
    }
}
