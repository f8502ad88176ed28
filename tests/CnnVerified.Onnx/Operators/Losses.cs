using CnnVerified.Verification;

namespace CnnVerified.Onnx.Operators;

/// <summary>Losses over class scores N×C×d1×…; each position of batch and space is a row of C scores with a label.</summary>
internal static class Losses
{
    public static IReadOnlyList<OnnxTensor?> SoftmaxCrossEntropy(OperatorCall call)
    {
        OnnxTensor z = call.Real(0);
        OnnxTensor? logarithms = call.Output(1).Length > 0 ? Activations.AlongAxisOf(call.On, "SM-F2", z, OperatorCall.Axis(1, z.Dims.Count)) : null;
        return [Loss(call, "z", "LS-F15", "LS-F16"), logarithms];
    }

    public static IReadOnlyList<OnnxTensor?> NegativeLogLikelihood(OperatorCall call) => [Loss(call, "y", "LS-F18", null)];

    // The equations are means over the batch. A sum is a mean times its count. A weighted mean of log-likelihoods is the plain mean of
    // weighted ones, times the count over the sum of the weights. Where each loss is wanted there is nothing to add up.
    private static OnnxTensor Loss(OperatorCall call, string operand, string mean, string? weightedMean)
    {
        OnnxTensor scores = call.Real(0), labels = call.Input(1);
        OnnxTensor? weights = call.OptionalReal(2);
        string reduction = call.Word("reduction", "mean", "none", "sum", "mean");
        long? ignored = call.OptionalLong("ignore_index");
        int rank = scores.Dims.Count, classes = rank < 2
            ? throw new InputException($"expected batch and classes, got {OnnxTensor.Text(scores.Dims)}.") : scores.Dims[1];
        if (!labels.Dims.SequenceEqual([scores.Dims[0], .. scores.Dims.Skip(2)]))
            throw new InputException($"expected labels for scores of {OnnxTensor.Text(scores.Dims)}, got {OnnxTensor.Text(labels.Dims)}.");
        if (weights is not null && weights.Length != classes)
            throw new InputException($"expected {classes} weights, got {weights.Length}.");
        int[] kept = [.. Enumerable.Range(0, labels.Length).Where(i => labels.Wholes[i] != ignored)];
        long[] label = [.. kept.Select(i => labels.Wholes[i])];
        if (Array.Find(label, each => each < 0 || each >= classes) is var wrong && (wrong != 0 || classes == 0))
            throw new InputException($"expected labels from 0 to {classes - 1}{(ignored is null ? "" : $" or {ignored}")}, got {wrong}.");

        double[] rows = Plain.AxisLast(scores, 1).Reals;
        double Weight(long of) => weights?.Reals[of] ?? 1;
        OnnxTensor Result(double value) => OnnxTensor.Real(scores.Type, [], [value]);
        if (kept.Length == 0 && reduction != "none")
            return Result(reduction == "sum" ? 0 : double.NaN);
        OnnxTensor z = OnnxTensor.Real(scores.Type, [kept.Length, classes], [.. kept.SelectMany(i => rows.Skip(i * classes).Take(classes))]);
        OnnxTensor target = OnnxTensor.Whole(labels.Type, [kept.Length], label);
        double total = label.Sum(Weight);

        if (reduction == "mean" && weights is null)
            return call.On.One(mean, Sizes.None, (operand, z), ("label", target)).Shaped([]);
        if (reduction == "mean" && weightedMean is not null && total > 0 && weights!.Reals.All(weight => weight >= 0))
            return call.On.One(weightedMean, Sizes.None, (operand, z), ("label", target), ("w", weights.Shaped(classes))).Shaped([]);
        if (reduction == "sum" && weights is null)
            return Result(call.On.One(mean, Sizes.None, (operand, z), ("label", target)).Reals[0] * kept.Length);
        if (kept.Length == 0)
            return OnnxTensor.Filled(scores.Type, labels.Dims, 0);

        OnnxTensor y = operand == "z" ? call.On.One("SM-F2", Sizes.None, ("z", z)) : z;
        if (reduction == "none")
        {
            double[] losses = new double[labels.Length];
            for (int i = 0; i < kept.Length; i++)
                losses[kept[i]] = -Weight(label[i]) * y.Reals[i * classes + label[i]];
            return OnnxTensor.Real(scores.Type, labels.Dims, losses);
        }
        OnnxTensor weighted = weights is null ? y : Plain.Combined(y, weights.Shaped(1, classes), (value, weight) => value * weight);
        double average = call.On.One("LS-F18", Sizes.None, ("y", weighted), ("label", target)).Reals[0];
        return Result(reduction == "sum" ? average * kept.Length : average * kept.Length / total);
    }
}
