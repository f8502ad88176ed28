using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Transposed convolution in groups: the filters of a group see its own channels only.</summary>
public static class GroupedTransposedConvolution
{
    /// <summary>Transposed convolution with groups, forward (CV-F11).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, C×(K/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <returns>Output y, N×K×P×Q.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, there is too much extra output, or no output is left.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. ONNX ConvTranspose, whose weight layout it is; Dumoulin and Visin, A guide to
    /// convolution arithmetic for deep learning (2016), chapter 4.</remarks>
    [Equation("CV-F11")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, _, _, K, R, S, P, Q) = TransposedShape.Of("CV-F11", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F11", "b", "K", b.Lengths, [K]);
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var y = Tensor.CreateFromShape<T>([N, K, P, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int u = 0; u < P; u++)
                    for (int v = 0; v < Q; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int d = 0; d < C / G; d++)
                            for (int r = 0; r < R; r++)
                                for (int s = 0; s < S; s++)
                                {
                                    int c = k / (K / G) * (C / G) + d, i = u + ph - r * eh, j = v + pw - s * ew;
                                    if (i % sh == 0 && j % sw == 0)
                                        sum += x.OrZero(n, c, i / sh, j / sw) * w[c, k % (K / G), r, s];
                                }
                        y[n, k, u, v] = b[k] + sum;
                    }
        return y;
    }

    /// <summary>Transposed convolution with groups, backward data (CV-B24): the gradient of CV-F11 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, C×(K/G)×R×S.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F11.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Derived from CV-F11.</remarks>
    [Equation("CV-B24")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, H, W, K, R, S, _, _) = TransposedShape.OfData("CV-B24", dy.Lengths, w.Lengths, window);
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int q = 0; q < K / G; q++)
                            for (int r = 0; r < R; r++)
                                for (int s = 0; s < S; s++)
                                    sum += dy.OrZero(n, c / (C / G) * (K / G) + q, i * sh + r * eh - ph, j * sw + s * ew - pw) * w[c, q, r, s];
                        dx[n, c, i, j] = sum;
                    }
        return dx;
    }

    /// <summary>Transposed convolution with groups, backward weights (CV-B25): the gradient of CV-F11 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <returns>Derivative dw, C×(K/G)×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F11.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Derived from CV-F11.</remarks>
    [Equation("CV-B25")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, H, W, K, R, S, _, _) = TransposedShape.OfWeights("CV-B25", dy.Lengths, x.Lengths, window);
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var dw = Tensor.CreateFromShape<T>([C, K / G, R, S]);
        for (int c = 0; c < C; c++)
            for (int q = 0; q < K / G; q++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int n = 0; n < N; n++)
                            for (int i = 0; i < H; i++)
                                for (int j = 0; j < W; j++)
                                    sum += x[n, c, i, j] * dy.OrZero(n, c / (C / G) * (K / G) + q, i * sh + r * eh - ph, j * sw + s * ew - pw);
                        dw[c, q, r, s] = sum;
                    }
        return dw;
    }

    /// <summary>Transposed convolution with groups, backward bias (CV-B26): the gradient of CV-F11 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Derived from CV-F11.</remarks>
    [Equation("CV-B26")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B26", "dy", "N×K×P×Q", dy.Lengths, 4);
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
