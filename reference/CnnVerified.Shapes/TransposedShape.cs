namespace CnnVerified;

/// <summary>The sizes of one transposed convolution: x is N×C×H×W, w is C×(K/G)×R×S, y is N×K×P×Q.</summary>
/// <param name="N">Batch.</param>
/// <param name="C">Input channels.</param>
/// <param name="H">Input rows.</param>
/// <param name="W">Input columns.</param>
/// <param name="K">Filters.</param>
/// <param name="R">Kernel rows.</param>
/// <param name="S">Kernel columns.</param>
/// <param name="P">Output rows.</param>
/// <param name="Q">Output columns.</param>
public readonly record struct TransposedShape(int N, int C, int H, int W, int K, int R, int S, int P, int Q)
{
    /// <summary>Reads the sizes off x and w and checks that they fit.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="x">Lengths of x (or dx): N, C, H, W.</param>
    /// <param name="w">Lengths of w (or dw): C, K/G, R, S.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <returns>All nine sizes.</returns>
    /// <exception cref="ArgumentException">A rank is not 4, G does not divide C, w's channels are not C, there is too much extra
    /// output, or no output is left.</exception>
    public static TransposedShape Of(string id, ReadOnlySpan<nint> x, ReadOnlySpan<nint> w, Window window)
    {
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        Lengths.ExpectRank(id, "w", "C×K/G×R×S", w, 4);
        Lengths.ExpectTransposedGroups(id, x, "N×C×H×W", w, "C×K/G×R×S", window.G);
        var (P, Q) = OutputSize((int)x[2], (int)x[3], (int)w[2], (int)w[3], window);
        Lengths.ExpectCountable(id, "the output", [x[0], w[1] * window.G, P, Q]);
        return new((int)x[0], (int)x[1], (int)x[2], (int)x[3], (int)w[1] * window.G, (int)w[2], (int)w[3], P, Q);
    }

    /// <summary>Reads the sizes off dy and w and checks that they fit: the extra output says what x was.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="dy">Lengths of dy: N, K, P, Q.</param>
    /// <param name="w">Lengths of w: C, K/G, R, S.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <returns>All nine sizes.</returns>
    /// <exception cref="ArgumentException">As <see cref="Of"/>, or no x has an output of this shape.</exception>
    public static TransposedShape OfData(string id, ReadOnlySpan<nint> dy, ReadOnlySpan<nint> w, Window window)
    {
        Lengths.ExpectRank(id, "dy", "N×K×P×Q", dy, 4);
        Lengths.ExpectRank(id, "w", "C×K/G×R×S", w, 4);
        // P = (H−1)·sh − 2·ph + eh·(R−1) + 1 + ah, solved for H; where that leaves a remainder, dy is not P×Q.
        nint H = (dy[2] - 1 - window.Ah + 2 * (nint)window.Ph - window.Eh * (w[2] - 1)) / window.Sh + 1;
        nint W = (dy[3] - 1 - window.Aw + 2 * (nint)window.Pw - window.Ew * (w[3] - 1)) / window.Sw + 1;
        var shape = Of(id, [dy[0], w[0], H, W], w, window);
        shape.ExpectOutput(id, "dy", dy);
        return shape;
    }

    /// <summary>Reads the sizes off dy and x and checks that they fit: the distance of the outermost outputs says what the kernel was.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="dy">Lengths of dy: N, K, P, Q.</param>
    /// <param name="x">Lengths of x: N, C, H, W.</param>
    /// <param name="window">Stride, padding, dilation, extra output, and groups.</param>
    /// <returns>All nine sizes.</returns>
    /// <exception cref="ArgumentException">As <see cref="Of"/>, or no kernel makes an output of this shape.</exception>
    public static TransposedShape OfWeights(string id, ReadOnlySpan<nint> dy, ReadOnlySpan<nint> x, Window window)
    {
        Lengths.ExpectRank(id, "dy", "N×K×P×Q", dy, 4);
        Lengths.ExpectRank(id, "x", "N×C×H×W", x, 4);
        if (dy[1] % window.G != 0)
            throw new ArgumentException($"G = {window.G} groups must divide K = {dy[1]} filters (dy is N×K×P×Q = {Lengths.Text(dy)}); " +
                $"{id}. (Parameter 'window')");
        nint R = (dy[2] - 1 - window.Ah + 2 * (nint)window.Ph - (x[2] - 1) * window.Sh) / window.Eh + 1;
        nint S = (dy[3] - 1 - window.Aw + 2 * (nint)window.Pw - (x[3] - 1) * window.Sw) / window.Ew + 1;
        var shape = Of(id, x, [x[1], dy[1] / window.G, R, S], window);
        shape.ExpectOutput(id, "dy", dy);
        return shape;
    }

    /// <summary>Output size (CV-S2).</summary>
    /// <param name="H">Input rows.</param>
    /// <param name="W">Input columns.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="window">Stride, padding, dilation and extra output.</param>
    /// <returns>Output rows P and columns Q.</returns>
    /// <exception cref="ArgumentException">There is too much extra output, or no output is left.</exception>
    /// <remarks>docs/equations/transposed-convolution.md. Dumoulin and Visin, A guide to convolution arithmetic for deep learning
    /// (2016), with dilation.</remarks>
    [Equation("CV-S2")]
    public static (int P, int Q) OutputSize(int H, int W, int R, int S, Window window) =>
        (TransposedShape1.Spread("CV-S2", "h", H, R, window.Sh, window.Ph, window.Eh, window.Ah),
            TransposedShape1.Spread("CV-S2", "w", W, S, window.Sw, window.Pw, window.Ew, window.Aw));

    /// <summary>Checks that y (or dy) is N×K×P×Q.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="name">y or dy.</param>
    /// <param name="y">Its lengths.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public void ExpectOutput(string id, string name, ReadOnlySpan<nint> y) =>
        Lengths.Expect(id, name, "N×K×P×Q", y, [N, K, P, Q]);

    /// <summary>Checks that there is one group: the plain equations know no others.</summary>
    /// <param name="id">The equation, for the message.</param>
    /// <param name="window">The window.</param>
    /// <exception cref="ArgumentException">G is not 1.</exception>
    public static void ExpectOneGroup(string id, Window window)
    {
        if (window.G != 1)
            throw new ArgumentException($"the window expects one group but has G = {window.G}; {id}. (Parameter 'window')");
    }
}
