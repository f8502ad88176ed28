using CnnVerified.Verification;

namespace CnnVerified.Onnx.Operators;

/// <summary>Conv and ConvTranspose. Padding that an equation does not take, because it differs between the sides of an axis, is put around
/// the input; of a transposed convolution it is cut off the output.</summary>
internal static class Convolutions
{
    private static readonly string[] Plain1To3 = ["CV-F13", "CV-F1", "CV-F14"], Transposed1To3 = ["CV-F15", "CV-F11", "CV-F16"];

    public static IReadOnlyList<OnnxTensor?> Conv(OperatorCall call)
    {
        OnnxTensor x = call.Real(0), w = call.Real(1);
        ExpectWeights(x, w);
        var geometry = WindowGeometry.Of(call, x, [.. w.Dims.Skip(2)]);
        OnnxTensor b = call.OptionalReal(2) ?? OnnxTensor.Filled(x.Type, [w.Dims[0]], 0);
        Sizes groups = Groups(call);
        geometry.Windows(ceil: false);
        if (geometry.IsSymmetric)
            return [call.On.One(Plain1To3[geometry.Rank - 1], groups.And(geometry.Sizes), ("x", x), ("w", w), ("b", b))];
        if (geometry.Rank == 2)
            return [call.On.One("CV-F12", groups.And(geometry.Sizes).With("qh", geometry.Behind[0]).With("qw", geometry.Behind[1]), ("x", x),
                ("w", w), ("b", b))];
        OnnxTensor padded = Plain.Picked(x, [Plain.Whole(x.Dims[0]), Plain.Whole(x.Dims[1]),
            .. geometry.Space.Select((length, axis) => Plain.Padded(length, geometry.Before[axis], geometry.Behind[axis]))]);
        int[] none = new int[geometry.Rank];
        return [call.On.One(Plain1To3[geometry.Rank - 1], groups.And((geometry with { Before = none, Behind = none }).Sizes), ("x", padded),
            ("w", w), ("b", b))];
    }

    public static IReadOnlyList<OnnxTensor?> ConvTranspose(OperatorCall call)
    {
        OnnxTensor x = call.Real(0), w = call.Real(1);
        ExpectWeights(x, w);
        // SAME_UPPER and SAME_LOWER speak of the output here; they are worked out below.
        var geometry = WindowGeometry.Of(call, x, [.. w.Dims.Skip(2)]);
        int rank = geometry.Rank, group = call.Int("group", 1);
        int[] extra = call.Ints("output_padding", rank, 0);
        if (extra.Any(length => length < 0))
            throw new InputException($"attribute output_padding: expected at least 0, got {string.Join(' ', extra)}.");
        string auto = call.Word("auto_pad", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "");
        int[]? wanted = call.OptionalInts("output_shape");
        wanted = wanted?.Length == rank + 2 ? wanted[2..] : wanted;   // the oldest files name batch and channels too
        if (wanted is null && auto.StartsWith("SAME", StringComparison.Ordinal))
            wanted = [.. geometry.Space.Select((length, axis) => checked(length * geometry.Strides[axis]))];
        if (wanted is not null && wanted.Length != rank)
            throw new InputException($"attribute output_shape: expected {rank} lengths, got {wanted.Length}.");

        int[] before = [.. geometry.Before], lengths = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            long full = ((long)geometry.Space[axis] - 1) * geometry.Strides[axis] + (long)geometry.Dilations[axis] * (geometry.Taps[axis] - 1) + 1
                + extra[axis];
            long total = wanted is null ? geometry.Before[axis] + (long)geometry.Behind[axis] : Math.Max(0, full - wanted[axis]);
            if (wanted is not null)
                before[axis] = (int)(auto == "SAME_UPPER" ? total / 2 : total - total / 2);
            long length = wanted?[axis] ?? full - total;
            lengths[axis] = length is >= 1 and <= OnnxTensor.MostElements ? (int)length
                : throw new InputException($"expected an output of 1 to {OnnxTensor.MostElements} elements along axis {axis + 2}, got {length}.");
        }

        OnnxTensor b = call.OptionalReal(2) ?? OnnxTensor.Filled(x.Type, [checked(w.Dims[1] * group)], 0);
        Sizes sizes = Sizes.None.With("g", group).With("k", b.Length);
        // What an equation has: padding p on both sides and a extra elements behind, fewer than a stride or dilation.
        int[] after = [.. lengths.Select((length, axis) => length
            - ((geometry.Space[axis] - 1) * geometry.Strides[axis] + geometry.Dilations[axis] * (geometry.Taps[axis] - 1) + 1 - 2 * before[axis]))];
        bool isNative = after.Select((a, axis) =>
            a >= 0 && a < Math.Max(geometry.Strides[axis], geometry.Taps[axis] == 1 ? 1 : geometry.Dilations[axis])).All(fits => fits);
        string id = Transposed1To3[rank - 1];
        var unpadded = geometry with { Before = new int[rank], Behind = new int[rank] };
        if (isNative)
            return [call.On.One(id, sizes.And((geometry with { Before = before }).Sizes).With(geometry.Named("a"), after, 0), ("x", x), ("w", w), ("b", b))];
        // All of the output, then the part that is wanted; beyond all of it there is nothing but the bias, which is added last.
        OnnxTensor all = call.On.One(id, sizes.And(unpadded.Sizes), ("x", x), ("w", w), ("b", OnnxTensor.Filled(x.Type, b.Dims, 0)));
        OnnxTensor part = Plain.Picked(all, [Plain.Whole(all.Dims[0]), Plain.Whole(all.Dims[1]),
            .. lengths.Select((length, axis) => Plain.Padded(all.Dims[axis + 2], -before[axis], length - all.Dims[axis + 2] + before[axis]))]);
        return [Plain.Combined(part, b.Shaped([b.Length, .. Enumerable.Repeat(1, rank)]), (value, bias) => value + bias)];
    }

    private static Sizes Groups(OperatorCall call) => Sizes.None.With("g", call.Int("group", 1));

    private static void ExpectWeights(OnnxTensor x, OnnxTensor w)
    {
        if (w.Dims.Count != x.Dims.Count)
            throw new InputException($"expected weights of {x.Dims.Count} dimensions for an input of {OnnxTensor.Text(x.Dims)}, got {OnnxTensor.Text(w.Dims)}.");
    }
}
