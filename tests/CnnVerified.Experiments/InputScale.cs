using CnnVerified.Experiments.Networks;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;

namespace CnnVerified.Experiments;

/// <summary>LeNet-5 on the same images whose pixels are scaled in different ways.</summary>
internal sealed class InputScale : IExperiment
{
    private const float Saturated = 0.99f;

    public string Name => "input-scale";

    public string Question => "Do the pixels have to be scaled, and how?";

    public string Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 3, seeds: 3);
        float[] rates = conditions.Either<float[]>([0.001f, 0.01f, 0.03f], [0.01f]);
        int drawn = Array.IndexOf(rates, 0.01f);
        var rows = Scales(trials.Train, conditions.On).Select(scale =>
        {
            var samples = trials.Scaled(scale);
            return (Scale: scale, Saturation: Saturation(samples.Train, conditions),
                Courses: rates.Select(rate => trials.Run($"{scale.Name}, rate {rate}", () => TrialNetwork.LeNet5(Plan.Batch), samples,
                    plan => plan with { Rate = rate })).ToArray());
        }).ToArray();

        return new($"{trials.Setting} Momentum 0.9, mean pooling. What is saturated is measured before training.",
        [
            Table.Of("Pixels as the network gets them, and the first layer on them",
                ["pixels", "from", "to", $"first layer beyond ±{Digits.Plain(Saturated)}"],
                rows, row => [row.Scale.Name, Digits.Fixed(row.Scale.Values[0], 2), Digits.Fixed(row.Scale.Values[255], 2), Digits.Percent(row.Saturation)]),
            Table.Of("Loss of the last pass and held-out accuracy: mean (smallest to largest)",
                ["pixels", .. rates.SelectMany(rate => new[] { $"loss, η = {Digits.Plain(rate)}", $"accuracy, η = {Digits.Plain(rate)}" })],
                rows, row => [row.Scale.Name, .. row.Courses.SelectMany(courses => new[] { Course.Losses(courses), Course.Accuracies(courses) })]),
        ],
        [
            .. rates.Select((rate, r) =>
            {
                var (lowest, highest) = (rows.MinBy(row => Loss(row.Courses[r])), rows.MaxBy(row => Loss(row.Courses[r])));
                return $"At η = {Digits.Plain(rate)} the lowest mean loss is {Digits.Fixed(Loss(lowest.Courses[r]), 3)} ({lowest.Scale.Name}), " +
                    $"the highest {Digits.Fixed(Loss(highest.Courses[r]), 3)} ({highest.Scale.Name}).";
            }),
        ],
        new("Loss over training steps for each way of scaling the pixels",
            new Plot($"LeNet-5 by the scaling of its pixels, η = {Digits.Plain(rates[drawn])}, seed {trials.Seeds[0]}", new("step"), new("loss, mean of 25 steps"),
                [.. rows.Select((row, r) => new Series(row.Scale.Name, row.Courses[drawn][0].Curve(25), Mark.Line, r))])));
    }

    /// <summary>The scalings. What is measured on images is measured on the training images and then kept.</summary>
    internal static IReadOnlyList<PixelScale> Scales(ImageSet train, Execution on)
    {
        double mean = train.Pixels.Average(pixel => (double)pixel);
        double deviation = Math.Sqrt(train.Pixels.Average(pixel => (pixel - mean) * (pixel - mean)));
        return
        [
            new("raw, 0 to 255", [.. Enumerable.Range(0, 256)]),
            PixelScale.OfEngine("divided by 255 (IN-1)", Scaling.Unit, on),
            new("divided by 255, centred", [.. Enumerable.Range(0, 256).Select(pixel => (float)((pixel - mean) / 255))]),
            PixelScale.OfEngine("LeNet-5's (IN-2)", Scaling.LeNet5, on),
            PixelScale.OfEngine("squashed to ±0.8 (IN-3)", Scaling.Symmetric, on),
            new("standardised (IN-4)", [.. Enumerable.Range(0, 256).Select(pixel => (float)((pixel - mean) / deviation))]),
        ];
    }

    // Share of C1's outputs, after tanh, that are beyond ±0.99.
    private static double Saturation(Samples train, Conditions conditions)
    {
        int N = Math.Min(128, train.Count);
        var network = TrialNetwork.LeNet5(N);
        network.Initialise(conditions.Seed, Network.Glorot);
        train.Select([.. Enumerable.Range(0, N)], network.Input, new float[N * ImageSet.Classes]);
        network.Forward(N, conditions.On);
        float[] values = network.Layers[0].Y.Values;
        return (double)values.Count(value => Math.Abs(value) > Saturated) / values.Length;
    }

    private static double Loss(Course[] courses) => courses.Average(course => course.Last);
}
