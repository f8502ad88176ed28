using CnnVerified.Verification.Images;

namespace CnnVerified.Experiments.Networks;

/// <summary>How to train in an experiment.</summary>
/// <param name="Epochs">Passes over the images.</param>
/// <param name="Seed">Seed of the order of images.</param>
internal sealed record Plan(int Epochs, int Seed)
{
    public const int Batch = 32;

    public float Rate { get; init; } = 0.01f;

    public float Momentum { get; init; } = 0.9f;

    public Order Order { get; init; } = Order.ResidualFirst;
}

/// <summary>The course of a training.</summary>
/// <param name="Steps">The loss of each step; it ends early where one is not finite.</param>
/// <param name="Epochs">The mean loss of each pass; not finite from where one was not.</param>
/// <param name="Accuracy">Share of the held-out images that are recognised at the end.</param>
internal sealed record Course(IReadOnlyList<float> Steps, IReadOnlyList<double> Epochs, double Accuracy)
{
    // What tables and plots call what is measured here.
    public static Said Step { get; } = new("step", "步");

    public static Said LossOf25 { get; } = new("loss, mean of 25 steps", "损失，25 步的平均");

    public static Said LossOfLast { get; } = new("loss of the last pass", "最后一轮的损失");

    public static Said HeldOut { get; } = new("held-out accuracy", "留出准确率");

    public double Last => Epochs[^1];

    /// <summary>The loss of the last pass of some trainings: mean and range.</summary>
    public static Said Losses(IEnumerable<Course> courses, int places = 3) => Digits.Spread([.. courses.Select(course => course.Last)], value => Digits.Fixed(value, places));

    /// <summary>The accuracy of some trainings: mean and range.</summary>
    public static Said Accuracies(IEnumerable<Course> courses) => Digits.Spread([.. courses.Select(course => course.Accuracy)], Digits.Percent);

    /// <summary>Trains a network. The order of images is that of the trainer of cnnverify train.</summary>
    public static Course Of(TrialNetwork network, Samples train, Samples heldOut, Plan plan, Conditions conditions)
    {
        var losses = new List<float>();
        var epochs = new List<double>();
        int[] order = new int[train.Count];
        float[] targets = new float[Plan.Batch * ImageSet.Classes];
        for (int epoch = 0; epoch < plan.Epochs; epoch++)
        {
            for (int i = 0; i < order.Length; i++)
                order[i] = i;
            new Random(unchecked(plan.Seed * 1_000_003 + epoch)).Shuffle(order);
            double sum = 0;
            for (int start = 0; start < order.Length && double.IsFinite(sum); start += Plan.Batch)
            {
                conditions.Stop.ThrowIfCancellationRequested();
                int N = Math.Min(Plan.Batch, order.Length - start);
                train.Select(order.AsSpan(start, N), network.Input, targets);
                float loss = network.Step(N, targets.AsSpan(0, N * ImageSet.Classes), plan.Rate, plan.Momentum, plan.Order, conditions.On);
                sum += (double)loss * N;
                losses.Add(loss);
            }
            epochs.Add(sum / order.Length);
        }
        return new(losses, epochs, Recognised(network, heldOut, conditions));
    }

    /// <summary>Mean losses of so many steps each, for a curve that is not all noise.</summary>
    public IReadOnlyList<(double X, double Y)> Curve(int steps) =>
        [.. Steps.Chunk(steps).Select((chunk, c) => ((double)(c * steps + chunk.Length), chunk.Average(loss => (double)loss)))];

    private static double Recognised(TrialNetwork network, Samples images, Conditions conditions)
    {
        int right = 0;
        float[] targets = new float[Plan.Batch * ImageSet.Classes];
        for (int start = 0; start < images.Count; start += Plan.Batch)
        {
            int[] batch = [.. Enumerable.Range(start, Math.Min(Plan.Batch, images.Count - start))];
            images.Select(batch, network.Input, targets);
            network.Forward(batch.Length, conditions.On);
            for (int n = 0; n < batch.Length; n++)
            {
                ReadOnlySpan<float> scores = network.Scores.Values.AsSpan(n * ImageSet.Classes, ImageSet.Classes);
                int best = 0;
                for (int k = 1; k < scores.Length; k++)
                    best = scores[k] > scores[best] ? k : best;
                right += best == images.Label(batch[n]) ? 1 : 0;
            }
        }
        return (double)right / images.Count;
    }
}
