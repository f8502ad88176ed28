namespace CnnVerified;

/// <summary>The sizes of one depthwise convolution: x is N×C×H×W, w is C×R×S, y is N×C×P×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channels.</param>
/// <param name="H">Input rows.</param>
/// <param name="W">Input columns.</param>
/// <param name="R">Kernel rows.</param>
/// <param name="S">Kernel columns.</param>
/// <param name="P">Output rows.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct DepthwiseShape(int N, int C, int H, int W, int R, int S, int P, int Q)
{
    /// <summary>Reads the sizes off x and w and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="w">Lengths of w (or dw): C, R, S.</param>
    /// <param name="window">Stride and padding.</param>
    /// <returns>All eight sizes.</returns>
    /// <exception cref="ArgumentException">A rank is wrong, the channels differ, the window has dilation or groups, or no window
    /// fits.</exception>
    public static DepthwiseShape Of(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, Window window)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        Lengths.ExpectRank(id, "w", "C×R×S", w, 3);
        if (w[0] != x[1])
            throw new ArgumentException($"w expects C = {x[1]} channels but has {w[0]} (w is C×R×S = {Lengths.Text(w)}, x is N×C×H×W = " +
                $"{Lengths.Text(x)}); {id} filters every channel by itself. (Parameter 'w')");
        if (window.Eh != 1 || window.Ew != 1 || window.G != 1)
            throw new ArgumentException($"the window expects eh = ew = G = 1 but has eh = {window.Eh}, ew = {window.Ew}, G = {window.G}; {id}. " +
                $"(Parameter 'window')");
        var (P, Q) = window.OutputSize((int)x[2], (int)x[3], (int)w[1], (int)w[2]);
        Lengths.ExpectCountable(id, "the output", [x[0], x[1], P, Q]);
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], (int)w[1], (int)w[2], P, Q);
    }

    /// <summary>Checks that y (or dy) is N×C×P×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) =>
        Lengths.Expect(id, name, "N×C×P×Q", y, [N, C, P, Q]);
}
