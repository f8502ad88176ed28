using CnnVerified.Verification;

namespace CnnVerified.Onnx.Operators;

/// <summary>Gemm, MatMul and Flatten.</summary>
internal static class FullyConnected
{
    public static IReadOnlyList<OnnxTensor?> Gemm(OperatorCall call)
    {
        OnnxTensor a = Matrix(call.Real(0), call.Int("transA", 0) != 0), w = Matrix(call.Real(1), call.Int("transB", 0) == 0);
        double alpha = call.Float("alpha", 1), beta = call.Float("beta", 1);
        int broadcast = call.Opset < 7 ? call.Int("broadcast", 0) : 1;
        OnnxTensor? c = call.OptionalReal(2);
        int rows = a.Dims[0], columns = w.Dims[0];
        if (c is not null && broadcast == 0 && !c.Dims.SequenceEqual([rows, columns]))
            throw new InputException($"expected C of {rows}×{columns} without broadcast, got {OnnxTensor.Text(c.Dims)}.");
        // The bias of the equation is one number for each column; any other C is added afterwards.
        OnnxTensor none = OnnxTensor.Filled(a.Type, [columns], 0);
        if (alpha == 1 && beta == 1 && c is not null && c.Length == columns && c.Dims[^1] == columns)
            return [call.On.One("FC-F1", Sizes.None, ("x", a), ("w", w), ("b", c.Shaped(columns)))];
        OnnxTensor y = call.On.One("FC-F1", Sizes.None, ("x", a), ("w", w), ("b", none));
        if (alpha != 1)
            y = Plain.Mapped(y, value => alpha * value);
        return [c is null || beta == 0 ? y : Plain.Combined(y, Plain.Broadcast(Plain.Mapped(c, value => beta * value), y.Dims), (sum, bias) => sum + bias)];
    }

    public static IReadOnlyList<OnnxTensor?> MatMul(OperatorCall call)
    {
        OnnxTensor a = call.Real(0), b = call.Real(1);
        if (a.Dims.Count == 0 || b.Dims.Count == 0)
            throw new InputException("expected factors of at least one dimension, got a scalar.");
        // A vector stands for a matrix of one row on the left, of one column on the right; that dimension is taken away again.
        OnnxTensor left = a.Dims.Count > 1 ? a : a.Shaped(1, a.Length), right = b.Dims.Count > 1 ? b : b.Shaped(b.Length, 1);
        int rows = left.Dims[^2], depth = left.Dims[^1], columns = right.Dims[^1];
        if (right.Dims[^2] != depth)
            throw new InputException($"expected factors of the same inner length, got {OnnxTensor.Text(a.Dims)} and {OnnxTensor.Text(b.Dims)}.");
        int[] batch = Plain.Common([.. left.Dims.SkipLast(2)], [.. right.Dims.SkipLast(2)]);
        int[] dims = [.. batch, .. a.Dims.Count > 1 ? [rows] : Array.Empty<int>(), .. b.Dims.Count > 1 ? [columns] : Array.Empty<int>()];
        double[] xs = Plain.Broadcast(left, [.. batch, rows, depth]).Reals,
            ws = Plain.AxisLast(Plain.Broadcast(right, [.. batch, depth, columns]), batch.Length).Reals;
        double[] y = new double[OnnxTensor.Count(dims)];
        OnnxTensor none = OnnxTensor.Filled(a.Type, [columns], 0);
        for (int i = 0; i < OnnxTensor.Count(batch); i++)
            call.On.One("FC-F1", Sizes.None, ("x", OnnxTensor.Real(a.Type, [rows, depth], xs[(i * rows * depth)..((i + 1) * rows * depth)])),
                ("w", OnnxTensor.Real(b.Type, [columns, depth], ws[(i * depth * columns)..((i + 1) * depth * columns)])),
                    ("b", none)).Reals.CopyTo(y, i * rows * columns);
        return [OnnxTensor.Real(a.Type, dims, y)];
    }

    public static IReadOnlyList<OnnxTensor?> Flatten(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        int rank = x.Dims.Count, axis = call.Int("axis", 1) is var given && given == rank ? rank : OperatorCall.Axis(given, Math.Max(1, rank));
        if (axis == 1 && rank == 4 && x.IsReal)
            return [call.On.One("FL-F1", Sizes.None, ("x", x))];
        return [x.Shaped(OnnxTensor.Count(x.Dims.Take(axis)), OnnxTensor.Count(x.Dims.Skip(axis)))];
    }

    private static OnnxTensor Matrix(OnnxTensor x, bool transposed) =>
        x.Dims.Count != 2 ? throw new InputException($"expected a matrix, got {OnnxTensor.Text(x.Dims)}.")
        : transposed ? Plain.Transposed(x, [1, 0]) : x;
}
