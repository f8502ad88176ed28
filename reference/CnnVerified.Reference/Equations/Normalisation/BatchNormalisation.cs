using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Batch normalisation in training: mean and variance of each channel over the batch.</summary>
public static class BatchNormalisation
{
    /// <summary>Batch normalisation, training, forward (NM-F1).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Output y, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or gamma or beta is not C.</exception>
    /// <remarks>docs/equations/normalisation.md. Ioffe and Szegedy, Batch Normalization (2015), Algorithm 1.</remarks>
    [Equation("NM-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> gamma, Tensor<T> beta, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-F1", "x", "N×C×H×W", x.Lengths, 4);
        var (N, C, H, W) = x.Sizes4();
        Lengths.Expect("NM-F1", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-F1", "beta", "C", beta.Lengths, [C]);
        Tensor<T> mu = Tensor.CreateFromShape<T>([C]), v = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += x[n, c, i, j];
            mu[c] = sum / Whole.Of<T>(N * H * W);
        }
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += (x[n, c, i, j] - mu[c]) * (x[n, c, i, j] - mu[c]);
            v[c] = sum / Whole.Of<T>(N * H * W);
        }
        Tensor<T> xhat = Tensor.CreateFromShape<T>([N, C, H, W]), y = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        xhat[n, c, i, j] = (x[n, c, i, j] - mu[c]) / T.Sqrt(v[c] + eps);
                        y[n, c, i, j] = gamma[c] * xhat[n, c, i, j] + beta[c];
                    }
        return y;
    }

    /// <summary>Batch normalisation, training, backward shift (NM-B1): the gradient of NM-F1 by beta.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <returns>Derivative dbeta, C.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/normalisation.md. Ioffe and Szegedy, Batch Normalization (2015), section 3.</remarks>
    [Equation("NM-B1")]
    public static Tensor<T> BackwardShift<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B1", "dy", "N×C×H×W", dy.Lengths, 4);
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

    /// <summary>Batch normalisation, training, backward scale (NM-B2): the gradient of NM-F1 by gamma.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="xhat">Normalised input of NM-F1, N×C×H×W.</param>
    /// <returns>Derivative dgamma, C.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/normalisation.md. Ioffe and Szegedy, Batch Normalization (2015), section 3.</remarks>
    [Equation("NM-B2")]
    public static Tensor<T> BackwardScale<T>(Tensor<T> dy, Tensor<T> xhat)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B2", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B2", "xhat", "N×C×H×W", xhat.Lengths, dy.Lengths);
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

    /// <summary>Batch normalisation, training, backward data (NM-B3): the gradient of NM-F1 by x in one formula.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="xhat">Normalised input of NM-F1, N×C×H×W.</param>
    /// <param name="v">Variance of NM-F1, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F1.</remarks>
    [Equation("NM-B3")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> gamma, Tensor<T> xhat, Tensor<T> v, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B3", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B3", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-B3", "xhat", "N×C×H×W", xhat.Lengths, dy.Lengths);
        Lengths.Expect("NM-B3", "v", "C", v.Lengths, [C]);
        Tensor<T> dbeta = BackwardShift(dy), dgamma = BackwardScale(dy, xhat);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = gamma[c] / T.Sqrt(v[c] + eps)
                            * (dy[n, c, i, j] - (dbeta[c] + xhat[n, c, i, j] * dgamma[c]) / Whole.Of<T>(N * H * W));
        return dx;
    }

    /// <summary>Batch normalisation, training, backward data (NM-B4): the gradient of NM-F1 by x in the three steps of the paper.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="mu">Mean of NM-F1, C.</param>
    /// <param name="v">Variance of NM-F1, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/normalisation.md. Ioffe and Szegedy, Batch Normalization (2015), section 3.</remarks>
    [Equation("NM-B4")]
    public static Tensor<T> BackwardDataInSteps<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> gamma, Tensor<T> mu, Tensor<T> v, T eps)
        where T : IRootFunctions<T>, IPowerFunctions<T>
    {
        Lengths.ExpectRank("NM-B4", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B4", "x", "N×C×H×W", x.Lengths, dy.Lengths);
        Lengths.Expect("NM-B4", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-B4", "mu", "C", mu.Lengths, [C]);
        Lengths.Expect("NM-B4", "v", "C", v.Lengths, [C]);
        T two = Whole.Of<T>(2), three = Whole.Of<T>(3);
        var dxhat = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dxhat[n, c, i, j] = dy[n, c, i, j] * gamma[c];
        Tensor<T> dv = Tensor.CreateFromShape<T>([C]), dmu = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += dxhat[n, c, i, j] * (x[n, c, i, j] - mu[c]) * (-T.MultiplicativeIdentity / two) * T.Pow(v[c] + eps, -three / two);
            dv[c] = sum;
        }
        for (int c = 0; c < C; c++)
        {
            T through = T.AdditiveIdentity, distances = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        through += dxhat[n, c, i, j] / T.Sqrt(v[c] + eps);
                        distances += (x[n, c, i, j] - mu[c]) / Whole.Of<T>(N * H * W);
                    }
            dmu[c] = -through - two * dv[c] * distances;
        }
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = dxhat[n, c, i, j] / T.Sqrt(v[c] + eps)
                            + dv[c] * two * (x[n, c, i, j] - mu[c]) / Whole.Of<T>(N * H * W) + dmu[c] / Whole.Of<T>(N * H * W);
        return dx;
    }
}
