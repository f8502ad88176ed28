using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's AdaMax, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class AdaMax
{
    /// <summary>AdaMax (OP-20).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="m">Mean of the gradient, D.</param>
    /// <param name="u">Largest gradient so far, D, above 0.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="beta1">β₁, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta2">β₂, how much of the old largest gradient is kept.</param>
    /// <param name="t">Steps so far, this one included: 1 at first.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="mnew">New mean of the gradient, D; every element is written.</param>
    /// <param name="unew">New largest gradient, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>mnew = fma(beta1, m, (1 − beta1)·dw). The rate eta/(1 − beta1ᵗ) is computed in binary64 and rounded once.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-20")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> m,
        in ReadOnlyTensorSpan<float> u, float eta, float beta1, float beta2, float t, in TensorSpan<float> wnew, in TensorSpan<float> mnew,
        in TensorSpan<float> unew, Execution on)
    {
        Lengths.ExpectRank("OP-20", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-20", "w", w);
        Contract.Shape("OP-20", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-20", "m", "D", m, w.Lengths);
        Contract.Shape("OP-20", "u", "D", u, w.Lengths);
        Contract.Shape("OP-20", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-20", "mnew", "D", mnew, w.Lengths);
        Contract.Shape("OP-20", "unew", "D", unew, w.Lengths);
        float rate = (float)(eta / (1 - Math.Pow(beta1, t)));
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, pm = m, pu = u, pwnew = wnew, pmnew = mnew, punew = unew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pdw, pm, pu, rate, beta1, beta2, pwnew, pmnew, punew));
    }

    private readonly struct StepEach(float* w, float* dw, float* m, float* u, float rate, float beta1, float beta2, float* wnew,
        float* mnew, float* unew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V slope = L.Load(dw + i), weight = L.Load(w + i);
            V mean = L.Fma(L.Create(beta1), L.Load(m + i), L.Multiply(L.Create(1 - beta1), slope));
            V largest = L.Max(L.Multiply(L.Create(beta2), L.Load(u + i)), L.Abs(slope));
            L.Store(mean, mnew + i);
            L.Store(largest, unew + i);
            L.Store(L.Subtract(weight, L.Divide(L.Multiply(L.Create(rate), mean), largest)), wnew + i);
        }
    }
}
