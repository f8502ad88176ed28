using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The m-norm of each window of a row. No padding.</summary>
public static class LpPooling1D
{
    /// <summary>Lp pooling in one dimension, forward (PL-F26).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride of columns.</param>
    /// <returns>Output y, N×C×Q.</returns>
    /// <exception cref="ArgumentException">No window fits, or the window has padding, dilation or groups.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX LpPool.</remarks>
    [Equation("PL-F26")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T m, int S, Window window)
        where T : IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (N, C, _, _, Q) = PoolingShape1.Unpadded("PL-F26", x.Lengths, S, window);
        var (_, sw, _, _, _, _, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int j = 0; j < Q; j++)
                {
                    T sum = T.Zero;
                    for (int s = 0; s < S; s++)
                        sum += T.Pow(Choosing.Abs(x[n, c, j * sw + s]), m);
                    y[n, c, j] = T.Pow(sum, T.One / m);
                }
        return y;
    }

    /// <summary>Lp pooling in one dimension, backward data (PL-B26): the gradient of PL-F26 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="y">Output of PL-F26, N×C×Q.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride of columns.</param>
    /// <returns>Derivative dx, N×C×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F26.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F26. 0 from windows that are wholly 0, and where x is 0.</remarks>
    [Equation("PL-B26")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y, T m, int S, Window window)
        where T : IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var shape = PoolingShape1.Unpadded("PL-B26", x.Lengths, S, window);
        shape.ExpectOutput("PL-B26", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B26", "y", y.Lengths);
        var (N, C, W, _, Q) = shape;
        var (_, sw, _, _, _, _, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int v = 0; v < W; v++)
                {
                    T sum = T.Zero;
                    for (int j = 0; j < Q; j++)
                        for (int s = 0; s < S; s++)
                            if (j * sw + s == v && y[n, c, j] > T.Zero)
                                sum += dy[n, c, j] * Choosing.Sign(x[n, c, v]) * T.Pow(Choosing.Abs(x[n, c, v]), m - T.One) * T.Pow(y[n, c, j], T.One - m);
                    dx[n, c, v] = sum;
                }
        return dx;
    }
}
