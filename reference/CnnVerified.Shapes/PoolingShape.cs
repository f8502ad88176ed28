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
        return new PoolingShape((int)x[0], (int)x[1], (int)x[2], (int)x[3], R, S, P, Q).Countable(id);
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
        return new PoolingShape((int)x[0], (int)x[1], (int)x[2], (int)x[3], R, S, P, Q).Countable(id);
    }

    /// <summary>The sizes of windows without padding.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, the window has padding, dilation or groups, or no window fits.</exception>
    public static PoolingShape Unpadded(string id, ReadOnlySpan<nint> x, int R, int S, Window window)
    {
        if (window.Ph != 0 || window.Pw != 0 || window.Qh != 0 || window.Qw != 0)
            throw new ArgumentException($"the window expects no padding but has ph = {window.Ph}, pw = {window.Pw}, qh = {window.Qh}, " +
                $"qw = {window.Qw}; {id}. (Parameter 'window')");
        return Of(id, x, R, S, window, clipped: false);
    }

    /// <summary>The sizes with the border kept (PL-S2).</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding, ph &lt; R and pw &lt; S.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, the window has groups, or PL-S2 does not take it.</exception>
    public static PoolingShape BorderKept(string id, ReadOnlySpan<nint> x, int R, int S, Window window)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        if (window.G != 1)
            throw new ArgumentException($"pooling expects G = 1 but the window has G = {window.G}; {id}. (Parameter 'window')");
        var (P, Q) = window.OutputSizeBorderKept((int)x[2], (int)x[3], R, S);
        return new PoolingShape((int)x[0], (int)x[1], (int)x[2], (int)x[3], R, S, P, Q).Countable(id);
    }

    /// <summary>The sizes of windows side by side: P = floor(H/R), Q = floor(W/S).</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, or no window fits.</exception>
    public static PoolingShape SideBySide(string id, ReadOnlySpan<nint> x, int R, int S)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        if (R < 1 || S < 1 || R > x[2] || S > x[3])
            throw new ArgumentException($"a window expects 1 <= R <= H and 1 <= S <= W but R = {R}, S = {S} " +
                $"(x is N×C×H×W = {Lengths.Text(x)}); {id}. (Parameter 'R')");
        return new PoolingShape((int)x[0], (int)x[1], (int)x[2], (int)x[3], R, S, (int)x[2] / R, (int)x[3] / S).Countable(id);
    }

    /// <summary>The sizes of one window that is the whole map: R = H, S = W, P = Q = 1.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, or the maps are empty.</exception>
    public static PoolingShape Global(string id, ReadOnlySpan<nint> x)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        return SideBySide(id, x, Math.Max(1, (int)x[2]), Math.Max(1, (int)x[3]));
    }

    /// <summary>The sizes of windows that cut a map into P×Q nearly equal parts: (R, S) is left 0, as they differ in size.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="P">Output rows.</param>
    /// <param name="Q">Output columns.</param>
    /// <returns>The sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, the maps are empty, or P or Q is below 1.</exception>
    public static PoolingShape Adaptive(string id, ReadOnlySpan<nint> x, int P, int Q)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        if (x[2] < 1 || x[3] < 1 || P < 1 || Q < 1)
            throw new ArgumentException($"adaptive windows expect H, W, P, Q of at least 1 but P = {P}, Q = {Q} " +
                $"(x is N×C×H×W = {Lengths.Text(x)}); {id}. (Parameter 'x')");
        return new PoolingShape((int)x[0], (int)x[1], (int)x[2], (int)x[3], 0, 0, P, Q).Countable(id);
    }

    /// <summary>The sizes of an upsampling by whole factors: P = H·R, Q = W·S.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">The rank is not 4, a factor is below 1, or the result is too large.</exception>
    public static PoolingShape Enlarged(string id, ReadOnlySpan<nint> x, int R, int S)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        if (R < 1 || S < 1 || (long)x[2] * R > int.MaxValue || (long)x[3] * S > int.MaxValue)
            throw new ArgumentException($"upsampling expects factors of at least 1, and H·R and W·S below 2³¹, but R = {R}, S = {S} " +
                $"(x is N×C×H×W = {Lengths.Text(x)}); {id}. (Parameter 'R')");
        return new PoolingShape((int)x[0], (int)x[1], (int)x[2], (int)x[3], R, S, (int)x[2] * R, (int)x[3] * S).Countable(id);
    }

    /// <summary>Checks that y (or dy) is N×C×P×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) =>
        Lengths.Expect(id, name, "N×C×P×Q", y, [N, C, P, Q]);

    private PoolingShape Countable(string id)
    {
        Lengths.ExpectCountable(id, "the output", [N, C, P, Q]);
        return this;
    }
}
