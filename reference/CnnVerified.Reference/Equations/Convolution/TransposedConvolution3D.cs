using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Transposed convolution of volumes, with groups.</summary>
public static class TransposedConvolution3D
{
    /// <summary>Transposed convolution in three dimensions, forward (CV-F16).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="w">Weights, C×(K/G)×T×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Output y, N×K×O×P×Q.</returns>
    /// <exception cref="ArgumentException">G does not divide C, w's C differs from x's, b's length is not K, there is too much
    /// extra output, or no output is left.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. ONNX ConvTranspose; Dumoulin and Visin, A guide to convolution arithmetic
    /// for deep learning (2016), chapter 4.</remarks>
    [Equation("CV-F16")]
    public static Tensor<TNumber> Forward<TNumber>(Tensor<TNumber> x, Tensor<TNumber> w, Tensor<TNumber> b, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IMultiplyOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>
    {
        var (N, C, _, _, _, K, T, R, S, O, P, Q) = TransposedShape3.Of("CV-F16", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F16", "b", "K", b.Lengths, [K]);
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var y = Tensor.CreateFromShape<TNumber>([N, K, O, P, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int d = 0; d < O; d++)
                    for (int u = 0; u < P; u++)
                        for (int v = 0; v < Q; v++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int c = 0; c < C / G; c++)
                                for (int t = 0; t < T; t++)
                                    for (int r = 0; r < R; r++)
                                        for (int s = 0; s < S; s++)
                                        {
                                            int m = k / (K / G) * (C / G) + c, o = d + pd - t * ed, i = u + ph - r * eh, j = v + pw - s * ew;
                                            if (o % sd == 0 && i % sh == 0 && j % sw == 0)
                                                sum += x.OrZero(n, m, o / sd, i / sh, j / sw) * w[m, k % (K / G), t, r, s];
                                        }
                            y[n, k, d, u, v] = b[k] + sum;
                        }
        return y;
    }

    /// <summary>Transposed convolution in three dimensions, backward data (CV-B40): the gradient of CV-F16 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <param name="w">Weights, C×(K/G)×T×R×S.</param>
    /// <param name="D">Frames of x.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Derivative dx, N×C×D×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F16.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F16.</remarks>
    [Equation("CV-B40")]
    public static Tensor<TNumber> BackwardData<TNumber>(Tensor<TNumber> dy, Tensor<TNumber> w, int D, int H, int W, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IMultiplyOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("CV-B40", "dy", "N×K×O×P×Q", dy.Lengths, 5);
        Lengths.ExpectRank("CV-B40", "w", "C×K/G×T×R×S", w.Lengths, 5);
        var shape = TransposedShape3.Of("CV-B40", [dy.Lengths[0], w.Lengths[0], D, H, W], w.Lengths, window);
        shape.ExpectOutput("CV-B40", "dy", dy.Lengths);
        var (N, C, _, _, _, K, T, R, S, _, _, _) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var dx = Tensor.CreateFromShape<TNumber>([N, C, D, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int o = 0; o < D; o++)
                    for (int i = 0; i < H; i++)
                        for (int j = 0; j < W; j++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int q = 0; q < K / G; q++)
                                for (int t = 0; t < T; t++)
                                    for (int r = 0; r < R; r++)
                                        for (int s = 0; s < S; s++)
                                            sum += dy.OrZero(n, c / (C / G) * (K / G) + q, o * sd + t * ed - pd, i * sh + r * eh - ph, j * sw + s * ew - pw)
                                                * w[c, q, t, r, s];
                            dx[n, c, o, i, j] = sum;
                        }
        return dx;
    }

    /// <summary>Transposed convolution in three dimensions, backward weights (CV-B41): the gradient of CV-F16 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Kernel frames.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Derivative dw, C×(K/G)×T×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F16.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F16.</remarks>
    [Equation("CV-B41")]
    public static Tensor<TNumber> BackwardWeights<TNumber>(Tensor<TNumber> dy, Tensor<TNumber> x, int T, int R, int S, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IMultiplyOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("CV-B41", "dy", "N×K×O×P×Q", dy.Lengths, 5);
        Lengths.ExpectRank("CV-B41", "x", "N×C×D×H×W", x.Lengths, 5);
        var shape = TransposedShape3.Of("CV-B41", x.Lengths, [x.Lengths[1], dy.Lengths[1] / window.G, T, R, S], window);
        shape.ExpectOutput("CV-B41", "dy", dy.Lengths);
        var (N, C, D, H, W, K, _, _, _, _, _, _) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var dw = Tensor.CreateFromShape<TNumber>([C, K / G, T, R, S]);
        for (int c = 0; c < C; c++)
            for (int q = 0; q < K / G; q++)
                for (int t = 0; t < T; t++)
                    for (int r = 0; r < R; r++)
                        for (int s = 0; s < S; s++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int n = 0; n < N; n++)
                                for (int o = 0; o < D; o++)
                                    for (int i = 0; i < H; i++)
                                        for (int j = 0; j < W; j++)
                                            sum += x[n, c, o, i, j]
                                                * dy.OrZero(n, c / (C / G) * (K / G) + q, o * sd + t * ed - pd, i * sh + r * eh - ph, j * sw + s * ew - pw);
                            dw[c, q, t, r, s] = sum;
                        }
        return dw;
    }

    /// <summary>Transposed convolution in three dimensions, backward bias (CV-B42): the gradient of CV-F16 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×O×P×Q.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of kernel frames here.</typeparam>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not five dimensions.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md. Derived from CV-F16.</remarks>
    [Equation("CV-B42")]
    public static Tensor<TNumber> BackwardBias<TNumber>(Tensor<TNumber> dy)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IAdditiveIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("CV-B42", "dy", "N×K×O×P×Q", dy.Lengths, 5);
        var (N, K, O, P, Q) = dy.Sizes5();
        var db = Tensor.CreateFromShape<TNumber>([K]);
        for (int k = 0; k < K; k++)
        {
            TNumber sum = TNumber.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int d = 0; d < O; d++)
                    for (int u = 0; u < P; u++)
                        for (int v = 0; v < Q; v++)
                            sum += dy[n, k, d, u, v];
            db[k] = sum;
        }
        return db;
    }
}
