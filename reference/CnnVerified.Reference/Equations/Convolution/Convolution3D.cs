using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Convolution of volumes: cross-correlation with stride, padding, dilation and groups.</summary>
public static class Convolution3D
{
    /// <summary>Convolution in three dimensions, forward (CV-F14).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="w">Weights, K×(C/G)×T×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding and dilation in input elements, and groups; padding reads as zero.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Output y, N×K×O×P×Q.</returns>
    /// <exception cref="ArgumentException">G does not divide C and K, w's C/G differs from x's, b's length is not K, or no
    /// window fits.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Ji, Xu, Yang and Yu, 3D Convolutional Neural Networks for Human Action
    /// Recognition (2013), plus stride, padding, dilation, groups and bias.</remarks>
    [Equation("CV-F14")]
    public static Tensor<TNumber> Forward<TNumber>(Tensor<TNumber> x, Tensor<TNumber> w, Tensor<TNumber> b, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IMultiplyOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>
    {
        var (N, C, _, _, _, K, T, R, S, O, P, Q) = ConvolutionShape3.Of("CV-F14", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F14", "b", "K", b.Lengths, [K]);
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var y = Tensor.CreateFromShape<TNumber>([N, K, O, P, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int o = 0; o < O; o++)
                    for (int i = 0; i < P; i++)
                        for (int j = 0; j < Q; j++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int c = 0; c < C / G; c++)
                                for (int t = 0; t < T; t++)
                                    for (int r = 0; r < R; r++)
                                        for (int s = 0; s < S; s++)
                                            sum += x.OrZero(n, k / (K / G) * (C / G) + c, o * sd + t * ed - pd, i * sh + r * eh - ph, j * sw + s * ew - pw)
                                                * w[k, c, t, r, s];
                            y[n, k, o, i, j] = b[k] + sum;
                        }
        return y;
    }

    /// <summary>Convolution in three dimensions, backward data (CV-B34): the gradient of CV-F14 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <param name="w">Weights, K×(C/G)×T×R×S.</param>
    /// <param name="D">Frames of x; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="window">Stride, padding and dilation in input elements, and groups.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Derivative dx, N×C×D×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F14.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F14.</remarks>
    [Equation("CV-B34")]
    public static Tensor<TNumber> BackwardData<TNumber>(Tensor<TNumber> dy, Tensor<TNumber> w, int D, int H, int W, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IMultiplyOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("CV-B34", "dy", "N×K×O×P×Q", dy.Lengths, 5);
        Lengths.ExpectRank("CV-B34", "w", "K×C/G×T×R×S", w.Lengths, 5);
        var shape = ConvolutionShape3.Of("CV-B34", [dy.Lengths[0], w.Lengths[1] * window.G, D, H, W], w.Lengths, window);
        shape.ExpectOutput("CV-B34", "dy", dy.Lengths);
        var (N, C, _, _, _, K, T, R, S, _, _, _) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var dx = Tensor.CreateFromShape<TNumber>([N, C, D, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int d = 0; d < D; d++)
                    for (int u = 0; u < H; u++)
                        for (int v = 0; v < W; v++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int q = 0; q < K / G; q++)
                                for (int t = 0; t < T; t++)
                                    for (int r = 0; r < R; r++)
                                        for (int s = 0; s < S; s++)
                                        {
                                            int k = c / (C / G) * (K / G) + q, o = d + pd - t * ed, i = u + ph - r * eh, j = v + pw - s * ew;
                                            if (o % sd == 0 && i % sh == 0 && j % sw == 0)
                                                sum += dy.OrZero(n, k, o / sd, i / sh, j / sw) * w[k, c % (C / G), t, r, s];
                                        }
                            dx[n, c, d, u, v] = sum;
                        }
        return dx;
    }

    /// <summary>Convolution in three dimensions, backward weights (CV-B35): the gradient of CV-F14 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Kernel frames; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding and dilation in input elements, and groups.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Derivative dw, K×(C/G)×T×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F14.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F14.</remarks>
    [Equation("CV-B35")]
    public static Tensor<TNumber> BackwardWeights<TNumber>(Tensor<TNumber> dy, Tensor<TNumber> x, int T, int R, int S, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IMultiplyOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("CV-B35", "dy", "N×K×O×P×Q", dy.Lengths, 5);
        Lengths.ExpectRank("CV-B35", "x", "N×C×D×H×W", x.Lengths, 5);
        var shape = ConvolutionShape3.Of("CV-B35", x.Lengths, [dy.Lengths[1], x.Lengths[1] / window.G, T, R, S], window);
        shape.ExpectOutput("CV-B35", "dy", dy.Lengths);
        var (N, C, _, _, _, K, _, _, _, O, P, Q) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var dw = Tensor.CreateFromShape<TNumber>([K, C / G, T, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C / G; c++)
                for (int t = 0; t < T; t++)
                    for (int r = 0; r < R; r++)
                        for (int s = 0; s < S; s++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int n = 0; n < N; n++)
                                for (int o = 0; o < O; o++)
                                    for (int i = 0; i < P; i++)
                                        for (int j = 0; j < Q; j++)
                                            sum += dy[n, k, o, i, j]
                                                * x.OrZero(n, k / (K / G) * (C / G) + c, o * sd + t * ed - pd, i * sh + r * eh - ph, j * sw + s * ew - pw);
                            dw[k, c, t, r, s] = sum;
                        }
        return dw;
    }

    /// <summary>Convolution in three dimensions, backward bias (CV-B36): the gradient of CV-F14 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not five dimensions.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F14.</remarks>
    [Equation("CV-B36")]
    public static Tensor<TNumber> BackwardBias<TNumber>(Tensor<TNumber> dy)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IAdditiveIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("CV-B36", "dy", "N×K×O×P×Q", dy.Lengths, 5);
        var (N, K, O, P, Q) = dy.Sizes5();
        var db = Tensor.CreateFromShape<TNumber>([K]);
        for (int k = 0; k < K; k++)
        {
            TNumber sum = TNumber.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int o = 0; o < O; o++)
                    for (int i = 0; i < P; i++)
                        for (int j = 0; j < Q; j++)
                            sum += dy[n, k, o, i, j];
            db[k] = sum;
        }
        return db;
    }
}
