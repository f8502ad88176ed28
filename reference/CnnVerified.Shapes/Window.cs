namespace CnnVerified;

/// <summary>How a window of taps moves over an image, a row or a volume: stride, padding and dilation in input pixels, and groups.</summary>
/// <remarks>Tap (r, s) of window (i, j) stands on input pixel (i·sh + r·eh − ph, j·sw + s·ew − pw). Padding is the same on
/// both sides unless qh or qw say otherwise. A row (one dimension) uses the members of columns, a volume all of them: tap t of window o
/// stands on frame o·sd + t·ed − pd.</remarks>
public sealed record Window
{
    private readonly int? _qh, _qw;

    /// <summary>Stride 1, no padding, no dilation, one group.</summary>
    public static Window Unit { get; } = new();

    /// <summary>Stride along rows, sh ≥ 1.</summary>
    /// <exception cref="ArgumentException">Below 1.</exception>
    public int Sh { get; init => field = AtLeast(1, value, "sh"); } = 1;

    /// <summary>Stride along columns, sw ≥ 1.</summary>
    /// <exception cref="ArgumentException">Below 1.</exception>
    public int Sw { get; init => field = AtLeast(1, value, "sw"); } = 1;

    /// <summary>Padding above and below, ph ≥ 0.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Ph { get; init => field = AtLeast(0, value, "ph"); }

    /// <summary>Padding left and right, pw ≥ 0.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Pw { get; init => field = AtLeast(0, value, "pw"); }

    /// <summary>Dilation along rows, eh ≥ 1: the distance between taps.</summary>
    /// <exception cref="ArgumentException">Below 1.</exception>
    public int Eh { get; init => field = AtLeast(1, value, "eh"); } = 1;

    /// <summary>Dilation along columns, ew ≥ 1.</summary>
    /// <exception cref="ArgumentException">Below 1.</exception>
    public int Ew { get; init => field = AtLeast(1, value, "ew"); } = 1;

    /// <summary>Groups, G ≥ 1: filters of group g see the channels of group g alone.</summary>
    /// <exception cref="ArgumentException">Below 1.</exception>
    public int G { get; init => field = AtLeast(1, value, "G"); } = 1;

    /// <summary>Padding below, qh ≥ 0; as above unless set.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Qh { get => _qh ?? Ph; init => _qh = AtLeast(0, value, "qh"); }

    /// <summary>Padding on the right, qw ≥ 0; as on the left unless set.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Qw { get => _qw ?? Pw; init => _qw = AtLeast(0, value, "qw"); }

    /// <summary>Stride along frames, sd ≥ 1.</summary>
    /// <exception cref="ArgumentException">Below 1.</exception>
    public int Sd { get; init => field = AtLeast(1, value, "sd"); } = 1;

    /// <summary>Padding before and behind the frames, pd ≥ 0.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Pd { get; init => field = AtLeast(0, value, "pd"); }

    /// <summary>Dilation along frames, ed ≥ 1.</summary>
    /// <exception cref="ArgumentException">Below 1.</exception>
    public int Ed { get; init => field = AtLeast(1, value, "ed"); } = 1;

    /// <summary>Extra output rows of a transposed convolution, ah ≥ 0.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Ah { get; init => field = AtLeast(0, value, "ah"); }

    /// <summary>Extra output columns of a transposed convolution, aw ≥ 0.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Aw { get; init => field = AtLeast(0, value, "aw"); }

    /// <summary>Extra output frames of a transposed convolution, ad ≥ 0.</summary>
    /// <exception cref="ArgumentException">Negative.</exception>
    public int Ad { get; init => field = AtLeast(0, value, "ad"); }

    /// <summary>The seven numbers in the order of the catalogue.</summary>
    /// <param name="sh">Stride along rows.</param>
    /// <param name="sw">Stride along columns.</param>
    /// <param name="ph">Padding above and below.</param>
    /// <param name="pw">Padding left and right.</param>
    /// <param name="eh">Dilation along rows.</param>
    /// <param name="ew">Dilation along columns.</param>
    /// <param name="G">Groups.</param>
    public void Deconstruct(out int sh, out int sw, out int ph, out int pw, out int eh, out int ew, out int G) =>
        (sh, sw, ph, pw, eh, ew, G) = (Sh, Sw, Ph, Pw, Eh, Ew, this.G);

    /// <summary>Output size (CV-S1; without dilation PL-S1, the border ignored).</summary>
    /// <param name="H">Input rows.</param>
    /// <param name="W">Input columns.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <returns>Window positions along rows, P, and along columns, Q.</returns>
    /// <exception cref="ArgumentException">The dilated kernel is larger than the padded input.</exception>
    /// <remarks>docs/equations/convolution.md, docs/equations/pooling.md. Dumoulin and Visin, A guide to convolution
    /// arithmetic for deep learning (2016).</remarks>
    [Equation("CV-S1")]
    [Equation("PL-S1")]
    public (int P, int Q) OutputSize(int H, int W, int R, int S) =>
        (Positions(H, R, Sh, Ph, Qh, Eh, "H", "R"), Positions(W, S, Sw, Pw, Qw, Ew, "W", "S"));

