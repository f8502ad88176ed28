using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Nesterov, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class Nesterov
{
    /// <summary>Nesterov momentum (OP-3).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="g">Derivative of the loss by w + μ·v, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">Momentum μ.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="vnew">New velocity, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>vnew = fma(−eta, g, mu·v).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-3")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> g, in ReadOnlyTensorSpan<float> v, float eta,
        float mu, in TensorSpan<float> wnew, in TensorSpan<float> vnew, Execution on)
    {
        Lengths.ExpectRank("OP-3", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-3", "w", w);
        Contract.Shape("OP-3", "g", "D", g, w.Lengths);
        Contract.Shape("OP-3", "v", "D", v, w.Lengths);
        Contract.Shape("OP-3", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-3", "vnew", "D", vnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pg = g, pv = v, pwnew = wnew, pvnew = vnew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pg, pv, eta, mu, pwnew, pvnew));
    }

    /// <summary>Nesterov momentum in shifted variables: the stored weights are where the gradient is taken (OP-4).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">Momentum μ.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="vnew">New velocity, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>vnew = fma(−eta, dw, mu·v), wnew = fma(1 + mu, vnew, fma(−mu, v, w)).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-4")]
    public static void ShiftedStep(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> v,
        float eta, float mu, in TensorSpan<float> wnew, in TensorSpan<float> vnew, Execution on)
    {
        Lengths.ExpectRank("OP-4", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-4", "w", w);
        Contract.Shape("OP-4", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-4", "v", "D", v, w.Lengths);
        Contract.Shape("OP-4", "wnew", "D", wnew, w.Lengths);
        Contract.Shape("OP-4", "vnew", "D", vnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, pv = v, pwnew = wnew, pvnew = vnew)
            Pointwise.Run(on, w.FlattenedLength, new ShiftedStepEach(pw, pdw, pv, eta, mu, pwnew, pvnew));
    }

    private readonly struct StepEach(float* w, float* g, float* v, float eta, float mu, float* wnew, float* vnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V velocity = L.Fma(L.Create(-eta), L.Load(g + i), L.Multiply(L.Create(mu), L.Load(v + i)));
            V weight = L.Add(L.Load(w + i), velocity);
            L.Store(velocity, vnew + i);
            L.Store(weight, wnew + i);
        }
    }

    private readonly struct ShiftedStepEach(float* w, float* dw, float* v, float eta, float mu, float* wnew, float* vnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V old = L.Load(v + i);
            V velocity = L.Fma(L.Create(-eta), L.Load(dw + i), L.Multiply(L.Create(mu), old));
            V weight = L.Fma(L.Create(1 + mu), velocity, L.Fma(L.Create(-mu), old, L.Load(w + i)));
            L.Store(velocity, vnew + i);
            L.Store(weight, wnew + i);
        }
    }
}
