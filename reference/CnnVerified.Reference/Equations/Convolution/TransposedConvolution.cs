using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Transposed convolution: every input pixel lays a weighted kernel onto the output.</summary>
public static class TransposedConvolution
{
    /// <summary>Transposed convolution, forward (CV-F7).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, C×K×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation and extra output; one group.</param>
    /// <returns>Output y, N×K×P×Q.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, there is too much extra output, or no output is left.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Dumoulin and Visin, A guide to convolution arithmetic for deep learning
    /// (2016), chapter 4.</remarks>
    [Equation("CV-F7")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        TransposedShape.ExpectOneGroup("CV-F7", window);
        var (N, C, _, _, K, R, S, P, Q) = TransposedShape.Of("CV-F7", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F7", "b", "K", b.Lengths, [K]);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var y = Tensor.CreateFromShape<T>([N, K, P, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int u = 0; u < P; u++)
                    for (int v = 0; v < Q; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int c = 0; c < C; c++)
                            for (int r = 0; r < R; r++)
                                for (int s = 0; s < S; s++)
                                {
                                    int i = u + ph - r * eh, j = v + pw - s * ew;
                                    if (i % sh == 0 && j % sw == 0)
                                        sum += x.OrZero(n, c, i / sh, j / sw) * w[c, k, r, s];
                                }
                        y[n, k, u, v] = b[k] + sum;
                    }
        return y;
    }

    /// <summary>Transposed convolution, backward data (CV-B10): the gradient of CV-F7 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, C×K×R×S.</param>
    /// <param name="window">Stride, padding, dilation and extra output; one group.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F7.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Dumoulin and Visin, A guide to convolution arithmetic for deep learning
    /// (2016), chapter 4.</remarks>
    [Equation("CV-B10")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        TransposedShape.ExpectOneGroup("CV-B10", window);
        var (N, C, H, W, K, R, S, _, _) = TransposedShape.OfData("CV-B10", dy.Lengths, w.Lengths, window);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int k = 0; k < K; k++)
                            for (int r = 0; r < R; r++)
                                for (int s = 0; s < S; s++)
                                    sum += dy.OrZero(n, k, i * sh + r * eh - ph, j * sw + s * ew - pw) * w[c, k, r, s];
                        dx[n, c, i, j] = sum;
                    }
        return dx;
    }

    /// <summary>Transposed convolution, backward weights (CV-B11): the gradient of CV-F7 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="window">Stride, padding, dilation and extra output; one group.</param>
    /// <returns>Derivative dw, C×K×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F7.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Derived from CV-F7.</remarks>
    [Equation("CV-B11")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        TransposedShape.ExpectOneGroup("CV-B11", window);
        var (N, C, H, W, K, R, S, _, _) = TransposedShape.OfWeights("CV-B11", dy.Lengths, x.Lengths, window);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var dw = Tensor.CreateFromShape<T>([C, K, R, S]);
        for (int c = 0; c < C; c++)
            for (int k = 0; k < K; k++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int n = 0; n < N; n++)
                            for (int i = 0; i < H; i++)
                                for (int j = 0; j < W; j++)
                                    sum += x[n, c, i, j] * dy.OrZero(n, k, i * sh + r * eh - ph, j * sw + s * ew - pw);
                        dw[c, k, r, s] = sum;
                    }
        return dw;
    }

    /// <summary>Transposed convolution, backward bias (CV-B23): the gradient of CV-F7 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Derived from CV-F7.</remarks>
    [Equation("CV-B23")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B23", "dy", "N×K×P×Q", dy.Lengths, 4);
        var (N, K, P, Q) = dy.Sizes4();
        var db = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int u = 0; u < P; u++)
                    for (int v = 0; v < Q; v++)
                        sum += dy[n, k, u, v];
            db[k] = sum;
        }
        return db;
    }
}
