using CnnVerified.Onnx.Proto;
using CnnVerified.Verification;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx.Operators;

/// <summary>What stands between the layers of a network: constants, shapes, axes, sums. Most of it moves elements and is no equation.</summary>
internal static class Plumbing
{
    public static IReadOnlyList<OnnxTensor?> Constant(OperatorCall call)
    {
        if (call.Attribute("value")?.T is { } tensor)
            return [TensorReader.Read(tensor, "attribute value")];
        if (call.OptionalFloat("value_float") is { } real)
            return [OnnxTensor.Real(DataType.Float, [], [real])];
        if (call.OptionalLong("value_int") is { } whole)
            return [OnnxTensor.Whole(DataType.Int64, [], [whole])];
        if (call.Attribute("value_floats") is { } reals)
            return [OnnxTensor.Real(DataType.Float, [reals.Floats.Count], [.. reals.Floats])];
        if (call.Attribute("value_ints") is { } wholes)
            return [OnnxTensor.Whole(DataType.Int64, [wholes.Ints.Count], [.. wholes.Ints])];
        call.ExpectAllRead();
        throw new InputException("expected a value, got none.");
    }

    public static IReadOnlyList<OnnxTensor?> Identity(OperatorCall call) => [call.Input(0)];

    public static IReadOnlyList<OnnxTensor?> Shape(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        int rank = x.Dims.Count;
        int Bound(string name, int absent) => call.Int(name, absent) is var bound ? Math.Clamp(bound < 0 ? bound + rank : bound, 0, rank) : 0;
        int start = Bound("start", 0), end = Bound("end", rank);
        long[] dims = [.. x.Dims.Take(end).Skip(start).Select(length => (long)length)];
        return [OnnxTensor.Whole(DataType.Int64, [dims.Length], dims)];
    }

    public static IReadOnlyList<OnnxTensor?> Reshape(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        call.Ignore("consumed_inputs");
        int[] wanted = call.Opset < 5 ? call.OptionalInts("shape") ?? throw new InputException("expected an attribute shape, got none.") : call.Ints(1);
        bool keepsZero = call.Int("allowzero", 0) != 0;
        int[] dims = [.. wanted.Select((length, axis) => length != 0 || keepsZero ? length
            : axis < x.Dims.Count ? x.Dims[axis]
                : throw new InputException($"expected a 0 only at an axis of {OnnxTensor.Text(x.Dims)}, got {OnnxTensor.Text(wanted)}."))];
        int free = Array.IndexOf(dims, -1), rest = OnnxTensor.Count(dims.Where(length => length != -1));
        if (free >= 0)
            dims[free] = rest > 0 ? x.Length / rest : 0;
        return [x.Shaped(dims)];
    }

    public static IReadOnlyList<OnnxTensor?> Transpose(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        return [Plain.Transposed(x, call.OptionalInts("perm") ?? [.. Enumerable.Range(0, x.Dims.Count).Reverse()])];
    }

    public static IReadOnlyList<OnnxTensor?> Squeeze(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        var axes = AxesOf(call, x.Dims.Count) ?? [.. Enumerable.Range(0, x.Dims.Count).Where(axis => x.Dims[axis] == 1)];
        return [axes.All(axis => x.Dims[axis] == 1) ? x.Shaped([.. x.Dims.Where((_, axis) => !axes.Contains(axis))])
            : throw new InputException($"expected axes of length 1, got {string.Join(", ", axes)} of {OnnxTensor.Text(x.Dims)}.")];
    }

