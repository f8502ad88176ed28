using System.Runtime.InteropServices;
using CnnVerified.Onnx.Proto;
using Google.Protobuf.Collections;
using Real = CnnVerified.Reference.Numbers.Bounded<CnnVerified.Reference.Numbers.Binary32>;

namespace CnnVerified.Onnx.Export;

/// <summary>Runs an exported model over numbers that carry a bound: what it gives in real arithmetic, and how far any run of it in binary32 may be off,
/// whatever the order of its sums (docs/architecture.md says how the bounds are derived).</summary>
/// <remarks>Plain loops that share nothing with the networks of reference and engine: they judge the export. Only the operators and attributes
/// that <see cref="NetworkExport"/> writes. A maximum is off by no more than the worst of its operands.</remarks>
public static class GraphBounds
{
    private sealed record Maps(Real[] Elements, int[] Shape);

    /// <summary>Runs a model.</summary>
    /// <param name="model">An exported model.</param>
    /// <param name="x">Images, N×1×Side×Side.</param>
    /// <param name="N">How many.</param>
    /// <returns>The output's values and bounds, N×10.</returns>
    /// <exception cref="NotSupportedException">A node is none that an export has.</exception>
    public static (double Value, double Bound)[] Run(ModelProto model, ReadOnlySpan<float> x, int N)
    {
        GraphProto graph = model.Graph;
        var values = new Dictionary<string, Maps>();
        var whole = new Dictionary<string, long[]>();
        foreach (TensorProto constant in graph.Initializer)
            if (constant.DataType == (int)TensorProto.Types.DataType.Float)
                values.Add(constant.Name, new([.. MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray().Select(value => new Real(value))], [.. constant.Dims.Select(length => (int)length)]));
            else
                whole.Add(constant.Name, MemoryMarshal.Cast<byte, long>(constant.RawData.Span).ToArray());
        var dims = graph.Input.Single().Type.TensorType.Shape.Dim;
        values.Add(graph.Input.Single().Name, new([.. x.ToArray().Select(value => new Real(value))], [N, .. dims.Skip(1).Select(dim => (int)dim.DimValue)]));
        foreach (NodeProto node in graph.Node)
        {
            Maps In(int i) => values[node.Input[i]];
            values.Add(node.Output.Single(), node.OpType switch
            {
                "Conv" => Convolution(In(0), In(1), node.Input.Count > 2 ? In(2).Elements : null, (int)Ints(node, "pads")[0]),
                "Gemm" => Gemm(In(0), In(1), In(2).Elements),
                "AveragePool" => Pooled(In(0), node, window => window.Aggregate((a, b) => a + b) / new Real(window.Length)),
                "MaxPool" => Pooled(In(0), node, Largest),
                "BatchNormalization" => Normalised(In(0), In(1).Elements, In(2).Elements, In(3).Elements, In(4).Elements, new Real(node.Attribute.Single().F)),
                "Tanh" => Each(In(0), Real.Tanh),
                "Relu" => Each(In(0), value => Largest([value, default])),
                "Flatten" => new(In(0).Elements, [N, In(0).Elements.Length / N]),
                "Unsqueeze" when whole[node.Input[1]] is [1] => new(In(0).Elements, [In(0).Shape[0], 1, .. In(0).Shape[1..]]),
                "ReduceSum" when whole[node.Input[1]] is [2] && In(0).Shape is [_, _, var D] =>
                    new([.. In(0).Elements.Chunk(D).Select(row => row.Aggregate((a, b) => a + b))], In(0).Shape[..2]),
                "Add" => Broadcast(In(0), In(1), (a, b) => a + b),
                "Sub" => Broadcast(In(0), In(1), (a, b) => a - b),
                "Mul" => Broadcast(In(0), In(1), (a, b) => a * b),
                _ => throw new NotSupportedException($"no export has a node {node.OpType} such as {node.Name}."),
            });
        }
        return [.. values[graph.Output.Single().Name].Elements.Select(each => (each.Value, each.Error))];
    }

