using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The m-norm of each window of a volume. No padding.</summary>
public static class LpPooling3D
{
    /// <summary>Lp pooling in three dimensions, forward (PL-F27).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Output y, N×C×O×P×Q.</returns>
    /// <exception cref="ArgumentException">No window fits, or the window has padding, dilation or groups.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX LpPool.</remarks>
    [Equation("PL-F27")]
    public static Tensor<TNumber> Forward<TNumber>(Tensor<TNumber> x, TNumber m, int T, int R, int S, Window window)
        where TNumber : IPowerFunctions<TNumber>, IComparisonOperators<TNumber, TNumber, bool>
    {
        var (N, C, _, _, _, _, _, _, O, P, Q) = PoolingShape3.Unpadded("PL-F27", x.Lengths, T, R, S, window);
        var (sh, sw, _, _, _, _, _) = window;
        int sd = window.Sd;
        var y = Tensor.CreateFromShape<TNumber>([N, C, O, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int o = 0; o < O; o++)
                    for (int i = 0; i < P; i++)
                        for (int j = 0; j < Q; j++)
                        {
                            TNumber sum = TNumber.Zero;
                            for (int t = 0; t < T; t++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        sum += TNumber.Pow(Choosing.Abs(x[n, c, o * sd + t, i * sh + r, j * sw + s]), m);
                            y[n, c, o, i, j] = TNumber.Pow(sum, TNumber.One / m);
                        }
        return y;
    }

    /// <summary>Lp pooling in three dimensions, backward data (PL-B27): the gradient of PL-F27 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="y">Output of PL-F27, N×C×O×P×Q.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Derivative dx, N×C×D×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F27.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F27. 0 from windows that are wholly 0, and where x is 0.</remarks>
    [Equation("PL-B27")]
    public static Tensor<TNumber> BackwardData<TNumber>(Tensor<TNumber> dy, Tensor<TNumber> x, Tensor<TNumber> y, TNumber m, int T, int R,
        int S, Window window)
        where TNumber : IPowerFunctions<TNumber>, IComparisonOperators<TNumber, TNumber, bool>
    {
        var shape = PoolingShape3.Unpadded("PL-B27", x.Lengths, T, R, S, window);
        shape.ExpectOutput("PL-B27", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B27", "y", y.Lengths);
        var (N, C, D, H, W, _, _, _, O, P, Q) = shape;
        var (sh, sw, _, _, _, _, _) = window;
        int sd = window.Sd;
        var dx = Tensor.CreateFromShape<TNumber>([N, C, D, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int d = 0; d < D; d++)
                    for (int u = 0; u < H; u++)
                        for (int v = 0; v < W; v++)
                        {
                            TNumber sum = TNumber.Zero;
                            for (int o = 0; o < O; o++)
                                for (int i = 0; i < P; i++)
                                    for (int j = 0; j < Q; j++)
                                        for (int t = 0; t < T; t++)
                                            for (int r = 0; r < R; r++)
                                                for (int s = 0; s < S; s++)
                                                    if (o * sd + t == d && i * sh + r == u && j * sw + s == v && y[n, c, o, i, j] > TNumber.Zero)
                                                        sum += dy[n, c, o, i, j] * Choosing.Sign(x[n, c, d, u, v])
                                                            * TNumber.Pow(Choosing.Abs(x[n, c, d, u, v]), m - TNumber.One) * TNumber.Pow(y[n, c, o, i, j], TNumber.One - m);
                            dx[n, c, d, u, v] = sum;
                        }
        return dx;
    }
}
