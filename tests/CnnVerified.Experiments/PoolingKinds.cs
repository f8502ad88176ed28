using CnnVerified.Experiments.Networks;

namespace CnnVerified.Experiments;

/// <summary>LeNet-5 with mean, max and trainable pooling.</summary>
internal sealed class PoolingKinds : IExperiment
{
    private static readonly (string Name, Func<Maps, string, Layer> Layer)[] Kinds =
    [
        ("mean (PL-F3)", (maps, _) => new MeanPoolingLayer(maps)), ("max (PL-F1)", (maps, _) => new MaxPoolingLayer(maps)),
        ("trainable (PL-F6)", (maps, name) => new SubsamplingLayer(maps, name)),
    ];

    public string Name => "pooling";

    public string Question => "Max, mean or trainable pooling: what does it change?";

    public string Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 5, seeds: 5);
        var samples = trials.Scaled(PixelScale.LeNet5(conditions.On));
        var rows = Kinds.Select(kind => (kind.Name, Parameters: TrialNetwork.LeNet5(1, kind.Layer).Parameters.Sum(parameter => parameter.Values.Length),
            Courses: trials.Run(kind.Name, () => TrialNetwork.LeNet5(Plan.Batch, kind.Layer), samples))).ToArray();

        return new($"{trials.Setting} η = 0.01, momentum 0.9, pixels by IN-2. " +
            "Trainable pooling is tanh(a·sum + b) with a and b for each map and begins at a = 1/4, b = 0, as the tanh of mean pooling.",
        [
            Table.Of("Loss of each pass, mean of the seeds", ["pooling", "parameters", .. Enumerable.Range(1, trials.Epochs).Select(epoch => $"pass {epoch}")],
                rows, row => [row.Name, Digits.Count(row.Parameters), .. Enumerable.Range(0, trials.Epochs).Select(epoch => Digits.Fixed(row.Courses.Average(course => course.Epochs[epoch]), 3))]),
            Table.Of("At the end: mean (smallest to largest)", ["pooling", "loss of the last pass", "held-out accuracy"],
                rows, row => [row.Name, Course.Losses(row.Courses), Course.Accuracies(row.Courses)]),
        ],
        [
            .. rows.Skip(1).Select(row => $"{row.Name} against mean, from the same seeds: held-out accuracy " +
                string.Join(", ", row.Courses.Zip(rows[0].Courses, (one, mean) => Digits.Points(one.Accuracy - mean.Accuracy))) + " points."),
        ],
        new("Loss over training steps for three kinds of pooling",
            new Plot($"LeNet-5 by kind of pooling, seed {trials.Seeds[0]}", new("step"), new("loss, mean of 25 steps"),
                [.. rows.Select((row, r) => new Series(row.Name, row.Courses[0].Curve(25), Mark.Line, r))]),
            new Plot("Held-out accuracy at the end, a dot for each seed", new("share recognised"), new("", Names: [.. Kinds.Select(kind => kind.Name)]),
                [.. rows.Select((row, r) => new Series("", [.. row.Courses.Select(course => (course.Accuracy, (double)r))], Mark.Dot, r))])));
    }
}