    private static RepeatedField<long> Ints(NodeProto node, string name) => node.Attribute.First(attribute => attribute.Name == name).Ints;

    private static Maps Each(Maps x, Func<Real, Real> function) => new([.. x.Elements.Select(function)], x.Shape);

    private static Real Largest(Real[] values) => new(values.Max(each => each.Value), values.Max(each => each.Error));

    private static Maps Convolution(Maps x, Maps w, Real[]? b, int padding)
    {
        int N = x.Shape[0], C = x.Shape[1], H = x.Shape[2], W = x.Shape[3], K = w.Shape[0], R = w.Shape[2], S = w.Shape[3], P = H + 2 * padding - R + 1, Q = W + 2 * padding - S + 1;
        var y = new Real[N * K * P * Q];
        for (int at = 0; at < y.Length; at++)
        {
            int n = at / (K * P * Q), k = at / (P * Q) % K, i = at / Q % P, j = at % Q;
            Real sum = b?[k] ?? default;
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        if (i + r - padding is >= 0 and var u && u < H && j + s - padding is >= 0 and var v && v < W)
                            sum += x.Elements[((n * C + c) * H + u) * W + v] * w.Elements[((k * C + c) * R + r) * S + s];
            y[at] = sum;
        }
        return new(y, [N, K, P, Q]);
    }

    private static Maps Gemm(Maps x, Maps w, Real[] b)
    {
        int N = x.Shape[0], D = x.Shape[1], K = w.Shape[0];
        var y = new Real[N * K];
        for (int at = 0; at < y.Length; at++)
        {
            Real sum = b[at % K];
            for (int d = 0; d < D; d++)
                sum += x.Elements[at / K * D + d] * w.Elements[at % K * D + d];
            y[at] = sum;
        }
        return new(y, [N, K]);
    }

    private static Maps Pooled(Maps x, NodeProto node, Func<Real[], Real> of)
    {
        if (!Ints(node, "kernel_shape").SequenceEqual([2, 2]) || !Ints(node, "strides").SequenceEqual([2, 2]))
            throw new NotSupportedException($"no export has windows such as those of {node.Name}.");
        int H = x.Shape[2], W = x.Shape[3], P = H / 2, Q = W / 2;
        var y = new Real[x.Shape[0] * x.Shape[1] * P * Q];
        for (int at = 0; at < y.Length; at++)
        {
            int corner = (at / (P * Q) * H + 2 * (at / Q % P)) * W + 2 * (at % Q);
            y[at] = of([x.Elements[corner], x.Elements[corner + 1], x.Elements[corner + W], x.Elements[corner + W + 1]]);
        }
        return new(y, [x.Shape[0], x.Shape[1], P, Q]);
    }

    private static Maps Normalised(Maps x, Real[] gamma, Real[] beta, Real[] mean, Real[] variance, Real eps)
    {
        int map = x.Shape[2] * x.Shape[3], C = x.Shape[1];
        return new([.. x.Elements.Select((value, at) => at / map % C is var c ? gamma[c] * (value - mean[c]) / Real.Sqrt(variance[c] + eps) + beta[c] : default)], x.Shape);
    }

    // Shapes are aligned at their ends; a length of 1 is repeated.
    private static Maps Broadcast(Maps a, Maps b, Func<Real, Real, Real> of)
    {
        int rank = Math.Max(a.Shape.Length, b.Shape.Length);
        int[] left = [.. Enumerable.Repeat(1, rank - a.Shape.Length), .. a.Shape], right = [.. Enumerable.Repeat(1, rank - b.Shape.Length), .. b.Shape];
        int[] shape = [.. left.Zip(right, Math.Max)];
        int Place(int[] lengths, int at)
        {
            int place = 0;
            for (int d = rank - 1, step = 1; d >= 0; at /= shape[d], step *= lengths[d], d--)
                place += lengths[d] == 1 ? 0 : at % shape[d] * step;
            return place;
        }

        return new([.. Enumerable.Range(0, shape.Aggregate((product, length) => product * length)).Select(at => of(a.Elements[Place(left, at)], b.Elements[Place(right, at)]))], shape);
    }
}
