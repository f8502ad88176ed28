using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The largest element of each window, the border kept. Padding never wins: windows are clipped to the map.</summary>
/// <remarks>x must hold no NaN: a maximum needs an order.</remarks>
public static class BorderKeptMaxPooling
{
    /// <summary>Max pooling, border kept, forward (PL-F15).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding, ph &lt; R and pw &lt; S.</param>
    /// <returns>Output y, N×C×P×Q, P and Q as in PL-S2.</returns>
    /// <exception cref="ArgumentException">A window would lie wholly in the padding, none fits, or the window has dilation or groups.</exception>
    /// <remarks>docs/equations/pooling.md. ONNX MaxPool with ceil_mode = 1.</remarks>
    [Equation("PL-F15")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S, Window window)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.BorderKept("PL-F15", x.Lengths, R, S, window);
        var (sh, sw, ph, pw, _, _, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        bool found = false;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                if (x.Holds(i * sh + r - ph, j * sw + s - pw) && (!found || x[n, c, i * sh + r - ph, j * sw + s - pw] > y[n, c, i, j]))
                                    (y[n, c, i, j], found) = (x[n, c, i * sh + r - ph, j * sw + s - pw], true);
                    }
        return y;
    }

    /// <summary>Max pooling, border kept, backward data (PL-B15): the gradient of PL-F15 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F15, N×C×P×Q.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding, ph &lt; R and pw &lt; S.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F15.</exception>
    /// <remarks>docs/equations/pooling.md. Equal maxima: the first in row-major order takes all.</remarks>
    [Equation("PL-B15")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y, int R, int S, Window window)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var shape = PoolingShape.BorderKept("PL-B15", x.Lengths, R, S, window);
        shape.ExpectOutput("PL-B15", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B15", "y", y.Lengths);
        var (N, C, H, W, _, _, P, Q) = shape;
        var (sh, sw, ph, pw, _, _, _) = window;
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
                                        if (i * sh + r - ph == u && j * sw + s - pw == v && a[n, c, i, j] == r * S + s)
                                            sum += dy[n, c, i, j];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    // a[n,c,i,j] of PL-B15: r·S + s of the first maximum of each window.
    private static Tensor<int> Switch<T>(Tensor<T> x, Tensor<T> y, int R, int S, Window window)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.BorderKept("PL-B15", x.Lengths, R, S, window);
        var (sh, sw, ph, pw, _, _, _) = window;
        var a = Tensor.CreateFromShape<int>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        a[n, c, i, j] = R * S;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                if (x.Holds(i * sh + r - ph, j * sw + s - pw) && x[n, c, i * sh + r - ph, j * sw + s - pw] == y[n, c, i, j])
                                    a[n, c, i, j] = Math.Min(a[n, c, i, j], r * S + s);
                    }
        return a;
    }
}
