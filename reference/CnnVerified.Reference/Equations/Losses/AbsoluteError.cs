using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The absolute difference, summed over batch and elements.</summary>
public static class AbsoluteError
{
    /// <summary>Absolute error, forward (LS-F17).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Definition.</remarks>
    [Equation("LS-F17")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<T> t)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IUnaryNegationOperators<T, T>,
                  IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F17", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-F17", "t", "N×K", t.Lengths, [N, K]);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += Choosing.Abs(y[n, k] - t[n, k]);
        return Tensor.Create([sum]);
    }

    /// <summary>Absolute error, backward data (LS-B19): the gradient of LS-F17 by y.</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>Derivative dy, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F17; 0 where the difference is 0, a convention.</remarks>
    [Equation("LS-B19")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<T> t)
        where T : IComparisonOperators<T, T, bool>, ISubtractionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B19", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-B19", "t", "N×K", t.Lengths, [N, K]);
        var dy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dy[n, k] = Choosing.Sign(y[n, k] - t[n, k]);
        return dy;
    }
}
