using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's RunningStatistics. New values may be the old ones' memory.</summary>
public static unsafe class RunningStatistics
{
    /// <summary>Running mean and variance, one step (NM-U1).</summary>
    /// <param name="ma">Running mean, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="mu">Mean of the batch (NM-F1), C.</param>
    /// <param name="v">Population variance of the batch (NM-F1), C.</param>
    /// <param name="rho">Share of the new values, in (0, 1].</param>
    /// <param name="M">Elements of a channel in the batch, N·H·W, from 2 to 2²⁴.</param>
    /// <param name="manew">New running mean, C; every element is written.</param>
    /// <param name="vanew">New running variance, C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>The sum of each line is fused. Beyond 2²⁴, M is rounded to the nearest float.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, M is below 2, or a tensor has gaps.</exception>
    [Equation("NM-U1")]
    public static void Step(in ReadOnlyTensorSpan<float> ma, in ReadOnlyTensorSpan<float> va, in ReadOnlyTensorSpan<float> mu,
        in ReadOnlyTensorSpan<float> v, float rho, int M, in TensorSpan<float> manew, in TensorSpan<float> vanew, Execution on)
    {
        Lengths.ExpectRank("NM-U1", "ma", "C", ma.Lengths, 1);
        Contract.Dense("NM-U1", "ma", ma);
        Contract.Shape("NM-U1", "va", "C", va, ma.Lengths);
        Contract.Shape("NM-U1", "mu", "C", mu, ma.Lengths);
        Contract.Shape("NM-U1", "v", "C", v, ma.Lengths);
        Contract.Shape("NM-U1", "manew", "C", manew, ma.Lengths);
        Contract.Shape("NM-U1", "vanew", "C", vanew, ma.Lengths);
        if (M < 2)
            throw new ArgumentException($"M expects at least 2 elements in a channel but is {M}; NM-U1 divides by M − 1.", nameof(M));
        using var lease = on.Enter();
        fixed (float* pma = ma, pva = va, pmu = mu, pv = v, pmanew = manew, pvanew = vanew)
            Pointwise.Run(on, ma.FlattenedLength, new StepEach(pma, pva, pmu, pv, rho, M, M - 1, pmanew, pvanew));
    }

    private readonly struct StepEach(float* ma, float* va, float* mu, float* v, float rho, float M, float less,
        float* manew, float* vanew) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V share = L.Create(rho), rest = L.Create(1 - rho);
            V mean = L.Fma(rest, L.Load(ma + i), L.Multiply(share, L.Load(mu + i)));
            V unbiased = L.Divide(L.Multiply(L.Multiply(share, L.Load(v + i)), L.Create(M)), L.Create(less));
            V variance = L.Fma(rest, L.Load(va + i), unbiased);
            L.Store(mean, manew + i);
            L.Store(variance, vanew + i);
        }
    }
}
