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

    private static readonly Said Pixels = new("pixels", "像素");

    public string Name => "input-scale";

    public Said Question => new("Do the pixels have to be scaled, and how?", "像素需要缩放吗？怎样缩放？");

    public Said Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 3, seeds: 3);
        float[] rates = conditions.Either<float[]>([0.001f, 0.01f, 0.03f], [0.01f]);
        int drawn = Array.IndexOf(rates, 0.01f);
        var rows = Scales(trials.Train, conditions.On).Select(scale =>
        {
            var samples = trials.Scaled(scale);
            return (Scale: scale, Saturation: Saturation(samples.Train, conditions),
                Courses: rates.Select(rate => trials.Run($"{scale.Name.English}, rate {rate}", () => TrialNetwork.LeNet5(Plan.Batch), samples,
                    plan => plan with { Rate = rate })).ToArray());
        }).ToArray();

        return new(new($"{trials.Setting.English} Momentum 0.9, mean pooling. What is saturated is measured before training.", $"{trials.Setting.Chinese}动量 0.9，平均池化。饱和的比例在训练之前测量。"),
        [
            Table.Of(new("Pixels as the network gets them, and the first layer on them", "网络得到的像素值，以及第一层对它们的输出"),
                [Pixels, new("from", "最小"), new("to", "最大"), new($"first layer beyond ±{Digits.Plain(Saturated)}", $"第一层超出 ±{Digits.Plain(Saturated)} 的比例")],
                rows, row => [row.Scale.Name, Digits.Fixed(row.Scale.Values[0], 2), Digits.Fixed(row.Scale.Values[255], 2), Digits.Percent(row.Saturation)]),
            Table.Of(new("Loss of the last pass and held-out accuracy: mean (smallest to largest)", "最后一轮的损失和留出准确率：平均（最小至最大）"),
                [
                    Pixels, .. rates.SelectMany(rate => new Said[]
                    {
                        new($"loss, η = {Digits.Plain(rate)}", $"损失，η = {Digits.Plain(rate)}"), new($"accuracy, η = {Digits.Plain(rate)}", $"准确率，η = {Digits.Plain(rate)}"),
                    }),
                ],
                rows, row => [row.Scale.Name, .. row.Courses.SelectMany(courses => new Said[] { Course.Losses(courses), Course.Accuracies(courses) })]),
        ],
        [
            .. rates.Select((rate, r) =>
            {
                var (lowest, highest) = (rows.MinBy(row => Loss(row.Courses[r])), rows.MaxBy(row => Loss(row.Courses[r])));
                string least = Digits.Fixed(Loss(lowest.Courses[r]), 3), most = Digits.Fixed(Loss(highest.Courses[r]), 3);
                return new Said($"At η = {Digits.Plain(rate)} the lowest mean loss is {least} ({lowest.Scale.Name.English}), the highest {most} ({highest.Scale.Name.English}).",
                    $"η = {Digits.Plain(rate)} 时，平均损失最低为 {least}（{lowest.Scale.Name.Chinese}），最高为 {most}（{highest.Scale.Name.Chinese}）。");
            }),
        ],
        new(new("Loss over training steps for each way of scaling the pixels", "每种像素缩放的损失随训练步数的变化"),
            new Plot(new($"LeNet-5 by the scaling of its pixels, η = {Digits.Plain(rates[drawn])}, seed {trials.Seeds[0]}", $"LeNet-5，按像素的缩放，η = {Digits.Plain(rates[drawn])}，种子 {trials.Seeds[0]}"),
                new(Course.Step), new(Course.LossOf25),
                [.. rows.Select((row, r) => new Series(row.Scale.Name, row.Courses[drawn][0].Curve(25), Mark.Line, r))])));
    }

    /// <summary>The scalings. What is measured on images is measured on the training images and then kept.</summary>
    internal static IReadOnlyList<PixelScale> Scales(ImageSet train, Execution on)
    {
        double mean = train.Pixels.Average(pixel => (double)pixel);
        double deviation = Math.Sqrt(train.Pixels.Average(pixel => (pixel - mean) * (pixel - mean)));
        return
        [
            new(new("raw, 0 to 255", "原始像素，0 到 255"), [.. Enumerable.Range(0, 256)]),
            PixelScale.OfEngine(new("divided by 255 (IN-1)", "除以 255（IN-1）"), Scaling.Unit, on),
            new(new("divided by 255, centred", "除以 255，中心化"), [.. Enumerable.Range(0, 256).Select(pixel => (float)((pixel - mean) / 255))]),
            PixelScale.OfEngine(new("LeNet-5's (IN-2)", "LeNet-5 的缩放（IN-2）"), Scaling.LeNet5, on),
            PixelScale.OfEngine(new("squashed to ±0.8 (IN-3)", "压缩到 ±0.8（IN-3）"), Scaling.Symmetric, on),
            new(new("standardised (IN-4)", "标准化（IN-4）"), [.. Enumerable.Range(0, 256).Select(pixel => (float)((pixel - mean) / deviation))]),
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
