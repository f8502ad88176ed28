using CnnVerified.Experiments.Networks;

namespace CnnVerified.Experiments;

/// <summary>LeNet-5 with mean, max and trainable pooling.</summary>
internal sealed class PoolingKinds : IExperiment
{
    private static readonly (Said Name, Func<Maps, string, Layer> Layer)[] Kinds =
    [
        (new("mean (PL-F3)", "平均（PL-F3）"), (maps, _) => new MeanPoolingLayer(maps)), (new("max (PL-F1)", "最大（PL-F1）"), (maps, _) => new MaxPoolingLayer(maps)),
        (new("trainable (PL-F6)", "可训练（PL-F6）"), (maps, name) => new SubsamplingLayer(maps, name)),
    ];

    public string Name => "pooling";

    public Said Question => new("Max, mean or trainable pooling: what does it change?", "最大、平均还是可训练池化：有什么不同？");

    public Said Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 5, seeds: 5);
        var samples = trials.Scaled(PixelScale.LeNet5(conditions.On));
        var rows = Kinds.Select(kind => (kind.Name, Parameters: TrialNetwork.LeNet5(1, kind.Layer).Parameters.Sum(parameter => parameter.Values.Length),
            Courses: trials.Run(kind.Name.English, () => TrialNetwork.LeNet5(Plan.Batch, kind.Layer), samples))).ToArray();

        Said pooling = new("pooling", "池化");
        return new(new(
            $"{trials.Setting.English} η = 0.01, momentum 0.9, pixels by IN-2. " +
            "Trainable pooling is tanh(a·sum + b) with a and b for each map and begins at a = 1/4, b = 0, as the tanh of mean pooling.",
            $"{trials.Setting.Chinese}η = 0.01，动量 0.9，像素按 IN-2。可训练池化是 tanh(a·和 + b)，每张特征图有自己的 a 和 b，从 a = 1/4、b = 0 开始，即平均池化的 tanh。"),
        [
            Table.Of(new("Loss of each pass, mean of the seeds", "每一轮的损失，各种子的平均"),
                [pooling, new("parameters", "参数个数"), .. Enumerable.Range(1, trials.Epochs).Select(epoch => new Said($"pass {epoch}", $"第 {epoch} 轮"))],
                rows, row => [row.Name, Digits.Count(row.Parameters), .. Enumerable.Range(0, trials.Epochs).Select(epoch => (Said)Digits.Fixed(row.Courses.Average(course => course.Epochs[epoch]), 3))]),
            Table.Of(new("At the end: mean (smallest to largest)", "训练结束时：平均（最小至最大）"), [pooling, Course.LossOfLast, Course.HeldOut],
                rows, row => [row.Name, Course.Losses(row.Courses), Course.Accuracies(row.Courses)]),
        ],
        [
            .. rows.Skip(1).Select(row =>
            {
                string points = string.Join(", ", row.Courses.Zip(rows[0].Courses, (one, mean) => Digits.Points(one.Accuracy - mean.Accuracy)));
                return new Said($"{row.Name.English} against mean, from the same seeds: held-out accuracy {points} points.", $"{row.Name.Chinese}与平均池化相比，种子相同：留出准确率相差 {points} 个百分点。");
            }),
        ],
        new(new("Loss over training steps for three kinds of pooling", "三种池化的损失随训练步数的变化"),
            new Plot(new($"LeNet-5 by kind of pooling, seed {trials.Seeds[0]}", $"LeNet-5，按池化的种类，种子 {trials.Seeds[0]}"), new(Course.Step), new(Course.LossOf25),
                [.. rows.Select((row, r) => new Series(row.Name, row.Courses[0].Curve(25), Mark.Line, r))]),
            new Plot(new("Held-out accuracy at the end, a dot for each seed", "训练结束时的留出准确率，每个种子一点"), new(new("share recognised", "认出的比例")), new("", Names: [.. Kinds.Select(kind => kind.Name)]),
                [.. rows.Select((row, r) => new Series("", [.. row.Courses.Select(course => (course.Accuracy, (double)r))], Mark.Dot, r))])));
    }
}
