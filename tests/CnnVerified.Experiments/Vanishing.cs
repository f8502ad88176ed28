using CnnVerified.Experiments.Networks;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;

namespace CnnVerified.Experiments;

/// <summary>The gradient of each layer of a deep fully connected network at its first weights.</summary>
internal sealed class Vanishing : IExperiment
{
    private const int Width = 64, Side = 28;

    private static readonly (string Name, Func<Maps, Layer> Layer)[] Activations =
        [("sigmoid", maps => new SigmoidLayer(maps)), ("tanh", maps => new TanhLayer(maps)), ("ReLU", maps => new RectifierLayer(maps))];

    private static readonly (string Name, Func<int, int, double> Range)[] Rules =
        [("IT-1, 2.4/fan-in", Network.LeCun), ("IT-2, Glorot", Network.Glorot), ("IT-5, He", (fanIn, _) => Math.Sqrt(6.0 / fanIn))];

    public string Name => "vanishing";

    public string Question => "Why do gradients vanish towards the input, and what helps?";

    public string Repeatability =>
        "The engine states the order of each of its sums and the operations of exp and tanh, so the gradients and losses are the same on every machine; their means are taken in binary64.";

    public ExperimentRecord Run(Conditions conditions)
    {
        int depth = conditions.Either(8, 3), seeds = conditions.Either(5, 1), epochs = conditions.Either(2, 1);
        var (train, heldOut) = Trials.Images(conditions);
        PixelScale scale = PixelScale.LeNet5(conditions.On);
        var (samples, judged) = (new Samples(train, Side, scale), new Samples(heldOut, Side, scale));
        var rows = new List<(string Activation, string Rule, double[] Sizes, Course Course)>();
        foreach (var activation in Activations)
            foreach (var rule in Rules)
            {
                conditions.Progress($"{activation.Name}, {rule.Name}");
                double[] sizes = Sizes(activation.Layer, rule.Range, depth, seeds, samples, conditions);
                TrialNetwork network = Build(Plan.Batch, depth, activation.Layer);
                network.Initialise(conditions.Seed, rule.Range);
                rows.Add((activation.Name, rule.Name, sizes, Course.Of(network, samples, judged, new(epochs, conditions.Seed), conditions)));
            }

        string[] layers = [.. Enumerable.Range(1, depth + 1).Select(layer => layer <= depth ? $"{layer}" : "output")];
        return new($"{depth} hidden layers of {Width} units and an output of {ImageSet.Classes}, fully connected; softmax with cross-entropy; pixels by IN-2; biases begin at 0. " +
            $"The mean |dL/dw| of a layer's weights at the first weights, on {Batch(samples)} images of the embedded subset of Fashion-MNIST, " +
            $"averaged over {Trials.Count(seeds, "draw", "draws")} from seed {conditions.Seed}. " +
            $"Then {Trials.Count(epochs, "pass", "passes")} over {Digits.Count(train.Count)} images, batch {Plan.Batch}, η = 0.01, momentum 0.9.",
        [
            Table.Of("Mean |dL/dw| of each layer, the first is that at the input",
                ["activation, weights drawn by", .. layers],
                rows, row => [$"{row.Activation}, {row.Rule}", .. row.Sizes.Select(Digits.Power)]),
            Table.Of("What a hidden layer makes of the gradient, and what comes of training",
                ["activation, weights drawn by", $"factor for each hidden layer, 2 to {depth}", "loss of the last pass", "held-out accuracy"],
                rows, row => [$"{row.Activation}, {row.Rule}", Digits.Fixed(Factor(row.Sizes), 3), Digits.Fixed(row.Course.Last, 3), Digits.Percent(row.Course.Accuracy)]),
        ],
        [
            .. Activations.Select(activation => $"{activation.Name}, from a hidden layer to the one before it: " + string.Join(", ", rows
                .Where(row => row.Activation == activation.Name).Select(row => $"times {Digits.Fixed(Factor(row.Sizes), 3)} ({row.Rule})")) + "."),
        ],
        new("Mean size of the gradient in each layer, logarithmic, for three activations and three ways to draw the weights",
            new Plot("Mean |dL/dw| by layer, at the first weights", new("layer, from the input", Names: layers), new("mean |dL/dw|", AxisScale.Logarithmic),
                [.. rows.Select((row, r) => new Series($"{row.Activation}, {row.Rule}", [.. row.Sizes.Select((size, layer) => ((double)layer, size))], Mark.DottedLine,
                    r / Rules.Length, r % Rules.Length))])));
    }

    /// <summary>By how much the gradient changes from a hidden layer to the one before it: the geometric mean. The first layer is left out, whose inputs are pixels.</summary>
    internal static double Factor(double[] sizes) => Math.Pow(sizes[1] / sizes[^2], 1.0 / (sizes.Length - 3));

    /// <summary>Mean |dL/dw| of each layer.</summary>
    internal static double[] Sizes(Func<Maps, Layer> activation, Func<int, int, double> rule, int depth, int seeds, Samples samples, Conditions conditions)
    {
        int N = Batch(samples);
        TrialNetwork network = Build(N, depth, activation);
        float[] targets = new float[N * ImageSet.Classes];
        samples.Select([.. Enumerable.Range(0, N)], network.Input, targets);
        double[] sum = new double[depth + 1];
        for (int seed = 0; seed < seeds; seed++)
        {
            network.Initialise(conditions.Seed + seed, rule);
            network.Forward(N, conditions.On);
            network.Loss(N, targets, conditions.On);
            network.Backward(N, conditions.On);
            Parameter[] weights = [.. network.Parameters.Where(parameter => parameter.FanIn > 0)];
            for (int l = 0; l < sum.Length; l++)
                sum[l] += weights[l].Gradient.Average(value => Math.Abs((double)value)) / seeds;
        }
        return sum;
    }

    private static int Batch(Samples samples) => Math.Min(128, samples.Count);

    private static TrialNetwork Build(int maxBatch, int depth, Func<Maps, Layer> activation)
    {
        var layers = new List<Layer>();
        var x = new Maps(maxBatch, 1, Side, Side, Maps.Kind.Input);
        for (int l = 1; l <= depth; l++)
        {
            layers.Add(new FullyConnectedLayer(x, $"H{l}", Width));
            x = layers[^1].Y;
            layers.Add(activation(x));
        }
        layers.Add(new FullyConnectedLayer(x, "output", ImageSet.Classes));
        return new(layers);
    }
}