    /// <summary>Output size with the border kept (PL-S2): windows that reach beyond the padding count too, unless they start there.</summary>
    /// <param name="H">Input rows.</param>
    /// <param name="W">Input columns.</param>
    /// <param name="R">Window rows, more than ph.</param>
    /// <param name="S">Window columns, more than pw.</param>
    /// <returns>Window positions along rows, P, and along columns, Q.</returns>
    /// <exception cref="ArgumentException">The window is larger than the padded input, would lie wholly in the padding, has dilation,
    /// or the padding differs between the sides.</exception>
    /// <remarks>docs/equations/pooling.md. ONNX MaxPool, ceil_mode.</remarks>
    [Equation("PL-S2")]
    public (int P, int Q) OutputSizeBorderKept(int H, int W, int R, int S) =>
        (PositionsBorderKept(H, R, Sh, Ph, Qh, Eh, "H", "R", "ph"), PositionsBorderKept(W, S, Sw, Pw, Qw, Ew, "W", "S", "pw"));

    /// <summary>Output size in one dimension (CV-S5, PL-S3).</summary>
    /// <param name="W">Input columns.</param>
    /// <param name="S">Kernel columns.</param>
    /// <returns>Window positions Q.</returns>
    /// <exception cref="ArgumentException">The dilated kernel is larger than the padded input.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md, docs/equations/pooling-1d-3d.md. Dumoulin and Visin, A guide to convolution
    /// arithmetic for deep learning (2016), for one axis.</remarks>
    [Equation("CV-S5")]
    [Equation("PL-S3")]
    public int OutputColumns(int W, int S) => Positions(W, S, Sw, Pw, Qw, Ew, "W", "S", "CV-S5");

    /// <summary>Output size in three dimensions (CV-S6, PL-S4).</summary>
    /// <param name="D">Input frames.</param>
    /// <param name="H">Input rows.</param>
    /// <param name="W">Input columns.</param>
    /// <param name="T">Kernel frames.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <returns>Window positions along frames, O, along rows, P, and along columns, Q.</returns>
    /// <exception cref="ArgumentException">The dilated kernel is larger than the padded input.</exception>
    /// <remarks>docs/equations/convolution-1d-3d.md, docs/equations/pooling-1d-3d.md. Dumoulin and Visin, A guide to convolution
    /// arithmetic for deep learning (2016), for each axis.</remarks>
    [Equation("CV-S6")]
    [Equation("PL-S4")]
    public (int O, int P, int Q) OutputVolume(int D, int H, int W, int T, int R, int S) =>
        (Positions(D, T, Sd, Pd, Pd, Ed, "D", "T", "CV-S6"), Positions(H, R, Sh, Ph, Qh, Eh, "H", "R", "CV-S6"),
            Positions(W, S, Sw, Pw, Qw, Ew, "W", "S", "CV-S6"));

    private static int Positions(int size, int taps, int stride, int before, int behind, int dilation, string sizeName, string tapsName,
        string id = "CV-S1")
    {
        long reach = (long)dilation * (taps - 1) + 1;
        long room = (long)size + before + behind;
        if (taps < 1 || reach > room)
            throw new ArgumentException(
                $"a kernel of {tapsName} = {taps} taps with dilation {dilation} reaches over {reach} pixels but the input has only " +
                $"{sizeName} = {size} plus padding {(before == behind ? $"2·{before}" : $"{before} + {behind}")} = {room}; {id} needs at least one window.");
        return Countable((room - reach) / stride + 1, sizeName, id);
    }

    private static int PositionsBorderKept(int size, int taps, int stride, int before, int behind, int dilation,
        string sizeName, string tapsName, string paddingName)
    {
        if (before != behind || dilation != 1)
            throw new ArgumentException($"with the border kept, padding expects the same on both sides and dilation 1, but {before} stands " +
                $"before, {behind} behind and the dilation is {dilation}; PL-S2.");
        if (taps <= before || size + 2L * before < taps)
            throw new ArgumentException($"with the border kept, a window expects {paddingName} < {tapsName} <= {sizeName} + 2·{paddingName} but " +
                $"{paddingName} = {before}, {tapsName} = {taps}, {sizeName} = {size}; PL-S2.");
        long positions = (size + 2L * before - taps + stride - 1) / stride + 1;
        return Countable(positions - ((positions - 1) * stride >= size + (long)before ? 1 : 0), sizeName, "PL-S2");
    }

    private static int Countable(long positions, string sizeName, string id) =>
        positions <= Array.MaxLength ? (int)positions : throw new ArgumentException($"the windows along {sizeName} must be at most {Array.MaxLength}, got {positions}; {id}.");

    private static int AtLeast(int least, int value, string letter) =>
        value >= least ? value : throw new ArgumentException($"{letter} expects a whole number of at least {least}, got {value}.");
}
