using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The largest element of each window of a row, with dilation. Padding never wins.</summary>
/// <remarks>x must hold no NaN: a maximum needs an order.</remarks>
public static class MaxPooling1D
{
    /// <summary>Max pooling in one dimension, forward (PL-F20).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation of columns, pw &lt;= ew*(S-1) and ew &lt;= W.</param>
    /// <returns>Output y, N×C×Q.</returns>
    /// <exception cref="ArgumentException">A window could hold no element, or none fits.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX MaxPool.</remarks>
    [Equation("PL-F20")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int S, Window window)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, _, _, Q) = PoolingShape1.Dilated("PL-F20", x.Lengths, S, window, clipped: true);
        var (_, sw, _, pw, _, ew, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int j = 0; j < Q; j++)
                {
                    bool found = false;
                    for (int s = 0; s < S; s++)
                        if (x.Holds(j * sw + s * ew - pw) && (!found || x[n, c, j * sw + s * ew - pw] > y[n, c, j]))
                            (y[n, c, j], found) = (x[n, c, j * sw + s * ew - pw], true);
                }
        return y;
    }

    /// <summary>Max pooling in one dimension, backward data (PL-B20): the gradient of PL-F20 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="y">Output of PL-F20, N×C×Q.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation of columns, pw &lt;= ew*(S-1) and ew &lt;= W.</param>
    /// <returns>Derivative dx, N×C×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F20.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F20. Equal maxima: the first takes all.</remarks>
    [Equation("PL-B20")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y, int S, Window window)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var shape = PoolingShape1.Dilated("PL-B20", x.Lengths, S, window, clipped: true);
        shape.ExpectOutput("PL-B20", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B20", "y", y.Lengths);
        var (N, C, W, _, Q) = shape;
        var (_, sw, _, pw, _, ew, _) = window;
        var a = Switch(x, y, S, window);
        var dx = Tensor.CreateFromShape<T>([N, C, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int v = 0; v < W; v++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int j = 0; j < Q; j++)
                        for (int s = 0; s < S; s++)
                            if (j * sw + s * ew - pw == v && a[n, c, j] == s)
                                sum += dy[n, c, j];
                    dx[n, c, v] = sum;
                }
        return dx;
    }

    // a[n,c,j] of PL-B20.
    private static Tensor<int> Switch<T>(Tensor<T> x, Tensor<T> y, int S, Window window)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, Q) = y.Sizes3();
        var (_, sw, _, pw, _, ew, _) = window;
        var a = Tensor.CreateFromShape<int>([N, C, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int j = 0; j < Q; j++)
                {
                    a[n, c, j] = S;
                    for (int s = 0; s < S; s++)
                        if (x.Holds(j * sw + s * ew - pw) && x[n, c, j * sw + s * ew - pw] == y[n, c, j])
                            a[n, c, j] = Math.Min(a[n, c, j], s);
                }
        return a;
    }
}
