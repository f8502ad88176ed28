using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Convolution of rows: cross-correlation with stride, padding, dilation and groups.</summary>
public static class Convolution1D
{
    /// <summary>Convolution in one dimension, forward (CV-F13).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="w">Weights, K×(C/G)×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding and dilation of columns, and groups; padding reads as zero.</param>
    /// <returns>Output y, N×K×Q.</returns>
    /// <exception cref="ArgumentException">G does not divide C and K, w's C/G differs from x's, b's length is not K, or no
    /// window fits.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. LeCun and Bengio, Convolutional Networks for Images, Speech, and Time Series
    /// (1995), plus stride, padding, dilation, groups and bias.</remarks>
    [Equation("CV-F13")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, _, K, S, Q) = ConvolutionShape1.Of("CV-F13", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F13", "b", "K", b.Lengths, [K]);
        var (_, sw, _, pw, _, ew, G) = window;
        var y = Tensor.CreateFromShape<T>([N, K, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int j = 0; j < Q; j++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int c = 0; c < C / G; c++)
                        for (int s = 0; s < S; s++)
                            sum += x.OrZero(n, k / (K / G) * (C / G) + c, j * sw + s * ew - pw) * w[k, c, s];
                    y[n, k, j] = b[k] + sum;
                }
        return y;
    }

    /// <summary>Convolution in one dimension, backward data (CV-B31): the gradient of CV-F13 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="w">Weights, K×(C/G)×S.</param>
    /// <param name="W">Columns of x; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="window">Stride, padding and dilation of columns, and groups.</param>
    /// <returns>Derivative dx, N×C×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F13.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F13.</remarks>
    [Equation("CV-B31")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, int W, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B31", "dy", "N×K×Q", dy.Lengths, 3);
        Lengths.ExpectRank("CV-B31", "w", "K×C/G×S", w.Lengths, 3);
        var shape = ConvolutionShape1.Of("CV-B31", [dy.Lengths[0], w.Lengths[1] * window.G, W], w.Lengths, window);
        shape.ExpectOutput("CV-B31", "dy", dy.Lengths);
        var (N, C, _, K, S, _) = shape;
        var (_, sw, _, pw, _, ew, G) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int v = 0; v < W; v++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int q = 0; q < K / G; q++)
                        for (int s = 0; s < S; s++)
                        {
                            int k = c / (C / G) * (K / G) + q, j = v + pw - s * ew;
                            if (j % sw == 0)
                                sum += dy.OrZero(n, k, j / sw) * w[k, c % (C / G), s];
                        }
                    dx[n, c, v] = sum;
                }
        return dx;
    }

    /// <summary>Convolution in one dimension, backward weights (CV-B32): the gradient of CV-F13 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Kernel columns; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="window">Stride, padding and dilation of columns, and groups.</param>
    /// <returns>Derivative dw, K×(C/G)×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F13.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F13.</remarks>
    [Equation("CV-B32")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B32", "dy", "N×K×Q", dy.Lengths, 3);
        Lengths.ExpectRank("CV-B32", "x", "N×C×W", x.Lengths, 3);
        var shape = ConvolutionShape1.Of("CV-B32", x.Lengths, [dy.Lengths[1], x.Lengths[1] / window.G, S], window);
        shape.ExpectOutput("CV-B32", "dy", dy.Lengths);
        var (N, C, _, K, _, Q) = shape;
        var (_, sw, _, pw, _, ew, G) = window;
        var dw = Tensor.CreateFromShape<T>([K, C / G, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C / G; c++)
                for (int s = 0; s < S; s++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int n = 0; n < N; n++)
                        for (int j = 0; j < Q; j++)
                            sum += dy[n, k, j] * x.OrZero(n, k / (K / G) * (C / G) + c, j * sw + s * ew - pw);
                    dw[k, c, s] = sum;
                }
        return dw;
    }

    /// <summary>Convolution in one dimension, backward bias (CV-B33): the gradient of CV-F13 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not three dimensions.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F13.</remarks>
    [Equation("CV-B33")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B33", "dy", "N×K×Q", dy.Lengths, 3);
        var (N, K, Q) = dy.Sizes3();
        var db = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int j = 0; j < Q; j++)
                    sum += dy[n, k, j];
            db[k] = sum;
        }
        return db;
    }
}
