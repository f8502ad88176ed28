using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The largest element of each window of a volume, with dilation. Padding never wins.</summary>
/// <remarks>x must hold no NaN: a maximum needs an order.</remarks>
public static class MaxPooling3D
{
    /// <summary>Max pooling in three dimensions, forward (PL-F21).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation, pd &lt;= ed*(T-1) and ph &lt;= eh*(R-1) and pw &lt;= ew*(S-1) and ed &lt;= D and
    /// eh &lt;= H and ew &lt;= W.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Output y, N×C×O×P×Q.</returns>
    /// <exception cref="ArgumentException">A window could hold no element, or none fits.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX MaxPool.</remarks>
    [Equation("PL-F21")]
    public static Tensor<TNumber> Forward<TNumber>(Tensor<TNumber> x, int T, int R, int S, Window window)
        where TNumber : IComparisonOperators<TNumber, TNumber, bool>
    {
        var (N, C, _, _, _, _, _, _, O, P, Q) = PoolingShape3.Dilated("PL-F21", x.Lengths, T, R, S, window, clipped: true);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var y = Tensor.CreateFromShape<TNumber>([N, C, O, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int o = 0; o < O; o++)
                    for (int i = 0; i < P; i++)
                        for (int j = 0; j < Q; j++)
                        {
                            bool found = false;
                            for (int t = 0; t < T; t++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                    {
                                        int d = o * sd + t * ed - pd, u = i * sh + r * eh - ph, v = j * sw + s * ew - pw;
                                        if (x.Holds(d, u, v) && (!found || x[n, c, d, u, v] > y[n, c, o, i, j]))
                                            (y[n, c, o, i, j], found) = (x[n, c, d, u, v], true);
                                    }
                        }
        return y;
    }

    /// <summary>Max pooling in three dimensions, backward data (PL-B21): the gradient of PL-F21 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="y">Output of PL-F21, N×C×O×P×Q.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation, pd &lt;= ed*(T-1) and ph &lt;= eh*(R-1) and pw &lt;= ew*(S-1) and ed &lt;= D and
    /// eh &lt;= H and ew &lt;= W.</param>
    /// <typeparam name="TNumber">The number type; T is the letter of window frames here.</typeparam>
    /// <returns>Derivative dx, N×C×D×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F21.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F21. Equal maxima: the first in row-major order takes all.</remarks>
    [Equation("PL-B21")]
    public static Tensor<TNumber> BackwardData<TNumber>(Tensor<TNumber> dy, Tensor<TNumber> x, Tensor<TNumber> y, int T, int R, int S, Window window)
        where TNumber : IComparisonOperators<TNumber, TNumber, bool>, IAdditionOperators<TNumber, TNumber, TNumber>,
            IAdditiveIdentity<TNumber, TNumber>
    {
        var shape = PoolingShape3.Dilated("PL-B21", x.Lengths, T, R, S, window, clipped: true);
        shape.ExpectOutput("PL-B21", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B21", "y", y.Lengths);
        var (N, C, D, H, W, _, _, _, O, P, Q) = shape;
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var a = Switch(x, y, T, R, S, window);
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
                                                    if (o * sd + t * ed - pd == d && i * sh + r * eh - ph == u && j * sw + s * ew - pw == v
                                                        && a[n, c, o, i, j] == (t * R + r) * S + s)
                                                        sum += dy[n, c, o, i, j];
                            dx[n, c, d, u, v] = sum;
                        }
        return dx;
    }

    // a[n,c,o,i,j] of PL-B21.
    private static Tensor<int> Switch<TNumber>(Tensor<TNumber> x, Tensor<TNumber> y, int T, int R, int S, Window window)
        where TNumber : IComparisonOperators<TNumber, TNumber, bool>
    {
        var (N, C, O, P, Q) = y.Sizes5();
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var (sd, pd, ed) = (window.Sd, window.Pd, window.Ed);
        var a = Tensor.CreateFromShape<int>([N, C, O, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int o = 0; o < O; o++)
                    for (int i = 0; i < P; i++)
                        for (int j = 0; j < Q; j++)
                        {
                            a[n, c, o, i, j] = T * R * S;
                            for (int t = 0; t < T; t++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                    {
                                        int d = o * sd + t * ed - pd, u = i * sh + r * eh - ph, v = j * sw + s * ew - pw;
                                        if (x.Holds(d, u, v) && x[n, c, d, u, v] == y[n, c, o, i, j])
                                            a[n, c, o, i, j] = Math.Min(a[n, c, o, i, j], (t * R + r) * S + s);
                                    }
                        }
        return a;
    }
}
