using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LevenbergMarquardt, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class LevenbergMarquardt
{
    /// <summary>Stochastic diagonal Levenberg-Marquardt step (OP-11).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Estimate of the second derivative of the loss by w, D, at least 0.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">μ, keeps the step finite where the loss is flat.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>wnew = fma(−eta/(mu + h), dw, w).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-11")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, in ReadOnlyTensorSpan<float> h, float eta,
        float mu, in TensorSpan<float> wnew, Execution on)
    {
        Lengths.ExpectRank("OP-11", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-11", "w", w);
        Contract.Shape("OP-11", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-11", "h", "D", h, w.Lengths);
        Contract.Shape("OP-11", "wnew", "D", wnew, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, ph = h, pwnew = wnew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pdw, ph, eta, mu, pwnew));
    }

    /// <summary>Running estimate of the second derivative (OP-14).</summary>
    /// <param name="h">Estimate of the second derivative of the loss by w, D, at least 0.</param>
    /// <param name="hw">Second derivative by w on the newest pattern, D, at least 0.</param>
    /// <param name="rho">ρ, the weight of the newest pattern.</param>
    /// <param name="hnew">New estimate, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>hnew = fma(rho, hw, (1 − rho)·h).</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-14")]
    public static void RunningEstimate(in ReadOnlyTensorSpan<float> h, in ReadOnlyTensorSpan<float> hw, float rho,
        in TensorSpan<float> hnew, Execution on)
    {
        Lengths.ExpectRank("OP-14", "h", "D", h.Lengths, 1);
        Contract.Dense("OP-14", "h", h);
        Contract.Shape("OP-14", "hw", "D", hw, h.Lengths);
        Contract.Shape("OP-14", "hnew", "D", hnew, h.Lengths);
        using var lease = on.Enter();
        fixed (float* ph = h, phw = hw, phnew = hnew)
            Pointwise.Run(on, h.FlattenedLength, new EstimateEach(ph, phw, rho, phnew));
    }

    private readonly struct StepEach(float* w, float* dw, float* h, float eta, float mu, float* wnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Fma(L.Divide(L.Create(-eta), L.Add(L.Create(mu), L.Load(h + i))), L.Load(dw + i), L.Load(w + i)), wnew + i);
    }

    private readonly struct EstimateEach(float* h, float* hw, float rho, float* hnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Fma(L.Create(rho), L.Load(hw + i), L.Multiply(L.Create(1 - rho), L.Load(h + i))), hnew + i);
    }
}
