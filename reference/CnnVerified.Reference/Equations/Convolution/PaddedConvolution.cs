using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Convolution with padding of its own on each side: ph rows above, qh below, pw columns left, qw right.</summary>
public static class PaddedConvolution
{
    /// <summary>Convolution with padding of its own on each side, forward (CV-F12).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding on each side and dilation in input pixels, and groups; padding reads as zero.</param>
    /// <returns>Output y, N×K×P×Q.</returns>
    /// <exception cref="ArgumentException">G does not divide C and K, w's C/G differs from x's, b's length is not K, or no
    /// window fits.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. ONNX Conv, pads.</remarks>
    [Equation("CV-F12")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, _, _, K, R, S, P, Q) = ConvolutionShape.Of("CV-F12", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F12", "b", "K", b.Lengths, [K]);
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var y = Tensor.CreateFromShape<T>([N, K, P, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int c = 0; c < C / G; c++)
                            for (int r = 0; r < R; r++)
                                for (int s = 0; s < S; s++)
                                    sum += x.OrZero(n, k / (K / G) * (C / G) + c, i * sh + r * eh - ph, j * sw + s * ew - pw) * w[k, c, r, s];
                        y[n, k, i, j] = b[k] + sum;
                    }
        return y;
    }

    /// <summary>Convolution with padding of its own on each side, backward data (CV-B28): the gradient of CV-F12 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="H">Rows of x; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="window">Stride, padding on each side and dilation in input pixels, and groups.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F12.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F12.</remarks>
    [Equation("CV-B28")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, int H, int W, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B28", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B28", "w", "K×C/G×R×S", w.Lengths, 4);
        var shape = ConvolutionShape.Of("CV-B28", [dy.Lengths[0], w.Lengths[1] * window.G, H, W], w.Lengths, window);
        shape.ExpectOutput("CV-B28", "dy", dy.Lengths);
        var (N, C, _, _, K, R, S, _, _) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int q = 0; q < K / G; q++)
                            for (int r = 0; r < R; r++)
                                for (int s = 0; s < S; s++)
                                {
                                    int k = c / (C / G) * (K / G) + q, i = u + ph - r * eh, j = v + pw - s * ew;
                                    if (i % sh == 0 && j % sw == 0)
                                        sum += dy.OrZero(n, k, i / sh, j / sw) * w[k, c % (C / G), r, s];
                                }
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    /// <summary>Convolution with padding of its own on each side, backward weights (CV-B29): the gradient of CV-F12 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Kernel rows; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding on each side and dilation in input pixels, and groups.</param>
    /// <returns>Derivative dw, K×(C/G)×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F12.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F12.</remarks>
    [Equation("CV-B29")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B29", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B29", "x", "N×C×H×W", x.Lengths, 4);
        var shape = ConvolutionShape.Of("CV-B29", x.Lengths, [dy.Lengths[1], x.Lengths[1] / window.G, R, S], window);
        shape.ExpectOutput("CV-B29", "dy", dy.Lengths);
        var (N, C, _, _, K, _, _, P, Q) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var dw = Tensor.CreateFromShape<T>([K, C / G, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C / G; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int n = 0; n < N; n++)
                            for (int i = 0; i < P; i++)
                                for (int j = 0; j < Q; j++)
                                    sum += dy[n, k, i, j] * x.OrZero(n, k / (K / G) * (C / G) + c, i * sh + r * eh - ph, j * sw + s * ew - pw);
                        dw[k, c, r, s] = sum;
                    }
        return dw;
    }

    /// <summary>Convolution with padding of its own on each side, backward bias (CV-B30): the gradient of CV-F12 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F12.</remarks>
    [Equation("CV-B30")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B30", "dy", "N×K×P×Q", dy.Lengths, 4);
        var (N, K, P, Q) = dy.Sizes4();
        var db = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        sum += dy[n, k, i, j];
            db[k] = sum;
        }
        return db;
    }
}
