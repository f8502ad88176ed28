using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The running mean and variance that batch normalisation uses at inference.</summary>
public static class RunningStatistics
{
    /// <summary>Running mean and variance, one step (NM-U1).</summary>
    /// <param name="ma">Running mean, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="mu">Mean of the batch (NM-F1), C.</param>
    /// <param name="v">Population variance of the batch (NM-F1), C.</param>
    /// <param name="rho">Share of the new values, in (0, 1].</param>
    /// <param name="M">Elements of a channel in the batch, N·H·W, above 1.</param>
    /// <returns>New running mean manew and variance vanew, C each.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or M is below 2.</exception>
    /// <remarks>docs/equations/normalisation.md. A convention; the unbiased factor is that of Ioffe and Szegedy, Batch Normalization
    /// (2015), Algorithm 2.</remarks>
    [Equation("NM-U1")]
    public static (Tensor<T> Manew, Tensor<T> Vanew) Step<T>(Tensor<T> ma, Tensor<T> va, Tensor<T> mu, Tensor<T> v, T rho, int M)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("NM-U1", "ma", "C", ma.Lengths, 1);
        int C = (int)ma.Lengths[0];
        Lengths.Expect("NM-U1", "va", "C", va.Lengths, [C]);
        Lengths.Expect("NM-U1", "mu", "C", mu.Lengths, [C]);
        Lengths.Expect("NM-U1", "v", "C", v.Lengths, [C]);
        if (M < 2)
            throw new ArgumentException($"M expects at least 2 elements in a channel but is {M}; NM-U1 divides by M − 1.", nameof(M));
        T one = T.MultiplicativeIdentity;
        Tensor<T> manew = Tensor.CreateFromShape<T>([C]), vanew = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            manew[c] = (one - rho) * ma[c] + rho * mu[c];
            vanew[c] = (one - rho) * va[c] + rho * v[c] * Whole.Of<T>(M) / Whole.Of<T>(M - 1);
        }
        return (manew, vanew);
    }
}
