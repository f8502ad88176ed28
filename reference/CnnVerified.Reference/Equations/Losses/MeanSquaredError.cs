using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The squared distance: the mean over batch and elements.</summary>
public static class MeanSquaredError
{
    /// <summary>Mean squared error, mean over all elements, forward (LS-F12).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Definition.</remarks>
    [Equation("LS-F12")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F12", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-F12", "t", "N×K", t.Lengths, [N, K]);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += (y[n, k] - t[n, k]) * (y[n, k] - t[n, k]) / (Whole.Of<T>(N) * Whole.Of<T>(K));
        return Tensor.Create([sum]);
    }

    /// <summary>Mean squared error, mean over all elements, backward data (LS-B13): the gradient of LS-F12 by y.</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>Derivative dy, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F12.</remarks>
    [Equation("LS-B13")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B13", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-B13", "t", "N×K", t.Lengths, [N, K]);
        var dy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dy[n, k] = Whole.Of<T>(2) * (y[n, k] - t[n, k]) / (Whole.Of<T>(N) * Whole.Of<T>(K));
        return dy;
    }
}
