using CnnVerified.Experiments.Networks;

namespace CnnVerified.Experiments;

/// <summary>LeNet-5 at learning rates over four decades, with and without momentum.</summary>
internal sealed class LearningRate : IExperiment
{
    private static readonly double Guessing = Math.Log(10);

    public string Name => "learning-rate";

    public string Question => "How sensitive is training to the learning rate?";

    public string Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 2, seeds: 3);
        var samples = trials.Scaled(PixelScale.LeNet5(conditions.On));
        float[] rates = conditions.Either<float[]>([0.0001f, 0.0003f, 0.001f, 0.003f, 0.01f, 0.03f, 0.1f, 0.3f, 1f], [0.01f, 1f]), momenta = [0, 0.9f];
        var rows = momenta.SelectMany(momentum => rates.Select(rate => (Momentum: momentum, Rate: rate,
            Courses: trials.Run($"rate {rate}, momentum {momentum}", () => TrialNetwork.LeNet5(Plan.Batch), samples,
                plan => plan with { Rate = rate, Momentum = momentum })))).ToArray();

        (float Rate, Course[] Courses)[] Of(float momentum) => [.. rows.Where(row => row.Momentum == momentum).Select(row => (row.Rate, row.Courses))];

        return new($"{trials.Setting} Mean pooling, pixels by IN-2. Guessing has the loss ln 10 = 2.303 and the accuracy 10 %.",
        [
            .. momenta.Select(momentum => Table.Of($"Momentum {Digits.Plain(momentum)}: mean (smallest to largest)",
                ["η", "loss of the first pass", "loss of the last pass", "held-out accuracy", "largest loss of a step"],
                rows.Where(row => row.Momentum == momentum), row =>
                [
                    Digits.Plain(row.Rate), Digits.Spread([.. row.Courses.Select(course => course.Epochs[0])], value => Digits.Fixed(value, 3)), Course.Losses(row.Courses),
                    Course.Accuracies(row.Courses), Digits.Fixed(row.Courses.Max(course => course.Steps.Max(loss => (double)loss)), 2),
                ])),
        ],
        [.. momenta.Select(momentum => Summary(momentum, Of(momentum)))],
        new("Loss of the last pass and held-out accuracy over the learning rate, with and without momentum",
            new Plot("Loss of the last pass, a dot for each seed", new("learning rate η", AxisScale.Logarithmic), new("loss", AxisScale.Logarithmic),
            [
                .. momenta.SelectMany((momentum, m) => Curves(momentum, m, Of(momentum), course => course.Last)),
                new("guessing", [(rates.Min(), Guessing), (rates.Max(), Guessing)], Mark.Line, 7, 1),
            ]),
            new Plot("Held-out accuracy", new("learning rate η", AxisScale.Logarithmic), new("share recognised"),
                [.. momenta.SelectMany((momentum, m) => Curves(momentum, m, Of(momentum), course => course.Accuracy))])));
    }

    // A line through the means and a dot for each seed.
    private static Series[] Curves(float momentum, int colour, (float Rate, Course[] Courses)[] rows, Func<Course, double> of) =>
    [
        new($"momentum {Digits.Plain(momentum)}", [.. rows.Select(row => ((double)row.Rate, row.Courses.Average(of)))], Mark.Line, colour),
        new("", [.. rows.SelectMany(row => row.Courses.Select(course => ((double)row.Rate, of(course))))], Mark.Dot, colour),
    ];

    private static string Summary(float momentum, (float Rate, Course[] Courses)[] rows)
    {
        double Mean((float Rate, Course[] Courses) row) => row.Courses.Average(course => course.Last);
        var best = rows.MinBy(Mean);
        var good = rows.Where(row => Mean(row) <= 1.1 * Mean(best)).ToArray();
        var lost = rows.Where(row => row.Rate > best.Rate && row.Courses.Any(course => !(course.Last < Guessing))).Select(row => Digits.Plain(row.Rate)).ToArray();
        return $"Momentum {Digits.Plain(momentum)}: the lowest loss is {Digits.Fixed(Mean(best), 3)} at η = {Digits.Plain(best.Rate)}; " +
            $"within 10 % of it are {string.Join(", ", good.Select(row => Digits.Plain(row.Rate)))}; " +
            (lost.Length == 0 ? "no rate above it ends worse than guessing." : $"worse than guessing ends {string.Join(", ", lost)} for at least one seed.");
    }
}
