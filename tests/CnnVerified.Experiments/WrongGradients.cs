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

    public string Question => "How wrong may a gradient be and the network still train?";

    public string Repeatability => Trials.Repeatability;

    public ExperimentRecord Run(Conditions conditions)
    {
        var trials = new Trials(conditions, epochs: 3, seeds: 5);
        var samples = trials.Scaled(PixelScale.LeNet5(conditions.On));
        IReadOnlyList<Slip> slips = conditions.Either(Slip.All, [Slip.All[0], Slip.All[1], .. Slip.All.Skip(7).Take(1)]);
        var rows = slips.Select(slip => (Slip: slip, Gradient: Compare(slip, samples.Train, conditions),
            Courses: trials.Run(slip.Name, () => slip.Network(Plan.Batch), samples, plan => plan with { Rate = Rate, Momentum = Momentum, Order = slip.Order }))).ToArray();
        // A slip in max pooling is compared with max pooling.
        Course[] Right(Slip slip) => rows.Single(row => row.Slip.IsNone && row.Slip.Pooling == slip.Pooling).Courses;

        var wrong = rows.Where(row => !row.Slip.IsNone).ToArray();
        string Names(Func<Course[], Course[], bool> holds) =>
            string.Join("; ", wrong.Where(row => holds(row.Courses, Right(row.Slip))).Select(row => row.Slip.Name)) is { Length: > 0 } names ? names : "none";
        return new($"{trials.Setting} η = 0.01, momentum 0.9, pixels by IN-2. The gradient is compared on the first batch, at the first weights, before any training.",
        [
            Table.Of("The slips: what a check of the gradient shows at once, and what training shows; mean (smallest to largest)",
                ["slip", "docs/errata.md", "relative error of the gradient", "cosine with the right one", "loss of the last pass", "held-out accuracy", "loss against the right runs"],
                rows, row =>
                [
                    row.Slip.Name, row.Slip.Source, Digits.Power(row.Gradient.Error), Digits.Fixed(row.Gradient.Cosine, 3), Course.Losses(row.Courses), Course.Accuracies(row.Courses),
                    row.Slip.IsNone ? "" : Verdict(row.Courses, Right(row.Slip)),
                ]),
        ],
        [
            $"Of {wrong.Length} slips {wrong.Count(row => Trains(row.Courses))} still train: in every run the loss of the last pass is below that of the first, and more than half of the held-out images are recognised.",
            $"Every loss above those of the right runs: {Names(IsAbove)}.",
            $"Within the range of the right runs, or partly: {Names((courses, right) => !IsAbove(courses, right) && !IsBelow(courses, right))}.",
            $"Every loss below those of the right runs: {Names(IsBelow)}.",
            $"The smallest relative error of a wrong gradient is {Digits.Power(wrong.Min(row => row.Gradient.Error))} ({wrong.MinBy(row => row.Gradient.Error).Slip.Name}). " +
                $"That of the right one in binary32 is {Digits.Power(Rounding(samples.Train, conditions.Either(Plan.Batch, 2), conditions))}, against the reference in binary64.",
        ],
        new("Loss over training steps without a slip and with some; below, the loss of the last pass for each slip, a dot for each seed",
            new Plot($"Loss with some of the slips, seed {trials.Seeds[0]}", new("step"), new("loss, mean of 25 steps"),
                [.. rows.Where(row => Curves.Contains(row.Slip.Source) && row.Slip.Pooling is null)
                    .Select((row, r) => new Series(row.Slip.IsNone ? "no slip" : row.Slip.Name, row.Courses[0].Curve(25), Mark.Line, r))]),
            new Plot("Loss of the last pass by slip, a dot for each seed", new("loss", AxisScale.Logarithmic), new("", Names: [.. slips.Select(slip => slip.Name)]),
            [
                new("no slip", Dots(row => row.Slip.IsNone), Mark.Dot, 2), new("still trains", Dots(row => !row.Slip.IsNone && Trains(row.Courses)), Mark.Dot, 0),
                new("does not train", Dots(row => !row.Slip.IsNone && !Trains(row.Courses)), Mark.Dot, 1),
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

    private static string Verdict(Course[] courses, Course[] right) => IsAbove(courses, right) ? "above all" : IsBelow(courses, right) ? "below all" : "among them";

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
