namespace CnnVerified;

/// <summary>The sizes of one convolution: x is N×C×H×W, w is K×(C/G)×R×S, y is N×K×P×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Input channels.</param>
/// <param name="H">Input rows.</param>
/// <param name="W">Input columns.</param>
/// <param name="K">Filters.</param>
/// <param name="R">Kernel rows.</param>
/// <param name="S">Kernel columns.</param>
/// <param name="P">Output rows.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct ConvolutionShape(int N, int C, int H, int W, int K, int R, int S, int P, int Q)
{
    /// <summary>Reads the sizes off x and w and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="w">Lengths of w (or dw): K, C/G, R, S.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <returns>All nine sizes.</returns>
    /// <exception cref="ArgumentException">A rank is not 4, G does not divide C and K, w's channels are not C/G, or no
    /// window fits.</exception>
    public static ConvolutionShape Of(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, Window window)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        Lengths.ExpectRank(id, "w", "K×C/G×R×S", w, 4);
        Lengths.ExpectGroups(id, x, "N×C×H×W", w, "K×C/G×R×S", window.G);
        var (P, Q) = window.OutputSize((int)x[2], (int)x[3], (int)w[2], (int)w[3]);
        Lengths.ExpectCountable(id, "the output", [x[0], w[0], P, Q]);
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], (int)w[0], (int)w[2], (int)w[3], P, Q);
    }

    /// <summary>Checks that y (or dy) is N×K×P×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) =>
        Lengths.Expect(id, name, "N×K×P×Q", y, [N, K, P, Q]);
}
