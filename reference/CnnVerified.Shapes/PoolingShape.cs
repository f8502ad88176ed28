namespace CnnVerified;

/// <summary>The sizes of one pooling: x is N×C×H×W, windows are R×S, y is N×C×P×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channels.</param>
/// <param name="H">Input rows.</param>
/// <param name="W">Input columns.</param>
/// <param name="R">Window rows.</param>
/// <param name="S">Window columns.</param>
/// <param name="P">Output rows.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct PoolingShape(int N, int C, int H, int W, int R, int S, int P, int Q)
{
    /// <summary>Reads the sizes off x and the window and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="clipped">True where every window must hold a pixel of the image, so ph &lt; R and pw &lt; S.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, the window has dilation or groups, a window could lie wholly in
    /// the padding where it must not, or no window fits.</exception>
    public static PoolingShape Of(string id, ReadOnlySpan<nint> x, int R, int S, Window window, bool clipped)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        if (window.Eh != 1 || window.Ew != 1 || window.G != 1)
            throw new ArgumentException($"pooling expects eh = ew = G = 1 but the window has eh = {window.Eh}, ew = {window.Ew}, " +
                $"G = {window.G}; {id}. (Parameter 'window')");
        if (clipped && (window.Ph >= R || window.Pw >= S))
            throw new ArgumentException($"padding expects ph < R and pw < S, so that every window holds a pixel, but ph = {window.Ph}, " +
                $"R = {R}, pw = {window.Pw}, S = {S}; {id}. (Parameter 'window')");
        var (P, Q) = window.OutputSize((int)x[2], (int)x[3], R, S);
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], R, S, P, Q);
    }

    /// <summary>Reads the sizes of a pooling with dilation off x and the window and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="clipped">True where every window must hold a pixel of the image.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, the window has groups, a window could hold no pixel where it must,
    /// or no window fits.</exception>
    public static PoolingShape Dilated(string id, ReadOnlySpan<nint> x, int R, int S, Window window, bool clipped)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        PoolingAxis.ExpectNoGroups(id, window);
        if (clipped)
        {
            PoolingAxis.ExpectHeld(id, "h", "H", (int)x[2], "R", R, window.Ph, window.Qh, window.Eh);
            PoolingAxis.ExpectHeld(id, "w", "W", (int)x[3], "S", S, window.Pw, window.Qw, window.Ew);
        }
        var (P, Q) = window.OutputSize((int)x[2], (int)x[3], R, S);
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], R, S, P, Q);
    }

    /// <summary>Checks that y (or dy) is N×C×P×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) =>
        Lengths.Expect(id, name, "N×C×P×Q", y, [N, C, P, Q]);
}
