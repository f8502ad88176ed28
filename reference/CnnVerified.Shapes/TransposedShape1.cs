namespace CnnVerified;

/// <summary>The sizes of one transposed convolution of rows: x is N×C×W, w is C×(K/G)×S, y is N×K×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Input channels.</param>
/// <param name="W">Input columns.</param>
/// <param name="K">Filters.</param>
/// <param name="S">Kernel columns.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct TransposedShape1(int N, int C, int W, int K, int S, int Q)
{
    /// <summary>Reads the sizes off x and w and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, W.</param>
    /// <param name="w">Lengths of w (or dw): C, K/G, S.</param>
    /// <param name="window">Stride, padding, dilation and extra output of columns, and groups.</param>
    /// <returns>All six sizes.</returns>
    /// <exception cref="ArgumentException">A rank is not 3, G does not divide C, w's channels are not C, there are too many extra
    /// columns, or no output is left.</exception>
    public static TransposedShape1 Of(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, Window window)
    {
        Lengths.ExpectRank(id, "x", "N×C×W", x, 3);
        Lengths.ExpectRank(id, "w", "C×K/G×S", w, 3);
        Lengths.ExpectTransposedGroups(id, x, "N×C×W", w, "C×K/G×S", window.G);
        int Q = Spread(id, "w", (int)x[2], (int)w[2], window.Sw, window.Pw, window.Ew, window.Aw);
        Lengths.ExpectCountable(id, "the output", [x[0], w[1] * window.G, Q]);
        return new((int)x[0], (int)x[1], (int)x[2], (int)w[1] * window.G, (int)w[2], Q);
    }

    /// <summary>Checks that y (or dy) is N×K×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) => Lengths.Expect(id, name, "N×K×Q", y, [N, K, Q]);

    /// <summary>Output length along one axis.</summary>
    internal static int Spread(string id, string axis, int size, int taps, int stride, int padding, int dilation, int extra)
    {
        if (extra >= Math.Max(stride, dilation))
            throw new ArgumentException($"a{axis} expects less than max(s{axis},e{axis}) = {Math.Max(stride, dilation)} but is {extra}; {id}. (Parameter 'window')");
        long length = (size - 1L) * stride - 2L * padding + (long)dilation * (taps - 1) + 1 + extra;
        if (size < 1 || taps < 1 || length < 1 || length > Array.MaxLength)
            throw new ArgumentException($"{size} inputs and {taps} taps with s{axis} = {stride}, p{axis} = {padding}, e{axis} = {dilation}, " +
                $"a{axis} = {extra} make an output of {length}; {id} needs at least 1 and at most {Array.MaxLength}. (Parameter 'window')");
        return (int)length;
    }
}
