using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The squared distance: the mean over the batch, the sum over the elements.</summary>
public static class BatchMeanSquaredError
{
    /// <summary>Mean squared error, mean over the batch, forward (LS-F11).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Definition.</remarks>
    [Equation("LS-F11")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F11", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-F11", "t", "N×K", t.Lengths, [N, K]);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += (y[n, k] - t[n, k]) * (y[n, k] - t[n, k]) / Whole.Of<T>(N);
        return Tensor.Create([sum]);
    }

    /// <summary>Mean squared error, mean over the batch, backward data (LS-B12): the gradient of LS-F11 by y.</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>Derivative dy, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F11.</remarks>
    [Equation("LS-B12")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B12", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-B12", "t", "N×K", t.Lengths, [N, K]);
        var dy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dy[n, k] = Whole.Of<T>(2) * (y[n, k] - t[n, k]) / Whole.Of<T>(N);
        return dy;
    }
}
