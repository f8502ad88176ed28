using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Convolution as deep learning means it: cross-correlation with stride, padding, dilation and groups.</summary>
public static class Convolution
{
    /// <summary>Convolution, forward (CV-F1; CV-F12 with padding of its own on each side).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding and dilation in input pixels, and groups; padding reads as zero.</param>
    /// <returns>Output y, N×K×P×Q.</returns>
    /// <exception cref="ArgumentException">G does not divide C and K, w's C/G differs from x's, b's length is not K, or no
    /// window fits.</exception>
    /// <remarks>docs/equations/convolution.md. Goodfellow, Bengio and Courville, Deep Learning (2016), sections 9.1 and
    /// 9.5, plus padding, dilation, groups and bias.</remarks>
    [Equation("CV-F1")]
    [Equation("CV-F12")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, H, W, K, R, S, P, Q) = ConvolutionShape.Of("CV-F1", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F1", "b", "K", b.Lengths, [K]);
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

    /// <summary>Convolution, backward data (CV-B1; CV-B28 with padding of its own on each side): the gradient of CV-F1 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="H">Rows of x; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1.</exception>
    /// <remarks>docs/equations/convolution.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.5,
    /// generalised.</remarks>
    [Equation("CV-B1")]
    [Equation("CV-B28")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, int H, int W, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B1", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B1", "w", "K×C/G×R×S", w.Lengths, 4);
        var shape = ConvolutionShape.Of("CV-B1", [dy.Lengths[0], w.Lengths[1] * window.G, H, W], w.Lengths, window);
        shape.ExpectOutput("CV-B1", "dy", dy.Lengths);
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

    /// <summary>Convolution, backward weights (CV-B2; CV-B29 with padding of its own on each side): the gradient of CV-F1 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Kernel rows; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <returns>Derivative dw, K×(C/G)×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1.</exception>
    /// <remarks>docs/equations/convolution.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.5,
    /// generalised.</remarks>
    [Equation("CV-B2")]
    [Equation("CV-B29")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B2", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B2", "x", "N×C×H×W", x.Lengths, 4);
        var shape = ConvolutionShape.Of("CV-B2", x.Lengths, [dy.Lengths[1], x.Lengths[1] / window.G, R, S], window);
        shape.ExpectOutput("CV-B2", "dy", dy.Lengths);
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

    /// <summary>Convolution, backward bias (CV-B3; CV-B30 with padding of its own on each side): the gradient of CV-F1 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/convolution.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("CV-B3")]
    [Equation("CV-B30")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B3", "dy", "N×K×P×Q", dy.Lengths, 4);
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
