using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of each window of a volume, padding counted as zeros.</summary>
public static class MeanPooling3D
{
    /// <summary>Mean pooling in three dimensions, forward (PL-F23).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Output y, N×C×O×P×Q.</returns>
    /// <exception cref="ArgumentException">No window fits.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX AveragePool with count_include_pad = 1.</remarks>
    [Equation("PL-F23")]
    public static Tensor<TNumber> Forward<TNumber>(Tensor<TNumber> x, int T, int R, int S, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IDivisionOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>, IMultiplicativeIdentity<TNumber, TNumber>
    {
        var (N, C, _, _, _, _, _, _, O, P, Q) = PoolingShape3.Of("PL-F23", x.Lengths, T, R, S, window, clipped: false);
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
                            y[n, c, o, i, j] = sum / Whole.Of<TNumber>(T * R * S);
                        }
        return y;
    }

    /// <summary>Mean pooling in three dimensions, backward data (PL-B23): the gradient of PL-F23 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="D">Frames of x.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Derivative dx, N×C×D×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F23.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F23.</remarks>
    [Equation("PL-B23")]
    public static Tensor<TNumber> BackwardData<TNumber>(Tensor<TNumber> dy, int D, int H, int W, int T, int R, int S, Window window)
        where TNumber : IAdditionOperators<TNumber, TNumber, TNumber>, IDivisionOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>, IMultiplicativeIdentity<TNumber, TNumber>
    {
        Lengths.ExpectRank("PL-B23", "dy", "N×C×O×P×Q", dy.Lengths, 5);
        var shape = PoolingShape3.Of("PL-B23", [dy.Lengths[0], dy.Lengths[1], D, H, W], T, R, S, window, clipped: false);
        shape.ExpectOutput("PL-B23", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _, _, _, _) = shape;
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
                            for (int t = 0; t < T; t++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        if ((d + pd - t) % sd == 0 && (u + ph - r) % sh == 0 && (v + pw - s) % sw == 0)
                                            sum += dy.OrZero(n, c, (d + pd - t) / sd, (u + ph - r) / sh, (v + pw - s) / sw) / Whole.Of<TNumber>(T * R * S);
                            dx[n, c, d, u, v] = sum;
                        }
        return dx;
    }
}
