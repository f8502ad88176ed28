using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's WeightDecay, one pass over memory. Results may be the old values' memory.</summary>
public static unsafe class WeightDecay
{
    /// <summary>Weight decay (OP-9).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="lam">Weight decay λ.</param>
    /// <param name="wnew">New weights, D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>wnew = fma(−eta, dw, (1 − eta·lam)·w); the factor 1 − eta·lam rounds once.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-9")]
    public static void Step(in ReadOnlyTensorSpan<float> w, in ReadOnlyTensorSpan<float> dw, float eta, float lam,
        in TensorSpan<float> wnew, Execution on)
    {
        Lengths.ExpectRank("OP-9", "w", "D", w.Lengths, 1);
        Contract.Dense("OP-9", "w", w);
        Contract.Shape("OP-9", "dw", "D", dw, w.Lengths);
        Contract.Shape("OP-9", "wnew", "D", wnew, w.Lengths);
        float factor = MathF.FusedMultiplyAdd(-eta, lam, 1);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw, pwnew = wnew)
            Pointwise.Run(on, w.FlattenedLength, new StepEach(pw, pdw, eta, factor, pwnew));
    }

    private readonly struct StepEach(float* w, float* dw, float eta, float factor, float* wnew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Fma(L.Create(-eta), L.Load(dw + i), L.Multiply(L.Create(factor), L.Load(w + i))), wnew + i);
    }
}
