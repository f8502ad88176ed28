using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Group normalisation: mean and variance of each group of neighbouring channels of a sample.</summary>
public static class GroupNormalisation
{
    /// <summary>Group normalisation, forward (NM-F7).</summary>
    /// <param name="x">Input, N×C×H×W, more than one element in a group.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <param name="G">Groups; G divides C.</param>
    /// <returns>Output y, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, gamma or beta is not C, or G does not divide C.</exception>
    /// <remarks>docs/equations/normalisation.md. Wu and He, Group Normalization (2018).</remarks>
    [Equation("NM-F7")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> gamma, Tensor<T> beta, T eps, int G)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-F7", "x", "N×C×H×W", x.Lengths, 4);
        var (N, C, H, W) = x.Sizes4();
        Lengths.Expect("NM-F7", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-F7", "beta", "C", beta.Lengths, [C]);
        ExpectGroups("NM-F7", "x", x.Lengths, G);
        Tensor<T> mu = Tensor.CreateFromShape<T>([N, G]), v = Tensor.CreateFromShape<T>([N, G]);
        for (int n = 0; n < N; n++)
            for (int g = 0; g < G; g++)
            {
                T sum = T.AdditiveIdentity;
                for (int c = 0; c < C / G; c++)
                    for (int i = 0; i < H; i++)
                        for (int j = 0; j < W; j++)
                            sum += x[n, g * (C / G) + c, i, j];
                mu[n, g] = sum / Whole.Of<T>(C / G * H * W);
            }
        for (int n = 0; n < N; n++)
            for (int g = 0; g < G; g++)
            {
                T sum = T.AdditiveIdentity;
                for (int c = 0; c < C / G; c++)
                    for (int i = 0; i < H; i++)
                        for (int j = 0; j < W; j++)
                            sum += (x[n, g * (C / G) + c, i, j] - mu[n, g]) * (x[n, g * (C / G) + c, i, j] - mu[n, g]);
                v[n, g] = sum / Whole.Of<T>(C / G * H * W);
            }
        Tensor<T> xhat = Tensor.CreateFromShape<T>([N, C, H, W]), y = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        xhat[n, c, i, j] = (x[n, c, i, j] - mu[n, c / (C / G)]) / T.Sqrt(v[n, c / (C / G)] + eps);
                        y[n, c, i, j] = gamma[c] * xhat[n, c, i, j] + beta[c];
                    }
        return y;
    }

    /// <summary>Group normalisation, backward data (NM-B16): the gradient of NM-F7 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="xhat">Normalised input of NM-F7, N×C×H×W.</param>
    /// <param name="v">Variance of NM-F7, N×G.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or G does not divide C.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F7.</remarks>
    [Equation("NM-B16")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> gamma, Tensor<T> xhat, Tensor<T> v, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B16", "dy", "N×C×H×W", dy.Lengths, 4);
        Lengths.ExpectRank("NM-B16", "v", "N×G", v.Lengths, 2);
        var (N, C, H, W) = dy.Sizes4();
        int G = (int)v.Lengths[1];
        Lengths.Expect("NM-B16", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-B16", "xhat", "N×C×H×W", xhat.Lengths, dy.Lengths);
        Lengths.Expect("NM-B16", "v", "N×G", v.Lengths, [N, G]);
        ExpectGroups("NM-B16", "dy", dy.Lengths, G);
        var dxhat = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dxhat[n, c, i, j] = dy[n, c, i, j] * gamma[c];
        Tensor<T> s1 = Tensor.CreateFromShape<T>([N, G]), s2 = Tensor.CreateFromShape<T>([N, G]);
        for (int n = 0; n < N; n++)
            for (int g = 0; g < G; g++)
            {
                T mean = T.AdditiveIdentity, along = T.AdditiveIdentity;
                for (int c = 0; c < C / G; c++)
                    for (int i = 0; i < H; i++)
                        for (int j = 0; j < W; j++)
                        {
                            mean += dxhat[n, g * (C / G) + c, i, j] / Whole.Of<T>(C / G * H * W);
                            along += dxhat[n, g * (C / G) + c, i, j] * xhat[n, g * (C / G) + c, i, j] / Whole.Of<T>(C / G * H * W);
                        }
                (s1[n, g], s2[n, g]) = (mean, along);
            }
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = (dxhat[n, c, i, j] - s1[n, c / (C / G)] - xhat[n, c, i, j] * s2[n, c / (C / G)])
                            / T.Sqrt(v[n, c / (C / G)] + eps);
        return dx;
    }

    /// <summary>Group normalisation, backward scale (NM-B17): the gradient of NM-F7 by gamma.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="xhat">Normalised input of NM-F7, N×C×H×W.</param>
    /// <returns>Derivative dgamma, C.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F7.</remarks>
    [Equation("NM-B17")]
    public static Tensor<T> BackwardScale<T>(Tensor<T> dy, Tensor<T> xhat)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B17", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B17", "xhat", "N×C×H×W", xhat.Lengths, dy.Lengths);
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

    /// <summary>Group normalisation, backward shift (NM-B18): the gradient of NM-F7 by beta.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <returns>Derivative dbeta, C.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F7.</remarks>
    [Equation("NM-B18")]
    public static Tensor<T> BackwardShift<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B18", "dy", "N×C×H×W", dy.Lengths, 4);
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

    private static void ExpectGroups(string id, string name, ReadOnlySpan<nint> lengths, int G)
    {
        if (G < 1 || lengths[1] % G != 0)
            throw new ArgumentException($"{name} expects channels that {G} groups share evenly but has C = {lengths[1]} ({Lengths.Text(lengths)}); " +
                $"{id} gives each group C/G channels. (Parameter '{name}')");
    }
}
