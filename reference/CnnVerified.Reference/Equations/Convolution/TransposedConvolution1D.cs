using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Transposed convolution of rows, with groups.</summary>
public static class TransposedConvolution1D
{
    /// <summary>Transposed convolution in one dimension, forward (CV-F15).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="w">Weights, C×(K/G)×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation and extra output of columns, and groups.</param>
    /// <returns>Output y, N×K×Q.</returns>
    /// <exception cref="ArgumentException">G does not divide C, w's C differs from x's, b's length is not K, there is too much
    /// extra output, or no output is left.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. ONNX ConvTranspose; Dumoulin and Visin, A guide to convolution arithmetic
    /// for deep learning (2016), chapter 4.</remarks>
    [Equation("CV-F15")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, _, K, S, Q) = TransposedShape1.Of("CV-F15", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F15", "b", "K", b.Lengths, [K]);
        var (_, sw, _, pw, _, ew, G) = window;
        var y = Tensor.CreateFromShape<T>([N, K, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int v = 0; v < Q; v++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int c = 0; c < C / G; c++)
                        for (int s = 0; s < S; s++)
                        {
                            int m = k / (K / G) * (C / G) + c, j = v + pw - s * ew;
                            if (j % sw == 0)
                                sum += x.OrZero(n, m, j / sw) * w[m, k % (K / G), s];
                        }
                    y[n, k, v] = b[k] + sum;
                }
        return y;
    }

    /// <summary>Transposed convolution in one dimension, backward data (CV-B37): the gradient of CV-F15 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="w">Weights, C×(K/G)×S.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="window">Stride, padding, dilation and extra output of columns, and groups.</param>
    /// <returns>Derivative dx, N×C×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F15.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F15.</remarks>
    [Equation("CV-B37")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, int W, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B37", "dy", "N×K×Q", dy.Lengths, 3);
        Lengths.ExpectRank("CV-B37", "w", "C×K/G×S", w.Lengths, 3);
        var shape = TransposedShape1.Of("CV-B37", [dy.Lengths[0], w.Lengths[0], W], w.Lengths, window);
        shape.ExpectOutput("CV-B37", "dy", dy.Lengths);
        var (N, C, _, K, S, _) = shape;
        var (_, sw, _, pw, _, ew, G) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int j = 0; j < W; j++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int q = 0; q < K / G; q++)
                        for (int s = 0; s < S; s++)
                            sum += dy.OrZero(n, c / (C / G) * (K / G) + q, j * sw + s * ew - pw) * w[c, q, s];
                    dx[n, c, j] = sum;
                }
        return dx;
    }

    /// <summary>Transposed convolution in one dimension, backward weights (CV-B38): the gradient of CV-F15 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding, dilation and extra output of columns, and groups.</param>
    /// <returns>Derivative dw, C×(K/G)×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F15.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F15.</remarks>
    [Equation("CV-B38")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B38", "dy", "N×K×Q", dy.Lengths, 3);
        Lengths.ExpectRank("CV-B38", "x", "N×C×W", x.Lengths, 3);
        var shape = TransposedShape1.Of("CV-B38", x.Lengths, [x.Lengths[1], dy.Lengths[1] / window.G, S], window);
        shape.ExpectOutput("CV-B38", "dy", dy.Lengths);
        var (N, C, W, K, _, _) = shape;
        var (_, sw, _, pw, _, ew, G) = window;
        var dw = Tensor.CreateFromShape<T>([C, K / G, S]);
        for (int c = 0; c < C; c++)
            for (int q = 0; q < K / G; q++)
                for (int s = 0; s < S; s++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int n = 0; n < N; n++)
                        for (int j = 0; j < W; j++)
                            sum += x[n, c, j] * dy.OrZero(n, c / (C / G) * (K / G) + q, j * sw + s * ew - pw);
                    dw[c, q, s] = sum;
                }
        return dw;
    }

    /// <summary>Transposed convolution in one dimension, backward bias (CV-B39): the gradient of CV-F15 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not three dimensions.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F15.</remarks>
    [Equation("CV-B39")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B39", "dy", "N×K×Q", dy.Lengths, 3);
        var (N, K, Q) = dy.Sizes3();
        var db = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int v = 0; v < Q; v++)
                    sum += dy[n, k, v];
            db[k] = sum;
        }
        return db;
    }
}
