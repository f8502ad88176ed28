using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Convolution with one filter for each channel.</summary>
public static class DepthwiseConvolution
{
    /// <summary>Depthwise convolution, forward (CV-F9).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="b">Bias, C.</param>
    /// <param name="window">Stride and padding.</param>
    /// <returns>Output y, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, the window has dilation or groups, or none fits.</exception>
    /// <remarks>docs/equations/convolution.md. Howard et al., MobileNets (2017).</remarks>
    [Equation("CV-F9")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, _, _, R, S, P, Q) = DepthwiseShape.Of("CV-F9", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-F9", "b", "C", b.Lengths, [C]);
        var (sh, sw, ph, pw, _, _, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += x.OrZero(n, c, i * sh + r - ph, j * sw + s - pw) * w[c, r, s];
                        y[n, c, i, j] = b[c] + sum;
                    }
        return y;
    }

    /// <summary>Depthwise convolution, backward data (CV-B13): the gradient of CV-F9 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="H">Rows of x; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="window">Stride and padding.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9.</exception>
    /// <remarks>docs/equations/convolution.md. Derived from CV-F9.</remarks>
    [Equation("CV-B13")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, int H, int W, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B13", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = DepthwiseShape.Of("CV-B13", [dy.Lengths[0], dy.Lengths[1], H, W], w.Lengths, window);
        shape.ExpectOutput("CV-B13", "dy", dy.Lengths);
        var (N, C, _, _, R, S, _, _) = shape;
        var (sh, sw, ph, pw, _, _, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                if ((u + ph - r) % sh == 0 && (v + pw - s) % sw == 0)
                                    sum += dy.OrZero(n, c, (u + ph - r) / sh, (v + pw - s) / sw) * w[c, r, s];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    /// <summary>Depthwise convolution, backward weights (CV-B14): the gradient of CV-F9 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Kernel rows; dy does not tell them where the stride leaves a remainder.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <returns>Derivative dw, C×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F9.</exception>
    /// <remarks>docs/equations/convolution.md. Derived from CV-F9.</remarks>
    [Equation("CV-B14")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B14", "x", "N×C×H×W", x.Lengths, 4);
        var shape = DepthwiseShape.Of("CV-B14", x.Lengths, [x.Lengths[1], R, S], window);
        shape.ExpectOutput("CV-B14", "dy", dy.Lengths);
        var (N, C, _, _, _, _, P, Q) = shape;
        var (sh, sw, ph, pw, _, _, _) = window;
        var dw = Tensor.CreateFromShape<T>([C, R, S]);
        for (int c = 0; c < C; c++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int n = 0; n < N; n++)
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                sum += dy[n, c, i, j] * x.OrZero(n, c, i * sh + r - ph, j * sw + s - pw);
                    dw[c, r, s] = sum;
                }
        return dw;
    }

    /// <summary>Depthwise convolution, backward bias (CV-B27): the gradient of CV-F9 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <returns>Derivative db, C.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/convolution.md. Derived from CV-F9.</remarks>
    [Equation("CV-B27")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B27", "dy", "N×C×P×Q", dy.Lengths, 4);
        var (N, C, P, Q) = dy.Sizes4();
        var db = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        sum += dy[n, c, i, j];
            db[c] = sum;
        }
        return db;
    }
}
