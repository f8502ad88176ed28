using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Instance normalisation: mean and variance of each map by itself.</summary>
public static class InstanceNormalisation
{
    /// <summary>Instance normalisation, forward (NM-F6).</summary>
    /// <param name="x">Input, N×C×H×W, more than one pixel.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Output y, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or gamma or beta is not C.</exception>
    /// <remarks>docs/equations/normalisation.md. Ulyanov, Vedaldi and Lempitsky, Instance Normalization (2016).</remarks>
    [Equation("NM-F6")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> gamma, Tensor<T> beta, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-F6", "x", "N×C×H×W", x.Lengths, 4);
        var (N, C, H, W) = x.Sizes4();
        Lengths.Expect("NM-F6", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-F6", "beta", "C", beta.Lengths, [C]);
        Tensor<T> mu = Tensor.CreateFromShape<T>([N, C]), v = Tensor.CreateFromShape<T>([N, C]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.AdditiveIdentity;
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += x[n, c, i, j];
                mu[n, c] = sum / Whole.Of<T>(H * W);
            }
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.AdditiveIdentity;
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += (x[n, c, i, j] - mu[n, c]) * (x[n, c, i, j] - mu[n, c]);
                v[n, c] = sum / Whole.Of<T>(H * W);
            }
        Tensor<T> xhat = Tensor.CreateFromShape<T>([N, C, H, W]), y = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        xhat[n, c, i, j] = (x[n, c, i, j] - mu[n, c]) / T.Sqrt(v[n, c] + eps);
                        y[n, c, i, j] = gamma[c] * xhat[n, c, i, j] + beta[c];
                    }
        return y;
    }

    /// <summary>Instance normalisation, backward data (NM-B13): the gradient of NM-F6 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="xhat">Normalised input of NM-F6, N×C×H×W.</param>
    /// <param name="v">Variance of NM-F6, N×C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F6.</remarks>
    [Equation("NM-B13")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> gamma, Tensor<T> xhat, Tensor<T> v, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B13", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B13", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-B13", "xhat", "N×C×H×W", xhat.Lengths, dy.Lengths);
        Lengths.Expect("NM-B13", "v", "N×C", v.Lengths, [N, C]);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        T mean = T.AdditiveIdentity, along = T.AdditiveIdentity;
                        for (int p = 0; p < H; p++)
                            for (int q = 0; q < W; q++)
                            {
                                mean += dy[n, c, p, q] / Whole.Of<T>(H * W);
                                along += dy[n, c, p, q] * xhat[n, c, p, q] / Whole.Of<T>(H * W);
                            }
                        dx[n, c, i, j] = gamma[c] / T.Sqrt(v[n, c] + eps) * (dy[n, c, i, j] - mean - xhat[n, c, i, j] * along);
                    }
        return dx;
    }

    /// <summary>Instance normalisation, backward scale (NM-B14): the gradient of NM-F6 by gamma.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="xhat">Normalised input of NM-F6, N×C×H×W.</param>
    /// <returns>Derivative dgamma, C.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F6.</remarks>
    [Equation("NM-B14")]
    public static Tensor<T> BackwardScale<T>(Tensor<T> dy, Tensor<T> xhat)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B14", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B14", "xhat", "N×C×H×W", xhat.Lengths, dy.Lengths);
        var dgamma = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += dy[n, c, i, j] * xhat[n, c, i, j];
            dgamma[c] = sum;
        }
        return dgamma;
    }

    /// <summary>Instance normalisation, backward shift (NM-B15): the gradient of NM-F6 by beta.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <returns>Derivative dbeta, C.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F6.</remarks>
    [Equation("NM-B15")]
    public static Tensor<T> BackwardShift<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B15", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        var dbeta = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += dy[n, c, i, j];
            dbeta[c] = sum;
        }
        return dbeta;
    }
}
