using CnnVerified.Verification;

namespace CnnVerified.Onnx.Operators;

/// <summary>Steps of optimisers: rate, count of steps, then each list of tensors: all weights, all gradients, all states.</summary>
internal static class Optimisers
{
    public static IReadOnlyList<OnnxTensor?> Momentum(OperatorCall call)
    {
        string id = call.Word("mode", "", "standard", "nesterov") == "nesterov" ? "OP-16" : "OP-15";
        return Step(call, id, ["x", "g", "v"], ("alpha", call.Float("alpha", float.NaN)), ("beta", call.Float("beta", float.NaN)),
            ("norm", call.Float("norm_coefficient", float.NaN)));
    }

    public static IReadOnlyList<OnnxTensor?> Adagrad(OperatorCall call) => Step(call, "OP-17", ["x", "g", "h"],
        ("norm", call.Float("norm_coefficient", 0)), ("decay", call.Float("decay_factor", 0)), ("eps", call.Float("epsilon", 1e-6f)));

    public static IReadOnlyList<OnnxTensor?> Adam(OperatorCall call) => Step(call, "OP-18", ["x", "g", "v", "h"],
        ("alpha", call.Float("alpha", 0.9f)), ("beta", call.Float("beta", 0.999f)), ("norm", call.Float("norm_coefficient", 0)),
        ("post", call.Float("norm_coefficient_post", 0)), ("eps", call.Float("epsilon", 1e-6f)));

    private static OnnxTensor?[] Step(OperatorCall call, string id, string[] lists, params (string Name, double Value)[] scalars)
    {
        int count = (call.Inputs - 2) / lists.Length, results = lists.Length - 1;
        if (count < 1 || count * lists.Length + 2 != call.Inputs)
            throw new InputException($"expected a rate, a count of steps and {lists.Length} lists of tensors, got {call.Inputs} inputs.");
        if (scalars.FirstOrDefault(scalar => double.IsNaN(scalar.Value)) is { Name: { } missing })
            throw new InputException($"expected an attribute for {missing}, got none.");
        double rate = Single(call.Real(0).Reals), steps = Single(call.Input(1).Wholes);
        var outputs = new OnnxTensor?[count * results];
        for (int i = 0; i < count; i++)
        {
            OnnxTensor x = call.Real(2 + i);
            OnnxTensor Scalar(double value) => OnnxTensor.Scalar(x.Type, value);
            var step = call.On.All(id, Sizes.None, [.. lists.Select((name, list) => (name, call.Real(2 + list * count + i).Shaped(x.Length))),
                ("r", Scalar(rate)), ("t", Scalar(steps)), .. scalars.Select(scalar => (scalar.Name, Scalar(scalar.Value)))]);
            // The results are those of the lists without the gradients, in the same order.
            for (int result = 0; result < results; result++)
                outputs[result * count + i] = step[result].Shaped(x.Dims);
        }
        return outputs;
    }

    private static T Single<T>(T[] values) => values.Length == 1 ? values[0] : throw new InputException($"expected one number, got {values.Length}.");
}
