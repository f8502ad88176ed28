namespace CnnVerified;

/// <summary>The sizes of one pooling of volumes: x is N×C×D×H×W, windows are T×R×S, y is N×C×O×P×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channels.</param>
/// <param name="D">Input frames.</param>
/// <param name="H">Input rows.</param>
/// <param name="W">Input columns.</param>
/// <param name="T">Window frames.</param>
/// <param name="R">Window rows.</param>
/// <param name="S">Window columns.</param>
/// <param name="O">Output frames.</param>
/// <param name="P">Output rows.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct PoolingShape3(int N, int C, int D, int H, int W, int T, int R, int S, int O, int P, int Q)
{
    /// <summary>Reads the sizes off x and the window and checks that they fit; no dilation.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, D, H, W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="clipped">True where every window must hold an element of the volume.</param>
    /// <returns>All eleven sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 5, the window has dilation or groups, a window could hold no element
    /// where it must, or no window fits.</exception>
    public static PoolingShape3 Of(string id, ReadOnlySpan<nint> x, int T, int R, int S, Window window, bool clipped)
    {
        PoolingAxis.ExpectNoDilation(id, window, "dhw");
        return Dilated(id, x, T, R, S, window, clipped);
    }

    /// <summary>Reads the sizes off x and the window and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, D, H, W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="clipped">True where every window must hold an element of the volume.</param>
    /// <returns>All eleven sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 5, the window has groups, a window could hold no element where it
    /// must, or no window fits.</exception>
    public static PoolingShape3 Dilated(string id, ReadOnlySpan<nint> x, int T, int R, int S, Window window, bool clipped)
    {
        Lengths.ExpectRank(id, "x", "N×C×D×H×W", x, 5);
        PoolingAxis.ExpectNoGroups(id, window);
        if (clipped)
        {
            PoolingAxis.ExpectHeld(id, "d", "D", (int)x[2], "T", T, window.Pd, window.Pd, window.Ed);
            PoolingAxis.ExpectHeld(id, "h", "H", (int)x[3], "R", R, window.Ph, window.Qh, window.Eh);
            PoolingAxis.ExpectHeld(id, "w", "W", (int)x[4], "S", S, window.Pw, window.Qw, window.Ew);
        }
        var (O, P, Q) = window.OutputVolume((int)x[2], (int)x[3], (int)x[4], T, R, S);
        Lengths.ExpectCountable(id, "the output", [x[0], x[1], O, P, Q]);
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], (int)x[4], T, R, S, O, P, Q);
    }

    /// <summary>The sizes of windows without padding and dilation.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, D, H, W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <returns>All eleven sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 5, the window has padding, dilation or groups, or no window fits.</exception>
    public static PoolingShape3 Unpadded(string id, ReadOnlySpan<nint> x, int T, int R, int S, Window window)
    {
        PoolingAxis.ExpectNoPadding(id, window, "dhw");
        return Of(id, x, T, R, S, window, clipped: false);
    }

    /// <summary>The sizes of one window that is the whole volume: T = D, R = H, S = W, O = P = Q = 1.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, D, H, W.</param>
    /// <returns>All eleven sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 5, or the volumes are empty.</exception>
    public static PoolingShape3 Global(string id, ReadOnlySpan<nint> x)
    {
        Lengths.ExpectRank(id, "x", "N×C×D×H×W", x, 5);
        if (x[2] < 1 || x[3] < 1 || x[4] < 1)
            throw new ArgumentException($"x expects volumes of at least 1 element but is N×C×D×H×W = {Lengths.Text(x)}; {id}. (Parameter 'x')");
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], (int)x[4], (int)x[2], (int)x[3], (int)x[4], 1, 1, 1);
    }

    /// <summary>Checks that y (or dy) is N×C×O×P×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) =>
        Lengths.Expect(id, name, "N×C×O×P×Q", y, [N, C, O, P, Q]);
}
