using CnnVerified.Verification;

namespace CnnVerified.Onnx.Operators;

/// <summary>Functions of one element, and those along one axis: softmax, its logarithm, hardmax.</summary>
internal static class Activations
{
    /// <summary>An operator without attributes that is an equation over a row of elements.</summary>
    public static Operator Of(string id) => call => [Elementwise(call, id)];

    /// <summary>An operator whose attributes are scalars of an equation over a row of elements.</summary>
    public static Operator Of(string id, params IReadOnlyList<(string Attribute, string Scalar, float Absent)> scalars) => call =>
        [Elementwise(call, id, [.. scalars.Select(scalar => (scalar.Scalar, (double)call.Float(scalar.Attribute, scalar.Absent)))])];

    public static IReadOnlyList<OnnxTensor?> Selu(OperatorCall call) =>
        [Elementwise(call, "AC-F15", ("lam", call.Float("gamma", call.Opset < 6 ? 1.0507f : 1.05070102214813232421875f)),
            ("a", call.Float("alpha", call.Opset < 6 ? 1.6732f : 1.67326319217681884765625f)))];

    public static IReadOnlyList<OnnxTensor?> Gelu(OperatorCall call) =>
        [Elementwise(call, call.Word("approximate", "none", "none", "tanh") == "tanh" ? "AC-F18" : "AC-F8")];

    public static IReadOnlyList<OnnxTensor?> Swish(OperatorCall call)
    {
        OnnxTensor x = call.Real(0);
        double alpha = call.Float("alpha", 1);
        if (alpha == 1)
            return [Elementwise(call, "AC-F9")];
        OnnxTensor gate = Row(call.On, "AC-F1", Plain.Mapped(x, value => alpha * value));
        return [Plain.Combined(x, gate, (value, share) => value * share)];
    }

    public static IReadOnlyList<OnnxTensor?> PRelu(OperatorCall call)
    {
        OnnxTensor x = call.Real(0), slope = call.Real(1);
        // Before broadcasting, one slope for each channel or for all; since then, any shape that can be broadcast to x.
        if (call.Opset < 7 && slope.Length > 1)
            slope = slope.Shaped([slope.Length, .. Enumerable.Repeat(1, Math.Max(0, x.Dims.Count - 2))]);
        int channels = x.Dims.Count > 1 ? x.Dims[1] : 1;
        if (x.Dims.Count > 1 && slope.Length == channels
            && (channels == 1 || (slope.Dims.Count >= x.Dims.Count - 1 && slope.Dims[^(x.Dims.Count - 1)] == channels)))
        {
            OnnxTensor maps = x.Shaped(x.Dims[0], channels, OnnxTensor.Count(x.Dims.Skip(2)));
            return [call.On.One("AC-F13", Sizes.None, ("x", maps), ("a", slope.Shaped(channels))).Shaped(x.Dims)];
        }
        return [call.On.One("AC-F13", Sizes.None, ("x", x.Shaped(1, x.Length, 1)), ("a", Plain.Broadcast(slope, x.Dims).Shaped(x.Length))).Shaped(x.Dims)];
    }

    public static IReadOnlyList<OnnxTensor?> Clip(OperatorCall call)
    {
        OnnxTensor x = call.Input(0);
        if (!x.IsReal)
            throw new UnsupportedException($"element type {OnnxTensor.Name(x.Type)}");
        double? Bound(int input, string attribute) => call.Opset < 11 ? call.OptionalFloat(attribute)
            : call.OptionalReal(input) is not { } bound ? null
            : bound.Length == 1 ? bound.Reals[0] : throw new InputException($"expected one number for {attribute}, got {OnnxTensor.Text(bound.Dims)}.");
        double low = Bound(1, "min") ?? double.NegativeInfinity, high = Bound(2, "max") ?? double.PositiveInfinity;
        return (low, high) switch
        {
            (0, double.PositiveInfinity) => [Elementwise(call, "AC-F4")],
            (0, > 0) => [Elementwise(call, "AC-F20", ("bound", high))],
            (-1, 1) => [Elementwise(call, "AC-F11")],
            _ => [Plain.Mapped(x, value => Math.Min(high, Math.Max(low, value)))],
        };
    }

    /// <summary>Softmax and the like. Before version 13 the axis splits the shape into rows and columns; since then it is one axis.</summary>
    public static Operator AlongAxis(string id) => call =>
    {
        OnnxTensor z = call.Real(0);
        int rank = z.Dims.Count;
        if (call.Opset < 13)
        {
            int split = call.Int("axis", 1) is var given && given == rank ? rank : OperatorCall.Axis(given, rank);
            int rows = OnnxTensor.Count(z.Dims.Take(split));
            return [call.On.One(id, Sizes.None, ("z", z.Shaped(rows, z.Length / Math.Max(1, rows)))).Shaped(z.Dims)];
        }
        int axis = OperatorCall.Axis(call.Int("axis", -1), rank);
        return [AlongAxisOf(call.On, id, z, axis)];
    };

    /// <summary>An equation over the rows of a matrix z, applied along one axis of any tensor.</summary>
    public static OnnxTensor AlongAxisOf(Computation on, string id, OnnxTensor z, int axis)
    {
        OnnxTensor last = Plain.AxisLast(z, axis);
        OnnxTensor rows = last.Shaped(z.Length / Math.Max(1, z.Dims[axis]), z.Dims[axis]);
        return Plain.AxisBack(on.One(id, Sizes.None, ("z", rows)).Shaped(last.Dims), axis);
    }

    private static OnnxTensor Elementwise(OperatorCall call, string id, params (string Name, double Value)[] scalars)
    {
        call.Ignore("consumed_inputs");
        return Row(call.On, id, call.Real(0), scalars);
    }

    private static OnnxTensor Row(Computation on, string id, OnnxTensor x, params (string Name, double Value)[] scalars) => on.One(id, Sizes.None,
        [("x", x.Shaped(x.Length)), .. scalars.Select(scalar => (scalar.Name, OnnxTensor.Scalar(x.Type, scalar.Value)))]).Shaped(x.Dims);
}
