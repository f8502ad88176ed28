using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean over the part of each window that lies inside the volume: padding is not counted.</summary>
public static class ClippedMeanPooling3D
{
    /// <summary>Mean pooling in three dimensions, padding not counted, forward (PL-F25).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding, pd &lt; T and ph &lt; R and pw &lt; S.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Output y, N×C×O×P×Q.</returns>
    /// <exception cref="ArgumentException">A window would lie wholly in the padding, or none fits.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX AveragePool with count_include_pad = 0.</remarks>
    [Equation("PL-F25")]
    public static Tensor<TNumber> Forward<TNumber>(Tensor<TNumber> x, int T, int R, int S, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IDivisionOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>, IMultiplicativeIdentity<TNumber, TNumber>
    {
        var (N, C, D, H, W, _, _, _, O, P, Q) = PoolingShape3.Of("PL-F25", x.Lengths, T, R, S, window, clipped: true);
        var (sh, sw, ph, pw, _, _, _) = window;
        var (sd, pd) = (window.Sd, window.Pd);
        var y = Tensor.CreateFromShape<TNumber>([N, C, O, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int o = 0; o < O; o++)
                    for (int i = 0; i < P; i++)
                        for (int j = 0; j < Q; j++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int t = 0; t < T; t++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        sum += x.OrZero(n, c, o * sd + t - pd, i * sh + r - ph, j * sw + s - pw);
                            y[n, c, o, i, j] = sum / Whole.Of<TNumber>(Count(o, i, j, D, H, W, T, R, S, window));
                        }
        return y;
    }

    /// <summary>Mean pooling in three dimensions, padding not counted, backward data (PL-B25): the gradient of PL-F25 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="D">Frames of x.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding, pd &lt; T and ph &lt; R and pw &lt; S.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Derivative dx, N×C×D×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F25.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F25.</remarks>
    [Equation("PL-B25")]
    public static Tensor<TNumber> BackwardData<TNumber>(Tensor<TNumber> dy, int D, int H, int W, int T, int R, int S, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IDivisionOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>, IMultiplicativeIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("PL-B25", "dy", "N×C×O×P×Q", dy.Lengths, 5);
        var shape = PoolingShape3.Of("PL-B25", [dy.Lengths[0], dy.Lengths[1], D, H, W], T, R, S, window, clipped: true);
        shape.ExpectOutput("PL-B25", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _, O, P, Q) = shape;
        var (sh, sw, ph, pw, _, _, _) = window;
        var (sd, pd) = (window.Sd, window.Pd);
        var dx = Tensor.CreateFromShape<TNumber>([N, C, D, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int d = 0; d < D; d++)
                    for (int u = 0; u < H; u++)
                        for (int v = 0; v < W; v++)
                        {
                            TNumber sum = TNumber.AdditiveIdentity;
                            for (int o = 0; o < O; o++)
                                for (int i = 0; i < P; i++)
                                    for (int j = 0; j < Q; j++)
                                        for (int t = 0; t < T; t++)
                                            for (int r = 0; r < R; r++)
                                                for (int s = 0; s < S; s++)
                                                    if (o * sd + t - pd == d && i * sh + r - ph == u && j * sw + s - pw == v)
                                                        sum += dy[n, c, o, i, j] / Whole.Of<TNumber>(Count(o, i, j, D, H, W, T, R, S, window));
                            dx[n, c, d, u, v] = sum;
                        }
        return dx;
    }

    // cnt[o,i,j] of PL-F25.
    private static int Count(int o, int i, int j, int D, int H, int W, int T, int R, int S, Window window)
    {
        var (sh, sw, ph, pw, _, _, _) = window;
        var (sd, pd) = (window.Sd, window.Pd);
        int count = 0;
        for (int t = 0; t < T; t++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++)
                    if (0 <= o * sd + t - pd && o * sd + t - pd < D && 0 <= i * sh + r - ph && i * sh + r - ph < H
                        && 0 <= j * sw + s - pw && j * sw + s - pw < W)
                        count++;
        return count;
    }
}
