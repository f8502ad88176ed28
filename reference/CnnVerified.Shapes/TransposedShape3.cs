namespace CnnVerified;

/// <summary>The sizes of one transposed convolution of volumes: x is N×C×D×H×W, w is C×(K/G)×T×R×S, y is N×K×O×P×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Input channels.</param>
/// <param name="D">Input frames.</param>
/// <param name="H">Input rows.</param>
/// <param name="W">Input columns.</param>
/// <param name="K">Filters.</param>
/// <param name="T">Kernel frames.</param>
/// <param name="R">Kernel rows.</param>
/// <param name="S">Kernel columns.</param>
/// <param name="O">Output frames.</param>
/// <param name="P">Output rows.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct TransposedShape3(int N, int C, int D, int H, int W, int K, int T, int R, int S, int O, int P, int Q)
{
    /// <summary>Reads the sizes off x and w and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, D, H, W.</param>
    /// <param name="w">Lengths of w (or dw): C, K/G, T, R, S.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <returns>All twelve sizes.</returns>
    /// <exception cref="ArgumentException">A rank is not 5, G does not divide C, w's channels are not C, there is too much extra
    /// output, or no output is left.</exception>
    public static TransposedShape3 Of(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, Window window)
    {
        Lengths.ExpectRank(id, "x", "N×C×D×H×W", x, 5);
        Lengths.ExpectRank(id, "w", "C×K/G×T×R×S", w, 5);
        Lengths.ExpectTransposedGroups(id, x, "N×C×D×H×W", w, "C×K/G×T×R×S", window.G);
        int O = TransposedShape1.Spread(id, "d", (int)x[2], (int)w[2], window.Sd, window.Pd, window.Ed, window.Ad);
        int P = TransposedShape1.Spread(id, "h", (int)x[3], (int)w[3], window.Sh, window.Ph, window.Eh, window.Ah);
        int Q = TransposedShape1.Spread(id, "w", (int)x[4], (int)w[4], window.Sw, window.Pw, window.Ew, window.Aw);
        Lengths.ExpectCountable(id, "the output", [x[0], w[1] * window.G, O, P, Q]);
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], (int)x[4], (int)w[1] * window.G, (int)w[2], (int)w[3], (int)w[4], O, P, Q);
    }

    /// <summary>Checks that y (or dy) is N×K×O×P×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) =>
        Lengths.Expect(id, name, "N×K×O×P×Q", y, [N, K, O, P, Q]);
}
