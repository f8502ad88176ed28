using CnnVerified.Verification;

namespace CnnVerified.Onnx;

/// <summary>How the windows of a node lie on its input: taps, strides, dilations and padding along each axis of space, from frames or
/// rows to columns.</summary>
/// <param name="Space">Lengths of the input's axes.</param>
/// <param name="Taps">Taps of a window.</param>
/// <param name="Strides">Strides.</param>
/// <param name="Dilations">Distances of taps.</param>
/// <param name="Before">Padding before the input.</param>
/// <param name="Behind">Padding behind it.</param>
public sealed record WindowGeometry(IReadOnlyList<int> Space, IReadOnlyList<int> Taps, IReadOnlyList<int> Strides, IReadOnlyList<int> Dilations,
    IReadOnlyList<int> Before, IReadOnlyList<int> Behind)
{
    private static readonly string[] Axes = ["d", "h", "w"], TapLetters = ["t", "r", "s"];

    /// <summary>Reads the attributes that all windowed operators have.</summary>
    /// <param name="call">The node.</param>
    /// <param name="x">Its input: batch, channels, space.</param>
    /// <param name="taps">The taps where another input says them, or null where kernel_shape must.</param>
    /// <returns>The geometry; padding that auto_pad asks for is worked out.</returns>
    /// <exception cref="InputException">Lengths do not fit together.</exception>
    /// <exception cref="UnsupportedException">Space has no axes, or more than three.</exception>
    public static WindowGeometry Of(OperatorCall call, OnnxTensor x, IReadOnlyList<int>? taps = null)
    {
        int rank = SpaceOf(x).Count;
        int[] space = [.. SpaceOf(x)];
        int[] kernel = call.OptionalInts("kernel_shape") ?? [.. taps ?? throw new InputException("expected an attribute kernel_shape, got none.")];
        if (kernel.Length != rank || (taps is not null && !kernel.SequenceEqual(taps)))
            throw new InputException($"attribute kernel_shape: expected {(taps is null ? $"{rank} lengths" : OnnxTensor.Text(taps))}, got {OnnxTensor.Text(kernel)}.");
        int[] strides = call.Ints("strides", rank, 1), dilations = call.Ints("dilations", rank, 1), pads = call.Ints("pads", 2 * rank, 0);
        string auto = call.Word("auto_pad", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "");
        if (kernel.Concat(strides).Concat(dilations).Any(length => length < 1) || pads.Any(pad => pad < 0))
            throw new InputException($"expected kernel_shape, strides and dilations of at least 1 and pads of at least 0, got {Text(kernel)}, {Text(strides)}, {Text(dilations)} and {Text(pads)}.");
        if (kernel.Concat(strides).Concat(dilations).Concat(pads).Max() > OnnxTensor.MostElements)
            throw new UnsupportedException($"windows of more than {OnnxTensor.MostElements} taps, strides, dilations or pads");
        var plain = new WindowGeometry(space, kernel, strides, dilations, pads[..rank], pads[rank..]);
        return auto is "NOTSET" or "" ? plain : plain with { Before = Same(auto, before: true, plain), Behind = Same(auto, before: false, plain) };
    }

    /// <summary>The axes of space of a tensor: those after batch and channels.</summary>
    /// <param name="x">The tensor.</param>
    /// <returns>From one to three lengths.</returns>
    /// <exception cref="UnsupportedException">There are none, or more than three.</exception>
    public static IReadOnlyList<int> SpaceOf(OnnxTensor x) => x.Dims.Count - 2 is >= 1 and <= 3 ? [.. x.Dims.Skip(2)]
        : throw new UnsupportedException($"windows over {OnnxTensor.Text(x.Dims)}: one, two or three axes after batch and channels are");

    /// <summary>The number of axes of space.</summary>
    public int Rank => Space.Count;

    /// <summary>Whether padding is the same on both sides of each axis.</summary>
    public bool IsSymmetric => Before.SequenceEqual(Behind);

    /// <summary>Whether no taps lie apart.</summary>
    public bool IsDense => Enumerable.Range(0, Rank).All(axis => Dilations[axis] == 1 || Taps[axis] == 1);

    /// <summary>Whether there is no padding.</summary>
    public bool IsUnpadded => Before.Concat(Behind).All(pad => pad == 0);

    /// <summary>Whether every window holds an element of the input: where its first taps lie in the padding, a later one does not.</summary>
    public bool HoldsElements => Enumerable.Range(0, Rank).All(axis => Math.Max(Before[axis], Behind[axis]) <= (long)Dilations[axis] * (Taps[axis] - 1)
        && (Dilations[axis] <= Space[axis] || Taps[axis] == 1));

    /// <summary>What an equation of the rank calls these: strides, dilations, taps and the padding before.</summary>
    public Sizes Sizes => Sizes.None
        .With(Named("s"), Strides, 1)
        .With(Named("e"), [.. Dilations.Select((dilation, axis) => Taps[axis] == 1 ? 1 : dilation)], 1)
        .With(Named("p"), Before, 0);

    /// <summary>What an equation that is given the taps as sizes calls them.</summary>
    public Sizes SizesAndTaps => WithTaps(Sizes);

    /// <summary>What an equation calls windows that lie side by side: the stride is the window.</summary>
    public Sizes SideBySide => WithTaps(Sizes.None.With(Named("s"), Taps, 1));

    /// <summary>Letters of the rank's axes after another letter: sh, sw for "s".</summary>
    /// <param name="prefix">The letter before, or none.</param>
    /// <returns>One for each axis.</returns>
    public IReadOnlyList<string> Named(string prefix) => [.. Axes[^Rank..].Select(axis => prefix + axis)];

    /// <summary>The number of windows along each axis.</summary>
    /// <param name="ceil">Whether windows that reach beyond the padding count, unless they start behind the input and its padding before.</param>
    /// <returns>At least one each.</returns>
    /// <exception cref="InputException">No window fits.</exception>
    public int[] Windows(bool ceil)
    {
        int[] windows = new int[Rank];
        for (int axis = 0; axis < Rank; axis++)
        {
            long reach = (long)Dilations[axis] * (Taps[axis] - 1) + 1, room = (long)Space[axis] + Before[axis] + Behind[axis] - reach;
            long count = room <= 0 ? (room == 0 || (ceil && room > -Strides[axis]) ? 1 : 0) : (ceil ? room + Strides[axis] - 1 : room) / Strides[axis] + 1;
            if (ceil && (count - 1) * Strides[axis] >= (long)Space[axis] + Before[axis])
                count--;
            windows[axis] = count is >= 1 and <= OnnxTensor.MostElements ? (int)count
                : throw new InputException($"expected at least one window, got {Taps[axis]} taps {Dilations[axis]} apart on {Space[axis]} elements padded by {Before[axis]} and {Behind[axis]}.");
        }
        return windows;
    }

    /// <summary>For each axis, the windows laid out one behind the other: where each tap of each stands in the input, −1 outside.</summary>
    /// <param name="windows">Windows along each axis.</param>
    /// <returns>Maps for <see cref="Plain.Picked"/>, without batch and channels.</returns>
    public int[][] LaidOut(IReadOnlyList<int> windows) => [.. Enumerable.Range(0, Rank).Select(axis =>
    {
        int[] map = new int[OnnxTensor.Count([windows[axis], Taps[axis]])];
        for (int i = 0; i < map.Length; i++)
        {
            long at = (long)(i / Taps[axis]) * Strides[axis] + (long)(i % Taps[axis]) * Dilations[axis] - Before[axis];
            map[i] = at >= 0 && at < Space[axis] ? (int)at : -1;
        }
        return map;
    })];

    private Sizes WithTaps(Sizes sizes) => sizes.With(TapLetters[^Rank..], Taps, 0);

    private static int[] Same(string auto, bool before, WindowGeometry plain) => [.. Enumerable.Range(0, plain.Rank).Select(axis =>
    {
        if (auto == "VALID")
            return 0;
        long windows = ((long)plain.Space[axis] + plain.Strides[axis] - 1) / plain.Strides[axis];
        long total = Math.Max(0, (windows - 1) * plain.Strides[axis] + (long)plain.Dilations[axis] * (plain.Taps[axis] - 1) + 1 - plain.Space[axis]);
        long half = total / 2;
        long pad = before == (auto == "SAME_UPPER") ? half : total - half;
        return pad <= int.MaxValue ? (int)pad : throw new InputException($"expected padding of 32 bits, got {pad}.");
    })];

    private static string Text(int[] lengths) => string.Join(' ', lengths);
}
