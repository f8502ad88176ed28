using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The largest of the elements that the taps of a window meet, taps eh rows and ew columns apart. Padding never wins.</summary>
/// <remarks>x must hold no NaN: a maximum needs an order.</remarks>
public static class DilatedMaxPooling
{
    /// <summary>Max pooling with dilation, forward (PL-F13).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation, ph &lt;= eh*(R-1) and pw &lt;= ew*(S-1) and eh &lt;= H and ew &lt;= W.</param>
    /// <returns>Output y, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">A window could hold no element, or none fits.</exception>
    /// <remarks>docs/equations/pooling-dilated.md. ONNX MaxPool.</remarks>
    [Equation("PL-F13")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S, Window window)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.Dilated("PL-F13", x.Lengths, R, S, window, clipped: true);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        bool found = false;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                            {
                                int u = i * sh + r * eh - ph, v = j * sw + s * ew - pw;
                                if (x.Holds(u, v) && (!found || x[n, c, u, v] > y[n, c, i, j]))
                                    (y[n, c, i, j], found) = (x[n, c, u, v], true);
                            }
                    }
        return y;
    }

    /// <summary>Max pooling with dilation, backward data (PL-B13): the gradient of PL-F13 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F13, N×C×P×Q.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation, ph &lt;= eh*(R-1) and pw &lt;= ew*(S-1) and eh &lt;= H and ew &lt;= W.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F13.</exception>
    /// <remarks>docs/equations/pooling-dilated.md. Derived from PL-F13. Equal maxima: the first in row-major order takes all.</remarks>
    [Equation("PL-B13")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y, int R, int S, Window window)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var shape = PoolingShape.Dilated("PL-B13", x.Lengths, R, S, window, clipped: true);
        shape.ExpectOutput("PL-B13", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B13", "y", y.Lengths);
        var (N, C, H, W, _, _, P, Q) = shape;
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var a = Switch(x, y, R, S, window);
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
                                        if (i * sh + r * eh - ph == u && j * sw + s * ew - pw == v && a[n, c, i, j] == r * S + s)
                                            sum += dy[n, c, i, j];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    // a[n,c,i,j] of PL-B13.
    private static Tensor<int> Switch<T>(Tensor<T> x, Tensor<T> y, int R, int S, Window window)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, P, Q) = y.Sizes4();
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var a = Tensor.CreateFromShape<int>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        a[n, c, i, j] = R * S;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                            {
                                int u = i * sh + r * eh - ph, v = j * sw + s * ew - pw;
                                if (x.Holds(u, v) && x[n, c, u, v] == y[n, c, i, j])
                                    a[n, c, i, j] = Math.Min(a[n, c, i, j], r * S + s);
                            }
                    }
        return a;
    }
}
