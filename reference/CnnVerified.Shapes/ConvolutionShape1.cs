namespace CnnVerified;

/// <summary>The sizes of one convolution of rows: x is N×C×W, w is K×(C/G)×S, y is N×K×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Input channels.</param>
/// <param name="W">Input columns.</param>
/// <param name="K">Filters.</param>
/// <param name="S">Kernel columns.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct ConvolutionShape1(int N, int C, int W, int K, int S, int Q)
{
    /// <summary>Reads the sizes off x and w and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, W.</param>
    /// <param name="w">Lengths of w (or dw): K, C/G, S.</param>
    /// <param name="window">Stride, padding, dilation of columns, and groups.</param>
    /// <returns>All six sizes.</returns>
    /// <exception cref="ArgumentException">A rank is not 3, G does not divide C and K, w's channels are not C/G, or no window fits.</exception>
    public static ConvolutionShape1 Of(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, Window window)
    {
        Lengths.ExpectRank(id, "x", "N×C×W", x, 3);
        Lengths.ExpectRank(id, "w", "K×C/G×S", w, 3);
        Lengths.ExpectGroups(id, x, "N×C×W", w, "K×C/G×S", window.G);
        int Q = window.OutputColumns((int)x[2], (int)w[2]);
        Lengths.ExpectCountable(id, "the output", [x[0], w[0], Q]);
        return new((int)x[0], (int)x[1], (int)x[2], (int)w[0], (int)w[2], Q);
    }

    /// <summary>Checks that y (or dy) is N×K×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) => Lengths.Expect(id, name, "N×K×Q", y, [N, K, Q]);
}
