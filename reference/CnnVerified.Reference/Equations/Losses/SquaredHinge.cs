using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The square of how far each score falls short of the margin 1 on its side, summed over batch and classes.</summary>
public static class SquaredHinge
{
    /// <summary>Squared hinge, forward (LS-F19).</summary>
    /// <param name="z">Scores, N×K.</param>
    /// <param name="t">Targets, N×K: 1 for the right class, −1 for the others.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Tang, Deep Learning using Linear Support Vector Machines (2013).</remarks>
    [Equation("LS-F19")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<T> t)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F19", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Lengths.Expect("LS-F19", "t", "N×K", t.Lengths, [N, K]);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += Choosing.Max(T.AdditiveIdentity, T.MultiplicativeIdentity - z[n, k] * t[n, k])
                     * Choosing.Max(T.AdditiveIdentity, T.MultiplicativeIdentity - z[n, k] * t[n, k]);
        return Tensor.Create([sum]);
    }

    /// <summary>Squared hinge, backward data (LS-B21): the gradient of LS-F19 by z.</summary>
    /// <param name="z">Scores, N×K.</param>
    /// <param name="t">Targets, N×K: 1 for the right class, −1 for the others.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Tang, Deep Learning using Linear Support Vector Machines (2013).</remarks>
    [Equation("LS-B21")]
    public static Tensor<T> BackwardData<T>(Tensor<T> z, Tensor<T> t)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
                  IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B21", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Lengths.Expect("LS-B21", "t", "N×K", t.Lengths, [N, K]);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dz[n, k] = -Whole.Of<T>(2) * t[n, k] * Choosing.Max(T.AdditiveIdentity, T.MultiplicativeIdentity - z[n, k] * t[n, k]);
        return dz;
    }
}
