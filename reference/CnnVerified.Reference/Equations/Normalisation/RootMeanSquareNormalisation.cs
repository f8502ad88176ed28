using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Root mean square normalisation: layer normalisation without a mean and without a shift.</summary>
public static class RootMeanSquareNormalisation
{
    /// <summary>Root mean square normalisation, forward (NM-F8).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="eps">What is added to the mean square, above 0.</param>
    /// <returns>Output y, N×D.</returns>
    /// <exception cref="ArgumentException">x has not two dimensions, or gamma is not D.</exception>
    /// <remarks>docs/equations/normalisation.md. Zhang and Sennrich, Root Mean Square Layer Normalization (2019); eps as in practice.</remarks>
    [Equation("NM-F8")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> gamma, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-F8", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("NM-F8", "gamma", "D", gamma.Lengths, [D]);
        var ms = Tensor.CreateFromShape<T>([N]);
        for (int n = 0; n < N; n++)
        {
            T sum = T.AdditiveIdentity;
            for (int d = 0; d < D; d++)
                sum += x[n, d] * x[n, d];
            ms[n] = sum / Whole.Of<T>(D);
        }
        Tensor<T> xhat = Tensor.CreateFromShape<T>([N, D]), y = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                xhat[n, d] = x[n, d] / T.Sqrt(ms[n] + eps);
                y[n, d] = gamma[d] * xhat[n, d];
            }
        return y;
    }

    /// <summary>Root mean square normalisation, backward data (NM-B19): the gradient of NM-F8 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="xhat">Normalised input of NM-F8, N×D.</param>
    /// <param name="ms">Mean squares of NM-F8, N.</param>
    /// <param name="eps">What is added to the mean square, above 0.</param>
    /// <returns>Derivative dx, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F8.</remarks>
    [Equation("NM-B19")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> gamma, Tensor<T> xhat, Tensor<T> ms, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B19", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        Lengths.Expect("NM-B19", "gamma", "D", gamma.Lengths, [D]);
        Lengths.Expect("NM-B19", "xhat", "N×D", xhat.Lengths, dy.Lengths);
        Lengths.Expect("NM-B19", "ms", "N", ms.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T along = T.AdditiveIdentity;
                for (int q = 0; q < D; q++)
                    along += dy[n, q] * gamma[q] * xhat[n, q] / Whole.Of<T>(D);
                dx[n, d] = (dy[n, d] * gamma[d] - xhat[n, d] * along) / T.Sqrt(ms[n] + eps);
            }
        return dx;
    }

    /// <summary>Root mean square normalisation, backward scale (NM-B20): the gradient of NM-F8 by gamma.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="xhat">Normalised input of NM-F8, N×D.</param>
    /// <returns>Derivative dgamma, D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F8.</remarks>
    [Equation("NM-B20")]
    public static Tensor<T> BackwardScale<T>(Tensor<T> dy, Tensor<T> xhat)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B20", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        Lengths.Expect("NM-B20", "xhat", "N×D", xhat.Lengths, dy.Lengths);
        var dgamma = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                sum += dy[n, d] * xhat[n, d];
            dgamma[d] = sum;
        }
        return dgamma;
    }
}
