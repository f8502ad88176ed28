using CnnVerified.Verification;
using DataType = CnnVerified.Onnx.Proto.TensorProto.Types.DataType;

namespace CnnVerified.Onnx;

/// <summary>What lies between equations: elements moved, broadcast, and combined one by one. Each result is rounded once to the type of
/// the tensors.</summary>
internal static class Plain
{
    /// <summary>Takes a position of each axis from a position of the input, or the fill: padding, cropping, slicing, laying windows out.</summary>
    /// <param name="x">The input.</param>
    /// <param name="maps">For each axis and position of the result the position in the input, or −1.</param>
    /// <param name="fill">What stands where a position is −1.</param>
    public static OnnxTensor Picked(OnnxTensor x, int[][] maps, double fill = 0)
    {
        int[] dims = [.. maps.Select(map => map.Length)];
        int[] from = new int[OnnxTensor.Count(dims)];
        for (int i = 0; i < from.Length; i++)
        {
            int rest = i, at = 0, step = 1;
            for (int axis = dims.Length - 1; axis >= 0 && at >= 0; axis--)
            {
                int position = maps[axis][rest % dims[axis]];
                at = position < 0 ? -1 : at + position * step;
                (rest, step) = (rest / dims[axis], step * x.Dims[axis]);
            }
            from[i] = at;
        }
        return x.Picked(dims, from, fill);
    }

    /// <summary>The map of an axis that is left as it is.</summary>
    public static int[] Whole(int length) => [.. Enumerable.Range(0, length)];

    /// <summary>The map of an axis that gets elements before and behind; negative numbers take elements away.</summary>
    public static int[] Padded(int length, int before, int behind) => length + (long)before + behind is >= 0 and <= OnnxTensor.MostElements and var padded
        ? [.. Enumerable.Range(-before, (int)padded).Select(i => i >= 0 && i < length ? i : -1)]
        : throw new InputException($"expected padding that leaves from 0 to {OnnxTensor.MostElements} elements of {length}, got {before} before and {behind} behind.");

    /// <summary>The axes in another order.</summary>
    public static OnnxTensor Transposed(OnnxTensor x, IReadOnlyList<int> order)
    {
        int rank = x.Dims.Count;
        if (!order.Order().SequenceEqual(Enumerable.Range(0, rank)))
            throw new InputException($"expected the axes 0 to {rank - 1} in some order, got {string.Join(", ", order)}.");
        int[] steps = new int[rank], dims = [.. order.Select(axis => x.Dims[axis])], from = new int[x.Length];
        for (int axis = rank - 1, step = 1; axis >= 0; step *= x.Dims[axis--])
            steps[axis] = step;
        for (int i = 0; i < from.Length; i++)
            for (int axis = rank - 1, rest = i; axis >= 0; rest /= dims[axis--])
                from[i] += rest % dims[axis] * steps[order[axis]];
        return x.Picked(dims, from);
    }

    /// <summary>One axis made the last one.</summary>
    public static OnnxTensor AxisLast(OnnxTensor x, int axis) => Transposed(x, [.. Enumerable.Range(0, x.Dims.Count).Where(other => other != axis), axis]);

    /// <summary>The last axis put back to its place.</summary>
    public static OnnxTensor AxisBack(OnnxTensor x, int axis)
    {
        var order = Enumerable.Range(0, x.Dims.Count - 1).ToList();
        order.Insert(axis, x.Dims.Count - 1);
        return Transposed(x, order);
    }

    /// <summary>A tensor under lengths that it is broadcast to, aligned at the last axis.</summary>
    public static OnnxTensor Broadcast(OnnxTensor x, IReadOnlyList<int> dims)
    {
        int before = dims.Count - x.Dims.Count;
        if (before < 0 || x.Dims.Where((length, axis) => length != 1 && length != dims[before + axis]).Any())
            throw new InputException($"expected a shape that can be broadcast to {OnnxTensor.Text(dims)}, got {OnnxTensor.Text(x.Dims)}.");
        if (x.Dims.SequenceEqual(dims))
            return x;
        return Picked(x.Shaped([.. Enumerable.Repeat(1, before), .. x.Dims]),
            [.. dims.Select((length, axis) => axis < before || x.Dims[axis - before] == 1 ? new int[length] : Whole(length))]);
    }

    /// <summary>The lengths that two shapes are broadcast to.</summary>
    public static int[] Common(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        int rank = Math.Max(a.Count, b.Count);
        int Of(IReadOnlyList<int> dims, int axis) => axis + dims.Count - rank is >= 0 and var own ? dims[own] : 1;
        return [.. Enumerable.Range(0, rank).Select(axis => (Of(a, axis), Of(b, axis)) switch
        {
            (1, var other) => other,
            (var other, 1) => other,
            var (one, other) when one == other => one,
            _ => throw new InputException($"expected shapes that can be broadcast to each other, got {OnnxTensor.Text(a)} and {OnnxTensor.Text(b)}."),
        })];
    }

    /// <summary>Combines reals element by element, the second tensor broadcast to the first one or both to each other.</summary>
    public static OnnxTensor Combined(OnnxTensor a, OnnxTensor b, Func<double, double, double> combine)
    {
        ExpectSame(a, b);
        int[] dims = Common(a.Dims, b.Dims);
        double[] left = Broadcast(a, dims).Reals, right = Broadcast(b, dims).Reals;
        return OnnxTensor.Real(a.Type, dims, [.. left.Select((value, i) => combine(value, right[i]))]);
    }

    /// <summary>Combines whole numbers element by element, each result brought into the range of the type.</summary>
    public static OnnxTensor CombinedWhole(OnnxTensor a, OnnxTensor b, Func<long, long, long> combine)
    {
        ExpectSame(a, b);
        int[] dims = Common(a.Dims, b.Dims);
        long[] left = Broadcast(a, dims).Wholes, right = Broadcast(b, dims).Wholes;
        return OnnxTensor.Whole(a.Type, dims, [.. left.Select((value, i) => Wrapped(a.Type, combine(value, right[i])))]);
    }

    /// <summary>Maps reals one by one.</summary>
    public static OnnxTensor Mapped(OnnxTensor x, Func<double, double> map) => OnnxTensor.Real(x.Type, x.Dims, Array.ConvertAll(x.Reals, value => map(value)));

    /// <summary>A whole number as the type holds it.</summary>
    public static long Wrapped(DataType type, long value) => unchecked(type switch
    {
        DataType.Int8 => (sbyte)value,
        DataType.Uint8 => (byte)value,
        DataType.Int16 => (short)value,
        DataType.Uint16 => (ushort)value,
        DataType.Int32 => (int)value,
        DataType.Uint32 => (uint)value,
        DataType.Bool => value != 0 ? 1 : 0,
        _ => value,
    });

    private static void ExpectSame(OnnxTensor a, OnnxTensor b)
    {
        if (a.Type != b.Type)
            throw new InputException($"expected tensors of one type, got {a} and {b}.");
    }
}
