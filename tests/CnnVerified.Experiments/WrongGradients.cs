using CnnVerified.Experiments.Networks;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;

namespace CnnVerified.Experiments;

/// <summary>Slips of docs/errata.md in the backward pass of LeNet-5: what the loss shows of them, and what the gradient does.</summary>
internal sealed class WrongGradients : IExperiment
{
    private const float Rate = 0.01f, Momentum = 0.9f;

    // Those whose curve is drawn: more would hide each other.
    private static readonly string[] Curves = ["", "ER-2", "ER-1", "ER-7", "ER-12", "ER-16", "ER-20"];

    public string Name => "wrong-gradients";

    public Said Question => new("How wrong may a gradient be and the network still train?", "梯度错到什么程度，网络还能训练？");

    public Said Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 3, seeds: 5);
        var samples = trials.Scaled(PixelScale.LeNet5(conditions.On));
        IReadOnlyList<Slip> slips = conditions.Either(Slip.All, [Slip.All[0], Slip.All[1], .. Slip.All.Skip(7).Take(1)]);
        var rows = slips.Select(slip => (Slip: slip, Gradient: Compare(slip, samples.Train, conditions),
            Courses: trials.Run(slip.Name.English, () => slip.Network(Plan.Batch), samples, plan => plan with { Rate = Rate, Momentum = Momentum, Order = slip.Order }))).ToArray();
        // A slip in max pooling is compared with max pooling.
        Course[] Right(Slip slip) => rows.Single(row => row.Slip.IsNone && row.Slip.Pooling == slip.Pooling).Courses;

        var wrong = rows.Where(row => !row.Slip.IsNone).ToArray();
        Said Names(Said which, Func<Course[], Course[], bool> holds)
        {
            Said[] names = [.. wrong.Where(row => holds(row.Courses, Right(row.Slip))).Select(row => row.Slip.Name)];
            Said all = names.Length == 0 ? new("none", "无") : Said.Join(new("; ", "；"), names);
            return new($"{which.English}: {all.English}.", $"{which.Chinese}：{all.Chinese}。");
        }
        var nearest = wrong.MinBy(row => row.Gradient.Error);
        string rounding = Digits.Power(Rounding(samples.Train, conditions.Either(Plan.Batch, 2), conditions));
        Said loss = new("loss", "损失"), noSlip = new("no slip", "没有错误");
        return new(new($"{trials.Setting.English} η = 0.01, momentum 0.9, pixels by IN-2. The gradient is compared on the first batch, at the first weights, before any training.",
            $"{trials.Setting.Chinese}η = 0.01，动量 0.9，像素按 IN-2。梯度在训练之前、初始权重处，用第一批图像比较。"),
        [
            Table.Of(new("The slips: what a check of the gradient shows at once, and what training shows; mean (smallest to largest)", "各种错误：检查梯度立刻能看出什么，训练能看出什么；平均（最小至最大）"),
                [
                    new("slip", "错误"), "docs/errata.md", new("relative error of the gradient", "梯度的相对误差"), new("cosine with the right one", "与正确梯度的余弦"),
                    Course.LossOfLast, Course.HeldOut, new("loss against the right runs", "损失与正确的运行相比"),
                ],
                rows, row =>
                [
                    row.Slip.Name, row.Slip.Listed, Digits.Power(row.Gradient.Error), Digits.Fixed(row.Gradient.Cosine, 3), Course.Losses(row.Courses), Course.Accuracies(row.Courses),
                    row.Slip.IsNone ? "" : Verdict(row.Courses, Right(row.Slip)),
                ]),
        ],
        [
            new($"Of {wrong.Length} slips {wrong.Count(row => Trains(row.Courses))} still train: in every run the loss of the last pass is below that of the first, and more than half of the held-out images are recognised.",
                $"{wrong.Length} 个错误中有 {wrong.Count(row => Trains(row.Courses))} 个仍然能训练：每次运行最后一轮的损失都低于第一轮，并且认出一半以上的留出图像。"),
            Names(new("Every loss above those of the right runs", "损失全都高于正确的运行"), IsAbove),
            Names(new("Within the range of the right runs, or partly", "全部或部分落在正确的运行的范围内"), (courses, right) => !IsAbove(courses, right) && !IsBelow(courses, right)),
            Names(new("Every loss below those of the right runs", "损失全都低于正确的运行"), IsBelow),
            new($"The smallest relative error of a wrong gradient is {Digits.Power(nearest.Gradient.Error)} ({nearest.Slip.Name.English}). " +
                $"That of the right one in binary32 is {rounding}, against the reference in binary64.",
                $"错误的梯度中，最小的相对误差是 {Digits.Power(nearest.Gradient.Error)}（{nearest.Slip.Name.Chinese}）。正确的梯度以 binary32 计算，与 binary64 的参考实现相比，相对误差是 {rounding}。"),
        ],
        new(new("Loss over training steps without a slip and with some; below, the loss of the last pass for each slip, a dot for each seed", "没有错误和有一些错误时，损失随训练步数的变化；下图是每个错误最后一轮的损失，每个种子一点"),
            new Plot(new($"Loss with some of the slips, seed {trials.Seeds[0]}", $"有一些错误时的损失，种子 {trials.Seeds[0]}"), new(Course.Step), new(Course.LossOf25),
                [.. rows.Where(row => Curves.Contains(row.Slip.Source) && row.Slip.Pooling is null)
                    .Select((row, r) => new Series(row.Slip.IsNone ? noSlip : row.Slip.Name, row.Courses[0].Curve(25), Mark.Line, r))]),
            new Plot(new("Loss of the last pass by slip, a dot for each seed", "各种错误最后一轮的损失，每个种子一点"), new(loss, AxisScale.Logarithmic), new("", Names: [.. slips.Select(slip => slip.Name)]),
            [
                new(noSlip, Dots(row => row.Slip.IsNone), Mark.Dot, 2), new(new("still trains", "仍能训练"), Dots(row => !row.Slip.IsNone && Trains(row.Courses)), Mark.Dot, 0),
                new(new("does not train", "不能训练"), Dots(row => !row.Slip.IsNone && !Trains(row.Courses)), Mark.Dot, 1),
            ])));

        (double, double)[] Dots(Func<(Slip Slip, (double, double) Gradient, Course[] Courses), bool> which) =>
            [.. rows.SelectMany((row, r) => which(row) ? row.Courses.Select(course => (course.Last, (double)r)) : [])];
    }

    /// <summary>How far the gradient of a slip is from the right one: relative error and cosine over all parameters.</summary>
    internal static (double Error, double Cosine) Compare(Slip slip, Samples samples, Conditions conditions)
    {
        double[] right = Gradient(Slip.All.First(each => each.IsNone && each.Pooling == slip.Pooling)), wrong = Gradient(slip);
        return (Norm(right.Zip(wrong, (r, w) => w - r)) / Norm(right), right.Zip(wrong, (r, w) => r * w).Sum() / (Norm(right) * Norm(wrong)));

        double[] Gradient(Slip which)
        {
            var (network, targets) = Begin(which, samples, Plan.Batch, conditions);
            return AfterStep(network, targets, which.Order, conditions);
        }
    }

    /// <summary>How far the right gradient is from that of the reference in binary64: by rounding alone.</summary>
    internal static double Rounding(Samples samples, int images, Conditions conditions)
    {
        var (network, targets) = Begin(Slip.All[0], samples, images, conditions);
        var reference = Reference.Networks.LeNet5.Gradient([.. network.Parameters.Select(parameter => UpdateOrder.Exact(parameter.Values, parameter.Shape))],
            UpdateOrder.Exact(network.Input.Values, [images, 1, 32, 32]), UpdateOrder.Exact(targets, [images, ImageSet.Classes]));
        double[] exact = [.. reference.Gradients.SelectMany(tensor => tensor)];
        return Norm(exact.Zip(AfterStep(network, targets, Order.ResidualFirst, conditions), (r, w) => w - r)) / Norm(exact);
    }

    // At the first weights, with the first images as a batch.
    private static (TrialNetwork Network, float[] Targets) Begin(Slip slip, Samples samples, int images, Conditions conditions)
    {
        TrialNetwork network = slip.Network(images);
        network.Initialise(conditions.Seed, Network.Glorot);
        float[] targets = new float[images * ImageSet.Classes];
        samples.Select([.. Enumerable.Range(0, images)], network.Input, targets);
        return (network, targets);
    }

    // The gradient stays where the step found it.
    private static double[] AfterStep(TrialNetwork network, float[] targets, Order order, Conditions conditions)
    {
        network.Step(network.Input.MaxBatch, targets, Rate, Momentum, order, conditions.On);
        return [.. network.Parameters.SelectMany(parameter => parameter.Gradient).Select(value => (double)value)];
    }

    private static bool Trains(Course[] courses) => courses.All(course => course.Last < course.Epochs[0] && course.Accuracy > 0.5);

    private static bool IsAbove(Course[] courses, Course[] right) => !(courses.Min(course => course.Last) <= right.Max(course => course.Last));

    private static bool IsBelow(Course[] courses, Course[] right) => courses.Max(course => course.Last) < right.Min(course => course.Last);

    private static Said Verdict(Course[] courses, Course[] right) =>
        IsAbove(courses, right) ? new("above all", "全都更高") : IsBelow(courses, right) ? new("below all", "全都更低") : new("among them", "在其中");

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
