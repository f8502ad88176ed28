using CnnVerified.Verification;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx.Operators;

/// <summary>Pools. Where an equation has the geometry it is used as it is; any other (padding that differs between the sides, borders kept,
/// dilation where an equation has none) becomes windows laid out side by side, and the equation pools those.</summary>
internal static class Poolings
{
    private static readonly string[] Max1To3 = ["PL-F20", "PL-F1", "PL-F21"], MaxGradient1To3 = ["PL-B20", "PL-B1", "PL-B21"];
    private static readonly string[] Mean1To3 = ["PL-F22", "PL-F3", "PL-F23"], ClippedMean1To3 = ["PL-F24", "PL-F4", "PL-F25"];
    private static readonly string[] Lp1To3 = ["PL-F26", "PL-F7", "PL-F27"], GlobalMean1To3 = ["PL-F28", "PL-F8", "PL-F29"];

    public static IReadOnlyList<OnnxTensor?> MaxPool(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        var geometry = WindowGeometry.Of(call, x);
        bool columnsFirst = call.Int("storage_order", 0) != 0;
        var (windows, ceil) = Windows(call, geometry);
        OnnxTensor? laid = null;
        OnnxTensor Laid() => laid ??= LaidOut(x, geometry, windows, double.NegativeInfinity);

        string? native = !geometry.IsSymmetric || !geometry.HoldsElements ? null
            : !ceil ? geometry.Rank == 2 && !geometry.IsDense ? "PL-F13" : Max1To3[geometry.Rank - 1]
            : geometry.Rank == 2 && geometry.IsDense && geometry.Windows(ceil: false).Length > 0 ? "PL-F15" : null;
        OnnxTensor y = native is not null ? call.On.One(native, geometry.SizesAndTaps, ("x", x))
            : call.On.One(Max1To3[geometry.Rank - 1], geometry.SideBySide, ("x", Laid()));
        return call.Output(1).Length == 0 ? [y] : [y, Switches(call, x, y, Laid(), geometry, windows, columnsFirst)];
    }

