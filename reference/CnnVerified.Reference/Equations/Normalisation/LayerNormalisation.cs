using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Layer normalisation: mean and variance of each sample over its features.</summary>
public static class LayerNormalisation
{
    /// <summary>Layer normalisation, forward (NM-F3).</summary>
    /// <param name="x">Input, N×D, D above 1.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="beta">Shift, D.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Output y, N×D.</returns>
    /// <exception cref="ArgumentException">x has not two dimensions, or gamma or beta is not D.</exception>
    /// <remarks>docs/equations/normalisation.md. Ba, Kiros and Hinton, Layer Normalization (2016).</remarks>
    [Equation("NM-F3")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> gamma, Tensor<T> beta, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-F3", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("NM-F3", "gamma", "D", gamma.Lengths, [D]);
        Lengths.Expect("NM-F3", "beta", "D", beta.Lengths, [D]);
        Tensor<T> mu = Tensor.CreateFromShape<T>([N]), v = Tensor.CreateFromShape<T>([N]);
        for (int n = 0; n < N; n++)
        {
            T sum = T.AdditiveIdentity;
            for (int d = 0; d < D; d++)
                sum += x[n, d];
            mu[n] = sum / Whole.Of<T>(D);
        }
        for (int n = 0; n < N; n++)
        {
            T sum = T.AdditiveIdentity;
            for (int d = 0; d < D; d++)
                sum += (x[n, d] - mu[n]) * (x[n, d] - mu[n]);
            v[n] = sum / Whole.Of<T>(D);
        }
        Tensor<T> xhat = Tensor.CreateFromShape<T>([N, D]), y = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                xhat[n, d] = (x[n, d] - mu[n]) / T.Sqrt(v[n] + eps);
                y[n, d] = gamma[d] * xhat[n, d] + beta[d];
            }
        return y;
    }

    /// <summary>Layer normalisation, backward data (NM-B6): the gradient of NM-F3 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="gamma">Scale, D.</param>
    /// <param name="xhat">Normalised input of NM-F3, N×D.</param>
    /// <param name="v">Variance of NM-F3, N.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dx, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F3.</remarks>
    [Equation("NM-B6")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> gamma, Tensor<T> xhat, Tensor<T> v, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B6", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        Lengths.Expect("NM-B6", "gamma", "D", gamma.Lengths, [D]);
        Lengths.Expect("NM-B6", "xhat", "N×D", xhat.Lengths, dy.Lengths);
        Lengths.Expect("NM-B6", "v", "N", v.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T mean = T.AdditiveIdentity, along = T.AdditiveIdentity;
                for (int q = 0; q < D; q++)
                {
                    mean += dy[n, q] * gamma[q] / Whole.Of<T>(D);
                    along += dy[n, q] * gamma[q] * xhat[n, q] / Whole.Of<T>(D);
                }
                dx[n, d] = (dy[n, d] * gamma[d] - mean - xhat[n, d] * along) / T.Sqrt(v[n] + eps);
            }
        return dx;
    }

    /// <summary>Layer normalisation, backward scale (NM-B11): the gradient of NM-F3 by gamma.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="xhat">Normalised input of NM-F3, N×D.</param>
    /// <returns>Derivative dgamma, D.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F3.</remarks>
    [Equation("NM-B11")]
    public static Tensor<T> BackwardScale<T>(Tensor<T> dy, Tensor<T> xhat)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B11", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        Lengths.Expect("NM-B11", "xhat", "N×D", xhat.Lengths, dy.Lengths);
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

    /// <summary>Layer normalisation, backward shift (NM-B12): the gradient of NM-F3 by beta.</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <returns>Derivative dbeta, D.</returns>
    /// <exception cref="ArgumentException">dy has not two dimensions.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F3.</remarks>
    [Equation("NM-B12")]
    public static Tensor<T> BackwardShift<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B12", "dy", "N×D", dy.Lengths, 2);
        var (N, D) = dy.Sizes2();
        var dbeta = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                sum += dy[n, d];
            dbeta[d] = sum;
        }
        return dbeta;
    }
}
