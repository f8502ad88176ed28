namespace CnnVerified;

/// <summary>The sizes of one pooling of rows: x is N×C×W, windows are S, y is N×C×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channels.</param>
/// <param name="W">Input columns.</param>
/// <param name="S">Window columns.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct PoolingShape1(int N, int C, int W, int S, int Q)
{
    /// <summary>Reads the sizes off x and the window and checks that they fit; no dilation.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns.</param>
    /// <param name="clipped">True where every window must hold an element of the row.</param>
    /// <returns>All five sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 3, the window has dilation or groups, a window could hold no element
    /// where it must, or no window fits.</exception>
    public static PoolingShape1 Of(string id, ReadOnlySpan<nint> x, int S, Window window, bool clipped)
    {
        PoolingAxis.ExpectNoDilation(id, window, "w");
        return Dilated(id, x, S, window, clipped);
    }

    /// <summary>Reads the sizes off x and the window and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation of columns.</param>
    /// <param name="clipped">True where every window must hold an element of the row.</param>
    /// <returns>All five sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 3, the window has groups, a window could hold no element where it
    /// must, or no window fits.</exception>
    public static PoolingShape1 Dilated(string id, ReadOnlySpan<nint> x, int S, Window window, bool clipped)
    {
        Lengths.ExpectRank(id, "x", "N×C×W", x, 3);
        PoolingAxis.ExpectNoGroups(id, window);
        if (clipped)
            PoolingAxis.ExpectHeld(id, "w", "W", (int)x[2], "S", S, window.Pw, window.Qw, window.Ew);
        int Q = window.OutputColumns((int)x[2], S);
        Lengths.ExpectCountable(id, "the output", [x[0], x[1], Q]);
        return new((int)x[0], (int)x[1], (int)x[2], S, Q);
    }

    /// <summary>The sizes of windows without padding and dilation.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride of columns.</param>
    /// <returns>All five sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 3, the window has padding, dilation or groups, or no window fits.</exception>
    public static PoolingShape1 Unpadded(string id, ReadOnlySpan<nint> x, int S, Window window)
    {
        PoolingAxis.ExpectNoPadding(id, window, "w");
        return Of(id, x, S, window, clipped: false);
    }

    /// <summary>The sizes of one window that is the whole row: S = W, Q = 1.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, W.</param>
    /// <returns>All five sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 3, or the rows are empty.</exception>
    public static PoolingShape1 Global(string id, ReadOnlySpan<nint> x)
    {
        Lengths.ExpectRank(id, "x", "N×C×W", x, 3);
        if (x[2] < 1)
            throw new ArgumentException($"x expects rows of at least 1 element but is N×C×W = {Lengths.Text(x)}; {id}. (Parameter 'x')");
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[2], 1);
    }

    /// <summary>Checks that y (or dy) is N×C×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) => Lengths.Expect(id, name, "N×C×Q", y, [N, C, Q]);
}
