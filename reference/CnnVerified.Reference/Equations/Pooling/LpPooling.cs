using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The m-norm of each window. No padding.</summary>
public static class LpPooling
{
    /// <summary>Lp pooling, forward (PL-F7).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <returns>Output y, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">No window fits, or the window has padding, dilation or groups.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Sermanet et al. (2012); ONNX LpPool.</remarks>
    [Equation("PL-F7")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T m, int R, int S, Window window)
        where T : IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.Unpadded("PL-F7", x.Lengths, R, S, window);
        var (sh, sw, _, _, _, _, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.Zero;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += T.Pow(Choosing.Abs(x[n, c, i * sh + r, j * sw + s]), m);
                        y[n, c, i, j] = T.Pow(sum, T.One / m);
                    }
        return y;
    }

    /// <summary>Lp pooling, backward data (PL-B8): the gradient of PL-F7 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F7, N×C×P×Q.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F7.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Derived from PL-F7. 0 from windows that are wholly 0, and where x is 0.</remarks>
    [Equation("PL-B8")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y, T m, int R, int S, Window window)
        where T : IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var shape = PoolingShape.Unpadded("PL-B8", x.Lengths, R, S, window);
        shape.ExpectOutput("PL-B8", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B8", "y", y.Lengths);
        var (N, C, H, W, _, _, P, Q) = shape;
        var (sh, sw, _, _, _, _, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.Zero;
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        if (i * sh + r == u && j * sw + s == v && y[n, c, i, j] > T.Zero)
                                            sum += dy[n, c, i, j] * Choosing.Sign(x[n, c, u, v]) * T.Pow(Choosing.Abs(x[n, c, u, v]), m - T.One)
                                                * T.Pow(y[n, c, i, j], T.One - m);
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }
}
