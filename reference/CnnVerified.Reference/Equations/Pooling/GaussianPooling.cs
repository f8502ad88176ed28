using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The weighted mean of each window: weights of a Gaussian about the window's middle that sum to 1; padding counts as zeros.</summary>
public static class GaussianPooling
{
    /// <summary>Gaussian pooling, forward (PL-F5).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="sigma">Width of the Gaussian in pixels, positive.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <returns>Output y, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">No window fits, or the window has dilation or groups.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Named in a 2015 article, defined here.</remarks>
    [Equation("PL-F5")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T sigma, int R, int S, Window window)
        where T : IExponentialFunctions<T>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.Of("PL-F5", x.Lengths, R, S, window, clipped: false);
        var (sh, sw, ph, pw, _, _, _) = window;
        var g = Weights(sigma, R, S);
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.Zero;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += g[r, s] * x.OrZero(n, c, i * sh + r - ph, j * sw + s - pw);
                        y[n, c, i, j] = sum;
                    }
        return y;
    }

    /// <summary>Gaussian pooling as a depthwise convolution with the fixed kernel g and no bias (PL-I1).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="sigma">Width of the Gaussian in pixels, positive.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <returns>Output y2, N×C×P×Q, equal to y of PL-F5.</returns>
    /// <exception cref="ArgumentException">No window fits, or the window has dilation or groups.</exception>
    /// <remarks>docs/equations/pooling-variants.md. A reader's question of 2015.</remarks>
    [Equation("PL-I1")]
    public static Tensor<T> AsConvolution<T>(Tensor<T> x, T sigma, int R, int S, Window window)
        where T : IExponentialFunctions<T>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.Of("PL-I1", x.Lengths, R, S, window, clipped: false);
        var (sh, sw, ph, pw, _, _, _) = window;
        var g = Weights(sigma, R, S);
        var w = Tensor.CreateFromShape<T>([C, R, S]);
        for (int c = 0; c < C; c++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++)
                    w[c, r, s] = g[r, s];
        var y2 = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.Zero;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += x.OrZero(n, c, i * sh + r - ph, j * sw + s - pw) * w[c, r, s];
                        y2[n, c, i, j] = sum;
                    }
        return y2;
    }

    /// <summary>Gaussian pooling, backward data (PL-B4): the gradient of PL-F5 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="sigma">Width of the Gaussian in pixels, positive.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F5.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Derived from PL-F5.</remarks>
    [Equation("PL-B4")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, T sigma, int H, int W, int R, int S, Window window)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("PL-B4", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.Of("PL-B4", [dy.Lengths[0], dy.Lengths[1], H, W], R, S, window, clipped: false);
        shape.ExpectOutput("PL-B4", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _) = shape;
        var (sh, sw, ph, pw, _, _, _) = window;
        var g = Weights(sigma, R, S);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.Zero;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                if ((u + ph - r) % sh == 0 && (v + pw - s) % sw == 0)
                                    sum += g[r, s] * dy.OrZero(n, c, (u + ph - r) / sh, (v + pw - s) / sw);
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    // g[r,s] of PL-F5.
    private static Tensor<T> Weights<T>(T sigma, int R, int S)
        where T : IExponentialFunctions<T>
    {
        T two = T.One + T.One, sum = T.Zero;
        var h = Tensor.CreateFromShape<T>([R, S]);
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++)
            {
                T down = Whole.Of<T>(r) - Whole.Of<T>(R - 1) / two, right = Whole.Of<T>(s) - Whole.Of<T>(S - 1) / two;
                h[r, s] = T.Exp(-(down * down + right * right) / (two * (sigma * sigma)));
                sum += h[r, s];
            }
        var g = Tensor.CreateFromShape<T>([R, S]);
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++)
                g[r, s] = h[r, s] / sum;
        return g;
    }
}
