using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>An image as the matrix of its windows: every window is a row.</summary>
public static class Im2col
{
    /// <summary>im2col, forward (CV-F8).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding and dilation; one group.</param>
    /// <returns>Matrix A, (N·P·Q)×(C·R·S).</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, the window has groups, or none fits.</exception>
    /// <remarks>docs/equations/convolution.md. Chellapilla, Puri and Simard, High Performance Convolutional Neural Networks for Document
    /// Processing (2006).</remarks>
    [Equation("CV-F8")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S, Window window)
        where T : IAdditiveIdentity<T, T>
    {
        TransposedShape.ExpectOneGroup("CV-F8", window);
        Lengths.ExpectRank("CV-F8", "x", "N×C×H×W", x.Lengths, 4);
        var (N, C, H, W) = x.Sizes4();
        var (P, Q) = window.OutputSize(H, W, R, S);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var A = Tensor.CreateFromShape<T>([N * P * Q, C * R * S]);
        for (int m = 0; m < N * P * Q; m++)
            for (int q = 0; q < C * R * S; q++)
                A[m, q] = x.OrZero(m / (P * Q), q / (R * S), m / Q % P * sh + q / S % R * eh - ph, m % Q * sw + q % S * ew - pw);
        return A;
    }

    /// <summary>im2col, backward data (CV-B12), also called col2im: the gradient of CV-F8 by x.</summary>
    /// <param name="dA">Derivative of the loss by A, (N·P·Q)×(C·R·S).</param>
    /// <param name="H">Rows of x; dA does not tell them where the stride leaves a remainder.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding and dilation; one group.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">dA is not (N·P·Q)×(C·R·S) for any N and C, or no window fits.</exception>
    /// <remarks>docs/equations/convolution.md. Derived from CV-F8.</remarks>
    [Equation("CV-B12")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dA, int H, int W, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        TransposedShape.ExpectOneGroup("CV-B12", window);
        Lengths.ExpectRank("CV-B12", "dA", "(N·P·Q)×(C·R·S)", dA.Lengths, 2);
        var (P, Q) = window.OutputSize(H, W, R, S);
        var (N, C) = ((int)dA.Lengths[0] / (P * Q), (int)dA.Lengths[1] / (R * S));
        Lengths.Expect("CV-B12", "dA", "(N·P·Q)×(C·R·S)", dA.Lengths, [N * P * Q, C * R * S]);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        if (i * sh + r * eh - ph == u && j * sw + s * ew - pw == v)
                                            sum += dA[(n * P + i) * Q + j, (c * R + r) * S + s];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    /// <summary>Convolution as im2col times a matrix (CV-I3).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×C×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="window">Stride, padding and dilation; one group.</param>
    /// <returns>Output y2, N×K×P×Q, which is CV-F1 of the same.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1, or the window has groups.</exception>
    /// <remarks>docs/equations/convolution.md. Chellapilla, Puri and Simard, High Performance Convolutional Neural Networks for Document
    /// Processing (2006).</remarks>
    [Equation("CV-I3")]
    public static Tensor<T> TimesMatrix<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        TransposedShape.ExpectOneGroup("CV-I3", window);
        var (N, C, _, _, K, R, S, P, Q) = ConvolutionShape.Of("CV-I3", x.Lengths, w.Lengths, window);
        Lengths.Expect("CV-I3", "b", "K", b.Lengths, [K]);
        var A = Forward(x, R, S, window);
        var y2 = Tensor.CreateFromShape<T>([N, K, P, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int q = 0; q < C * R * S; q++)
                            sum += A[(n * P + i) * Q + j, q] * w[k, q / (R * S), q / S % R, q % S];
                        y2[n, k, i, j] = b[k] + sum;
                    }
        return y2;
    }
}
