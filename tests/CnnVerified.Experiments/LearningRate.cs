using CnnVerified.Experiments.Networks;

namespace CnnVerified.Experiments;

/// <summary>LeNet-5 at learning rates over four decades, with and without momentum.</summary>
internal sealed class LearningRate : IExperiment
{
    private static readonly double Guessing = Math.Log(10);

    public string Name => "learning-rate";

    public Said Question => new("How sensitive is training to the learning rate?", "训练对学习率有多敏感？");

    public Said Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 2, seeds: 3);
        var samples = trials.Scaled(PixelScale.LeNet5(conditions.On));
        float[] rates = conditions.Either<float[]>([0.0001f, 0.0003f, 0.001f, 0.003f, 0.01f, 0.03f, 0.1f, 0.3f, 1f], [0.01f, 1f]), momenta = [0, 0.9f];
        var rows = momenta.SelectMany(momentum => rates.Select(rate => (Momentum: momentum, Rate: rate,
            Courses: trials.Run($"rate {rate}, momentum {momentum}", () => TrialNetwork.LeNet5(Plan.Batch), samples,
                plan => plan with { Rate = rate, Momentum = momentum })))).ToArray();

        var rate = new Axis(new("learning rate η", "学习率 η"), AxisScale.Logarithmic);
        (float Rate, Course[] Courses)[] Of(float momentum) => [.. rows.Where(row => row.Momentum == momentum).Select(row => (row.Rate, row.Courses))];

        return new(new($"{trials.Setting.English} Mean pooling, pixels by IN-2. Guessing has the loss ln 10 = 2.303 and the accuracy 10 %.",
            $"{trials.Setting.Chinese}平均池化，像素按 IN-2。瞎猜的损失是 ln 10 = 2.303，准确率是 10 %。"),
        [
            .. momenta.Select(momentum => Table.Of(new($"Momentum {Digits.Plain(momentum)}: mean (smallest to largest)", $"动量 {Digits.Plain(momentum)}：平均（最小至最大）"),
                ["η", new("loss of the first pass", "第一轮的损失"), Course.LossOfLast, Course.HeldOut, new("largest loss of a step", "单步的最大损失")],
                rows.Where(row => row.Momentum == momentum), row =>
                [
                    Digits.Plain(row.Rate), Digits.Spread([.. row.Courses.Select(course => course.Epochs[0])], value => Digits.Fixed(value, 3)), Course.Losses(row.Courses),
                    Course.Accuracies(row.Courses), Digits.Fixed(row.Courses.Max(course => course.Steps.Max(loss => (double)loss)), 2),
                ])),
        ],
        [.. momenta.Select(momentum => Summary(momentum, Of(momentum)))],
        new(new("Loss of the last pass and held-out accuracy over the learning rate, with and without momentum", "最后一轮的损失和留出准确率随学习率的变化，有动量和没有动量"),
            new Plot(new("Loss of the last pass, a dot for each seed", "最后一轮的损失，每个种子一点"), rate, new(new("loss", "损失"), AxisScale.Logarithmic),
            [
                .. momenta.SelectMany((momentum, m) => Curves(momentum, m, Of(momentum), course => course.Last)),
                new(new("guessing", "瞎猜"), [(rates.Min(), Guessing), (rates.Max(), Guessing)], Mark.Line, 7, 1),
            ]),
            new Plot(new("Held-out accuracy", "留出准确率"), rate, new(new("share recognised", "认出的比例")),
                [.. momenta.SelectMany((momentum, m) => Curves(momentum, m, Of(momentum), course => course.Accuracy))])));
    }

    // A line through the means and a dot for each seed.
    private static Series[] Curves(float momentum, int colour, (float Rate, Course[] Courses)[] rows, Func<Course, double> of) =>
    [
        new(new($"momentum {Digits.Plain(momentum)}", $"动量 {Digits.Plain(momentum)}"), [.. rows.Select(row => ((double)row.Rate, row.Courses.Average(of)))], Mark.Line, colour),
        new("", [.. rows.SelectMany(row => row.Courses.Select(course => ((double)row.Rate, of(course))))], Mark.Dot, colour),
    ];

    private static Said Summary(float momentum, (float Rate, Course[] Courses)[] rows)
    {
        double Mean((float Rate, Course[] Courses) row) => row.Courses.Average(course => course.Last);
        var best = rows.MinBy(Mean);
        string good = string.Join(", ", rows.Where(row => Mean(row) <= 1.1 * Mean(best)).Select(row => Digits.Plain(row.Rate)));
        string lost = string.Join(", ", rows.Where(row => row.Rate > best.Rate && row.Courses.Any(course => !(course.Last < Guessing))).Select(row => Digits.Plain(row.Rate)));
        return new($"Momentum {Digits.Plain(momentum)}: the lowest loss is {Digits.Fixed(Mean(best), 3)} at η = {Digits.Plain(best.Rate)}; within 10 % of it are {good}; " +
            (lost.Length == 0 ? "no rate above it ends worse than guessing." : $"worse than guessing ends {lost} for at least one seed."),
            $"动量 {Digits.Plain(momentum)}：最低的损失是 {Digits.Fixed(Mean(best), 3)}，在 η = {Digits.Plain(best.Rate)}；与它相差不到 10 % 的有 {good}；" +
            (lost.Length == 0 ? "比它大的学习率，没有一个比瞎猜更差。" : $"{lost} 至少有一个种子比瞎猜更差。"));
    }
}