    public static IReadOnlyList<OnnxTensor?> Unsqueeze(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        int[] raw = call.Opset < 13 ? call.OptionalInts("axes") ?? [] : call.Ints(1);
        int rank = x.Dims.Count + raw.Length;
        var axes = raw.Select(axis => OperatorCall.Axis(axis, rank)).ToHashSet();
        if (axes.Count != raw.Length)
            throw new InputException($"expected different axes, got {string.Join(", ", raw)}.");
        var rest = new Queue<int>(x.Dims);
        return [x.Shaped([.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : rest.Dequeue())])];
    }

    public static IReadOnlyList<OnnxTensor?> Concat(OperatorCall call)
    {
        OnnxTensor[] parts = [.. Enumerable.Range(0, call.Inputs).Select(call.Input)];
        OnnxTensor first = parts.Length > 0 ? parts[0] : throw new InputException("expected at least one input, got none.");
        int axis = OperatorCall.Axis(call.Int("axis", call.Opset < 4 ? 1 : 0), first.Dims.Count);
        foreach (OnnxTensor part in parts)
            if (part.Type != first.Type || part.Dims.Count != first.Dims.Count
                || part.Dims.Where((length, each) => each != axis && length != first.Dims[each]).Any())
                throw new InputException($"expected tensors that differ in axis {axis} alone, got {first} and {part}.");
        // Rows of what lies before the axis; the equation joins two of them.
        int rows = OnnxTensor.Count(first.Dims.Take(axis));
        OnnxTensor Row(OnnxTensor part) => part.Shaped(rows, part.Length / Math.Max(1, rows));
        int[] dims = [.. first.Dims.Select((length, each) => each == axis ? parts.Sum(part => part.Dims[axis]) : length)];
        if (first.IsReal && parts.All(part => part.Length > 0))
            return [parts.Select(Row).Aggregate((joined, next) => call.On.One("GR-F2", Sizes.None, ("x", joined), ("z", next))).Shaped(dims)];
        long[][] wholes = [.. parts.Select(part => part.IsReal ? [.. part.Reals.Select(BitConverter.DoubleToInt64Bits)] : part.Wholes)];
        long[] all = [.. Enumerable.Range(0, rows).SelectMany(row =>
            wholes.SelectMany(part => part.Skip(row * (part.Length / rows)).Take(part.Length / rows)))];
        return [first.IsReal ? OnnxTensor.Real(first.Type, dims, [.. all.Select(BitConverter.Int64BitsToDouble)]) : OnnxTensor.Whole(first.Type, dims, all)];
    }

    public static IReadOnlyList<OnnxTensor?> Add(OperatorCall call) => [Sum(call, call.Input(0), Aligned(call))];

    public static IReadOnlyList<OnnxTensor?> Sub(OperatorCall call) => [Combined(call, (a, b) => a - b, (a, b) => unchecked(a - b))];

    public static IReadOnlyList<OnnxTensor?> Mul(OperatorCall call) => [Combined(call, (a, b) => a * b, (a, b) => unchecked(a * b))];

    public static IReadOnlyList<OnnxTensor?> Div(OperatorCall call) => [Combined(call, (a, b) => a / b,
        (a, b) => b == 0 ? throw new UnsupportedException("Div of whole numbers by 0") : b == -1 ? unchecked(-a) : a / b)];

    public static IReadOnlyList<OnnxTensor?> Neg(OperatorCall call)
    {
        call.Ignore("consumed_inputs");
        OnnxTensor x = call.Input(0);
        return [x.IsReal ? Plain.Mapped(x, value => -value)
            : OnnxTensor.Whole(x.Type, x.Dims, [.. x.Wholes.Select(value => Plain.Wrapped(x.Type, unchecked(-value)))])];
    }

    public static IReadOnlyList<OnnxTensor?> SumOfAll(OperatorCall call)
    {
        call.Ignore("consumed_inputs");
        return [Enumerable.Range(0, call.Inputs).Select(call.Input).Aggregate((sum, next) => Sum(call, sum, next))];
    }

    public static IReadOnlyList<OnnxTensor?> Cast(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        call.Ignore("saturate");
        var to = call.Attribute("to") is { Type: AttributeProto.Types.AttributeType.String } word
            ? Enum.TryParse(word.S.ToStringUtf8(), ignoreCase: true, out DataType named) ? named : DataType.Undefined : (DataType)call.Int("to", 0);
        bool isReal = to is DataType.Float or DataType.Double;
        if (!TensorReader.Reads(to))
            throw new UnsupportedException($"element type {OnnxTensor.Name(to)}");
        if (isReal)
            return [OnnxTensor.Real(to, x.Dims, x.IsReal ? [.. x.Reals]
                : Array.ConvertAll(x.Wholes, value => to == DataType.Float ? (float)value : (double)value))];
        return [OnnxTensor.Whole(to, x.Dims, x.IsReal
            ? Array.ConvertAll(x.Reals, value => to == DataType.Bool ? value != 0 ? 1L : 0 : Plain.Wrapped(to, (long)value))
            : Array.ConvertAll(x.Wholes, value => Plain.Wrapped(to, value)))];
    }

    public static IReadOnlyList<OnnxTensor?> Pad(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        string mode = call.Word("mode", "constant", "constant", "reflect", "edge", "wrap");
        if (mode != "constant")
            throw new UnsupportedException($"Pad of mode {mode}");
        int[] pads = call.Opset >= 11 ? call.Ints(1)
            : call.OptionalInts(call.Opset < 2 ? "paddings" : "pads") ?? throw new InputException("expected an attribute pads, got none.");
        double fill = call.Opset < 11 ? call.Float("value", 0) : call.Optional(2) is { } value ? value.IsReal ? value.Reals[0] : value.Wholes[0] : 0;
        int rank = x.Dims.Count;
        int[] axes = call.Opset >= 18 && call.Optional(3) is not null ? [.. call.Ints(3).Select(axis => OperatorCall.Axis(axis, rank))]
            : [.. Enumerable.Range(0, rank)];
        if (pads.Length != 2 * axes.Length)
            throw new InputException($"expected {2 * axes.Length} pads, got {pads.Length}.");
        return [Plain.Picked(x, [.. x.Dims.Select((length, axis) =>
            Array.IndexOf(axes, axis) is >= 0 and var i ? Plain.Padded(length, pads[i], pads[axes.Length + i]) : Plain.Whole(length))], fill)];
    }

    public static IReadOnlyList<OnnxTensor?> Slice(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        int rank = x.Dims.Count;
        int[]? Numbers(int input, string attribute) => call.Opset < 10 ? call.OptionalInts(attribute)
            : call.Optional(input) is { } given ? [.. given.Wholes.Select(value => (int)Math.Clamp(value, int.MinValue + 1, int.MaxValue))] : null;
        int[] starts = Numbers(1, "starts") ?? throw new InputException("expected starts, got none."),
            ends = Numbers(2, "ends") ?? throw new InputException("expected ends, got none.");
        int[] axes = [.. (Numbers(3, "axes") ?? [.. Enumerable.Range(0, starts.Length)]).Select(axis => OperatorCall.Axis(axis, rank))];
        int[] steps = (call.Opset < 10 ? null : Numbers(4, "")) ?? [.. starts.Select(_ => 1)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
            throw new InputException($"expected as many starts, ends, axes and steps other than 0, got {starts.Length}, {ends.Length}, {axes.Length} and {steps.Length}.");
        int[][] maps = [.. x.Dims.Select(Plain.Whole)];
        for (int i = 0; i < axes.Length; i++)
        {
            int length = x.Dims[axes[i]], step = steps[i];
            long Inside(int bound, int least, int most) => Math.Clamp(bound < 0 ? bound + (long)length : bound, least, Math.Max(least, most));
            long from = Inside(starts[i], 0, step > 0 ? length : length - 1), to = step > 0 ? Inside(ends[i], 0, length) : Inside(ends[i], -1, length - 1);
            var taken = new List<int>();
            for (long at = from; length > 0 && (step > 0 ? at < to : at > to); at += step)
                taken.Add((int)at);
            maps[axes[i]] = [.. taken];
        }
        return [Plain.Picked(x, maps)];
    }

    public static IReadOnlyList<OnnxTensor?> Split(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        int axis = OperatorCall.Axis(call.Int("axis", 0), x.Dims.Count), length = x.Dims[axis];
        int parts = call.Opset >= 18 ? call.Int("num_outputs", call.Outputs) : call.Outputs;
        int[]? given = call.Opset < 13 ? call.OptionalInts("split") : call.Optional(1) is null ? null : call.Ints(1);
        int each = parts > 0 ? (length + parts - 1) / parts : throw new InputException($"expected at least one part, got {parts}.");
        int[] lengths = given ?? [.. Enumerable.Range(0, parts).Select(part => Math.Clamp(length - part * each, 0, each))];
        if (lengths.Any(part => part < 0) || lengths.Sum(part => (long)part) != length)
            throw new InputException($"expected parts of at least 0 that add up to {length}, got {string.Join(", ", lengths)}.");
        int from = 0;
        return [.. lengths.Select(part =>
            Plain.Picked(x, [.. x.Dims.Select((whole, at) => at == axis ? [.. Enumerable.Range((from += part) - part, part)] : Plain.Whole(whole))]))];
    }

    private static OnnxTensor Sum(OperatorCall call, OnnxTensor a, OnnxTensor b)
    {
        if (a.IsReal && a.Type == b.Type && a.Length > 0 && a.Dims.SequenceEqual(b.Dims))
            return call.On.One("GR-F1", Sizes.None, ("x", a.Shaped(1, a.Length)), ("z", b.Shaped(1, b.Length))).Shaped(a.Dims);
        return a.IsReal ? Plain.Combined(a, b, (left, right) => left + right) : Plain.CombinedWhole(a, b, (left, right) => unchecked(left + right));
    }

    private static OnnxTensor Combined(OperatorCall call, Func<double, double, double> real, Func<long, long, long> whole)
    {
        OnnxTensor a = call.Input(0), b = Aligned(call);
        return a.IsReal ? Plain.Combined(a, b, real) : Plain.CombinedWhole(a, b, whole);
    }

    // Before version 7 the second operand stands at an axis of the first one and not at the last.
    private static OnnxTensor Aligned(OperatorCall call)
    {
        OnnxTensor a = call.Input(0), b = call.Input(1);
        if (call.Opset >= 7)
            return b;
        call.Ignore("consumed_inputs");
        bool broadcasts = call.Int("broadcast", 0) != 0;
        int axis = call.Int("axis", a.Dims.Count - b.Dims.Count);
        if (!broadcasts && !a.Dims.SequenceEqual(b.Dims))
            throw new InputException($"expected the same shape twice without broadcast, got {OnnxTensor.Text(a.Dims)} and {OnnxTensor.Text(b.Dims)}.");
        axis = axis < 0 ? axis + a.Dims.Count : axis;
        return axis < 0 || axis + b.Dims.Count > a.Dims.Count
            ? throw new InputException($"expected a shape within {OnnxTensor.Text(a.Dims)}, got {OnnxTensor.Text(b.Dims)} at axis {axis}.")
            : b.Shaped([.. b.Dims, .. Enumerable.Repeat(1, a.Dims.Count - b.Dims.Count - axis)]);
    }

    private static HashSet<int>? AxesOf(OperatorCall call, int rank) =>
        (call.Opset < 13 ? call.OptionalInts("axes") : call.Optional(1) is null ? null : call.Ints(1))?.Select(axis =>
            OperatorCall.Axis(axis, rank)).ToHashSet();
}
