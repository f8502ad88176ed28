using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Second derivatives, diagonal, through a convolution and through one with a connection table.</summary>
public static class SecondOrderConvolution
{
    /// <summary>Second derivative through shared convolution weights (OP-B3).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input of CV-F1, N×C×H×W.</param>
    /// <param name="R">Kernel rows; hy does not tell them where the stride leaves a remainder.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <returns>Second derivative hw, K×(C/G)×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1.</exception>
    /// <remarks>docs/equations/second-order-convolution.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to
    /// Document Recognition (1998), Appendix C.</remarks>
    [Equation("OP-B3")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> hy, Tensor<T> x, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B3", "hy", "N×K×P×Q", hy.Lengths, 4);
        Lengths.ExpectRank("OP-B3", "x", "N×C×H×W", x.Lengths, 4);
        var shape = ConvolutionShape.Of("OP-B3", x.Lengths, [hy.Lengths[1], x.Lengths[1] / window.G, R, S], window);
        shape.ExpectOutput("OP-B3", "hy", hy.Lengths);
        var (N, C, _, _, K, _, _, P, Q) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var hw = Tensor.CreateFromShape<T>([K, C / G, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C / G; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int n = 0; n < N; n++)
                            for (int i = 0; i < P; i++)
                                for (int j = 0; j < Q; j++)
                                {
                                    T pixel = x.OrZero(n, k / (K / G) * (C / G) + c, i * sh + r * eh - ph, j * sw + s * ew - pw);
                                    sum += hy[n, k, i, j] * (pixel * pixel);
                                }
                        hw[k, c, r, s] = sum;
                    }
        return hw;
    }

    /// <summary>Second derivative through a convolution, data (OP-B5).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights of CV-F1, K×(C/G)×R×S.</param>
    /// <param name="H">Rows of x; hy does not tell them where the stride leaves a remainder.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <returns>Second derivative hx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1.</exception>
    /// <remarks>docs/equations/second-order-convolution.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to
    /// Document Recognition (1998), Appendix C.</remarks>
    [Equation("OP-B5")]
    public static Tensor<T> BackwardData<T>(Tensor<T> hy, Tensor<T> w, int H, int W, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B5", "hy", "N×K×P×Q", hy.Lengths, 4);
        Lengths.ExpectRank("OP-B5", "w", "K×C/G×R×S", w.Lengths, 4);
        var shape = ConvolutionShape.Of("OP-B5", [hy.Lengths[0], w.Lengths[1] * window.G, H, W], w.Lengths, window);
        shape.ExpectOutput("OP-B5", "hy", hy.Lengths);
        var (N, C, _, _, K, R, S, _, _) = shape;
        var (sh, sw, ph, pw, eh, ew, G) = window;
        var hx = Tensor.CreateFromShape<T>([N, C, H, W]);
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
                                    T weight = w[k, c % (C / G), r, s];
                                    if (i % sh == 0 && j % sw == 0)
                                        sum += hy.OrZero(n, k, i / sh, j / sw) * (weight * weight);
                                }
                        hx[n, c, u, v] = sum;
                    }
        return hx;
    }

    /// <summary>Second derivative through a convolution, bias (OP-B6).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <returns>Second derivative hb, K.</returns>
    /// <exception cref="ArgumentException">hy has not four dimensions.</exception>
    /// <remarks>docs/equations/second-order-convolution.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to
    /// Document Recognition (1998), Appendix C.</remarks>
    [Equation("OP-B6")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> hy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("OP-B6", "hy", "N×K×P×Q", hy.Lengths, 4);
        var (N, K, P, Q) = hy.Sizes4();
        var hb = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        sum += hy[n, k, i, j];
            hb[k] = sum;
        }
        return hb;
    }

    /// <summary>Second derivatives through a convolution with a connection table, data and weights (OP-B7).</summary>
    /// <param name="hy">Second derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input of CV-F4, N×C×H×W.</param>
    /// <param name="w">Weights of CV-F4, K×C×R×S; those of unconnected pairs are not read.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <returns>Second derivatives hx, N×C×H×W, and hw, K×C×R×S; 0 for weights of unconnected pairs.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F4, or M holds another number.</exception>
    /// <remarks>docs/equations/second-order-convolution.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to
    /// Document Recognition (1998), Appendix C.</remarks>
    [Equation("OP-B7")]
    public static (Tensor<T> hx, Tensor<T> hw) BackwardTable<T>(Tensor<T> hy, Tensor<T> x, Tensor<T> w, Tensor<int> M)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var shape = ConvolutionShape.Of("OP-B7", x.Lengths, w.Lengths, Window.Unit);
        shape.ExpectOutput("OP-B7", "hy", hy.Lengths);
        var (N, C, H, W, K, R, S, P, Q) = shape;
        ConnectionTables.Expect("OP-B7", M.Lengths, [.. M], K, C);
        var hx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int k = 0; k < K; k++)
                            if (M[k, c] == 1)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        sum += hy.OrZero(n, k, u - r, v - s) * (w[k, c, r, s] * w[k, c, r, s]);
                        hx[n, c, u, v] = sum;
                    }
        var hw = Tensor.CreateFromShape<T>([K, C, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        T sum = T.AdditiveIdentity;
                        if (M[k, c] == 1)
                            for (int n = 0; n < N; n++)
                                for (int i = 0; i < P; i++)
                                    for (int j = 0; j < Q; j++)
                                        sum += hy[n, k, i, j] * (x[n, c, i + r, j + s] * x[n, c, i + r, j + s]);
                        hw[k, c, r, s] = sum;
                    }
        return (hx, hw);
    }
}