    // The gradient of a max pooling, by a residual of ones on windows side by side, is 1 where each window found its maximum.
    private static OnnxTensor Switches(OperatorCall call, OnnxTensor x, OnnxTensor y, OnnxTensor laid, WindowGeometry geometry, int[] windows,
        bool columnsFirst)
    {
        int rank = geometry.Rank;
        OnnxTensor chosen = call.On.One(MaxGradient1To3[rank - 1], geometry.SideBySide.With([.. geometry.Named("")], [.. laid.Dims.Skip(2)], 0),
            ("dy", OnnxTensor.Filled(x.Type, y.Dims, 1)), ("x", laid), ("y", y));
        int[][] maps = geometry.LaidOut(windows);
        long[] indices = new long[y.Length];
        Array.Fill(indices, -1);
        long plane = geometry.Space.Aggregate(1L, (product, length) => product * length);
        for (int i = 0; i < chosen.Length; i++)
        {
            if (chosen.Reals[i] == 0)
                continue;
            int rest = i, window = 0, windowStep = 1;
            long at = 0, step = 1;
            int[] positions = new int[rank];
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                int position = rest % maps[axis].Length;
                rest /= maps[axis].Length;
                window += position / geometry.Taps[axis] * windowStep;
                windowStep *= windows[axis];
                positions[axis] = maps[axis][position];
            }
            if (positions.Any(position => position < 0))
                throw new UnsupportedException("MaxPool: the index of the maximum of a window that holds nothing above minus infinity");
            foreach (int axis in columnsFirst ? Enumerable.Range(0, rank) : Enumerable.Range(0, rank).Reverse())
            {
                at += positions[axis] * step;
                step *= geometry.Space[axis];
            }
            indices[rest * windowStep + window] = rest * plane + at;
        }
        return OnnxTensor.Whole(DataType.Int64, y.Dims, indices);
    }

    public static IReadOnlyList<OnnxTensor?> AveragePool(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        var geometry = WindowGeometry.Of(call, x);
        bool countsPadding = call.Int("count_include_pad", 0) != 0;
        var (windows, ceil) = Windows(call, geometry);
        string mean = Mean1To3[geometry.Rank - 1];
        string? native = !geometry.IsSymmetric ? null
            : !ceil && (countsPadding || geometry.IsUnpadded) ? geometry.IsDense ? mean : geometry.Rank == 2 ? "PL-F14" : null
            : !geometry.IsDense || !geometry.HoldsElements || countsPadding ? null
            : !ceil ? ClippedMean1To3[geometry.Rank - 1]
            : geometry.Rank == 2 ? "PL-F16" : null;
        if (native is not null)
            return [call.On.One(native, geometry.SizesAndTaps, ("x", x))];

        // The mean over all taps, divided by the share of them that counts: those on the input, and those on its padding where it counts.
        OnnxTensor ones = OnnxTensor.Filled(x.Type, [1, 1, .. geometry.Space], 1);
        OnnxTensor counted = LaidOut(ones, geometry, windows, 0);
        if (countsPadding)
        {
            int[] none = new int[geometry.Rank];
            int[] room = [.. geometry.Space.Select((length, axis) => length + geometry.Before[axis] + geometry.Behind[axis])];
            var padded = geometry with { Space = room, Before = none, Behind = none };
            counted = LaidOut(OnnxTensor.Filled(x.Type, [1, 1, .. padded.Space], 1), padded, windows, 0);
        }
        OnnxTensor means = call.On.One(mean, geometry.SideBySide, ("x", LaidOut(x, geometry, windows, 0))),
            shares = call.On.One(mean, geometry.SideBySide, ("x", counted));
        return [Plain.Combined(means, shares, (sum, share) => sum / share)];
    }

    public static IReadOnlyList<OnnxTensor?> LpPool(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        var geometry = WindowGeometry.Of(call, x);
        OnnxTensor m = Power(call, x);
        var (windows, ceil) = Windows(call, geometry);
        return [geometry.IsUnpadded && geometry.IsDense && !ceil
            ? call.On.One(Lp1To3[geometry.Rank - 1], geometry.SizesAndTaps, ("x", x), ("m", m))
            : call.On.One(Lp1To3[geometry.Rank - 1], geometry.SideBySide, ("x", LaidOut(x, geometry, windows, 0)), ("m", m))];
    }

    public static IReadOnlyList<OnnxTensor?> GlobalAveragePool(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        int rank = WindowGeometry.SpaceOf(x).Count;
        return [OverSpace(x, call.On.One(GlobalMean1To3[rank - 1], Sizes.None, ("x", x)))];
    }

    public static IReadOnlyList<OnnxTensor?> GlobalMaxPool(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        WindowGeometry.SpaceOf(x);
        OnnxTensor maps = x.Shaped(x.Dims[0], x.Dims[1], OnnxTensor.Count(x.Dims.Skip(2).SkipLast(1)), x.Dims[^1]);
        return [OverSpace(x, call.On.One("PL-F17", Sizes.None, ("x", maps)))];
    }

    public static IReadOnlyList<OnnxTensor?> GlobalLpPool(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        WindowGeometry.SpaceOf(x);
        int space = OnnxTensor.Count(x.Dims.Skip(2));
        return [OverSpace(x, call.On.One("PL-F26", Sizes.None.With("s", space), ("x", x.Shaped(x.Dims[0], x.Dims[1], space)), ("m", Power(call, x))))];
    }

    public static IReadOnlyList<OnnxTensor?> MaxUnpool(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        long[] indices = [.. call.Input(1).Wholes];
        if (!call.Input(1).Dims.SequenceEqual(x.Dims))
            throw new InputException($"expected indices of {OnnxTensor.Text(x.Dims)}, got {OnnxTensor.Text(call.Input(1).Dims)}.");
        var geometry = WindowGeometry.Of(call, x);
        int[] space = [.. geometry.Space.Select((length, axis) =>
            checked((length - 1) * geometry.Strides[axis] + geometry.Taps[axis] - geometry.Before[axis] - geometry.Behind[axis]))];
        int[]? wanted = call.Optional(2) is null ? null : call.Ints(2);
        if (wanted is not null && (wanted.Length != x.Dims.Count || wanted[0] != x.Dims[0] || wanted[1] != x.Dims[1]))
            throw new InputException($"expected an output_shape of {x.Dims[0]}×{x.Dims[1]} and {geometry.Rank} lengths, got {OnnxTensor.Text(wanted)}.");
        int plane = OnnxTensor.Count(space), perMap = x.Length / Math.Max(1, x.Dims[0] * x.Dims[1]);

        // The equation adds what meets in one place; the operator keeps the last. So what is written over later goes in as 0.
        double[] values = [.. x.Reals];
        var taken = new HashSet<long>();
        for (int i = values.Length - 1; i >= 0; i--)
        {
            if (indices[i] / Math.Max(1, plane) != i / perMap || indices[i] < 0)
                throw indices[i] >= 0 && indices[i] < (long)plane * x.Dims[0] * x.Dims[1] ? new UnsupportedException("MaxUnpool: an index into another map")
                    : new InputException($"expected indices from 0 to {(long)plane * x.Dims[0] * x.Dims[1] - 1}, got {indices[i]}.");
            if (!taken.Add(indices[i]))
                values[i] = 0;
            indices[i] %= plane;
        }
        IReadOnlyList<int> flat = [x.Dims[0], x.Dims[1], 1, perMap];
        OnnxTensor y = call.On.One("PL-F11", Sizes.None.With("h", 1).With("w", plane),
            ("x", OnnxTensor.Real(x.Type, flat, values)), ("a", OnnxTensor.Whole(DataType.Int64, flat, indices))).Shaped([x.Dims[0], x.Dims[1], .. space]);
        return [wanted is null ? y : Plain.Picked(y, [.. wanted.Select((length, axis) => Plain.Padded(y.Dims[axis], 0, length - y.Dims[axis]))])];
    }

    // The oldest version has a real p.
    private static OnnxTensor Power(OperatorCall call, OnnxTensor x) => OnnxTensor.Scalar(x.Type, call.Opset < 2 ? call.Float("p", 2) : call.Int("p", 2));

    private static (int[] Windows, bool Ceil) Windows(OperatorCall call, WindowGeometry geometry)
    {
        bool ceil = call.Int("ceil_mode", 0) != 0;
        int[] windows = geometry.Windows(ceil);
        // Where no border is left over there is no difference.
        return (windows, ceil && Enumerable.Range(0, geometry.Rank).Any(axis => (long)(windows[axis] - 1) * geometry.Strides[axis]
            + (long)geometry.Dilations[axis] * (geometry.Taps[axis] - 1) >= (long)geometry.Space[axis] + geometry.Before[axis] + geometry.Behind[axis]));
    }

    private static OnnxTensor LaidOut(OnnxTensor x, WindowGeometry geometry, int[] windows, double fill) =>
        Plain.Picked(x, [Plain.Whole(x.Dims[0]), Plain.Whole(x.Dims[1]), .. geometry.LaidOut(windows)], fill);

    private static OnnxTensor OverSpace(OnnxTensor x, OnnxTensor y) => y.Shaped([x.Dims[0], x.Dims[1], .. Enumerable.Repeat(1, x.Dims.Count - 2)]);
}
