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

    private static readonly (Said Name, Func<int, int, double> Range)[] Rules =
        [(new("IT-1, 2.4/fan-in", "IT-1，2.4/扇入"), Network.LeCun), (new("IT-2, Glorot", "IT-2，Glorot"), Network.Glorot), (new("IT-5, He", "IT-5，He"), Network.He)];

    public string Name => "vanishing";

    public Said Question => new("Why do gradients vanish towards the input, and what helps?", "梯度为什么越靠近输入越小？怎样才能避免？");

    public Said Repeatability => new(
        "The engine states the order of each of its sums and the operations of exp and tanh, so the gradients and losses are the same on every machine; their means are taken in binary64.",
        "引擎规定了每个求和的次序，以及 exp 和 tanh 的运算步骤，所以梯度和损失在任何机器上都相同；它们的平均值以 binary64 计算。");

    public ExperimentRecord Run(Conditions conditions)
    {
        int depth = conditions.Either(8, 3), seeds = conditions.Either(5, 1), epochs = conditions.Either(2, 1);
        var (train, heldOut) = Trials.Images(conditions);
        PixelScale scale = PixelScale.LeNet5(conditions.On);
        var (samples, judged) = (new Samples(train, Side, scale), new Samples(heldOut, Side, scale));
        var rows = new List<(string Activation, Said Rule, double[] Sizes, Course Course)>();
        foreach (var activation in Activations)
            foreach (var rule in Rules)
            {
                conditions.Progress($"{activation.Name}, {rule.Name.English}");
                double[] sizes = Sizes(activation.Layer, rule.Range, depth, seeds, samples, conditions);
                TrialNetwork network = Build(Plan.Batch, depth, activation.Layer);
                network.Initialise(conditions.Seed, rule.Range);
                rows.Add((activation.Name, rule.Name, sizes, Course.Of(network, samples, judged, new(epochs, conditions.Seed), conditions)));
            }

        Said[] layers = [.. Enumerable.Range(1, depth).Select(layer => (Said)$"{layer}"), new("output", "输出")];
        Said drawn = new("activation, weights drawn by", "激活函数，权重抽取");
        Said Both(string activation, Said rule) => new($"{activation}, {rule.English}", $"{activation}，{rule.Chinese}");
        return new(new(
            $"{depth} hidden layers of {Width} units and an output of {ImageSet.Classes}, fully connected; softmax with cross-entropy; pixels by IN-2; biases begin at 0. " +
            $"The mean |dL/dw| of a layer's weights at the first weights, on {Batch(samples)} images of the embedded subset of Fashion-MNIST, " +
            $"averaged over {Trials.Count(seeds, "draw", "draws")} from seed {conditions.Seed}. " +
            $"Then {Trials.Count(epochs, "pass", "passes")} over {Digits.Count(train.Count)} images, batch {Plan.Batch}, η = 0.01, momentum 0.9.",
            $"{depth} 个隐藏层，各 {Width} 个单元，输出 {ImageSet.Classes} 个，全连接；softmax 与交叉熵；像素按 IN-2；偏置从 0 开始。" +
            $"每层权重的平均 |dL/dw|，在初始权重处，用内嵌的 Fashion-MNIST 子集的 {Batch(samples)} 张图像，对种子 {conditions.Seed} 起的 {seeds} 次抽取求平均。" +
            $"然后在 {Digits.Count(train.Count)} 张图像上训练 {epochs} 轮，每批 {Plan.Batch} 张，η = 0.01，动量 0.9。"),
        [
            Table.Of(new("Mean |dL/dw| of each layer, the first is that at the input", "每层的平均 |dL/dw|，最前的一层紧接输入"),
                [drawn, .. layers],
                rows, row => [Both(row.Activation, row.Rule), .. row.Sizes.Select(size => (Said)Digits.Power(size))]),
            Table.Of(new("What a hidden layer makes of the gradient, and what comes of training", "经过一个隐藏层，梯度变成几倍；以及训练的结果"),
                [drawn, new($"factor for each hidden layer, 2 to {depth}", $"每个隐藏层的因子，第 2 至 {depth} 层"), Course.LossOfLast, Course.HeldOut],
                rows, row => [Both(row.Activation, row.Rule), Digits.Fixed(Factor(row.Sizes), 3), Digits.Fixed(row.Course.Last, 3), Digits.Percent(row.Course.Accuracy)]),
        ],
        [
            .. Activations.Select(activation =>
            {
                Said factors = Said.Join(new(", ", "，"), rows.Where(row => row.Activation == activation.Name).Select(row => Digits.Fixed(Factor(row.Sizes), 3) is var factor
                    ? new Said($"times {factor} ({row.Rule.English})", $"乘以 {factor}（{row.Rule.Chinese}）") : default));
                return new Said($"{activation.Name}, from a hidden layer to the one before it: {factors.English}.", $"{activation.Name}，从一个隐藏层到前一个隐藏层：{factors.Chinese}。");
            }),
        ],
        new(new("Mean size of the gradient in each layer, logarithmic, for three activations and three ways to draw the weights", "每层梯度的平均大小，取对数，三种激活函数，三种抽取权重的办法"),
            new Plot(new("Mean |dL/dw| by layer, at the first weights", "各层的平均 |dL/dw|，在初始权重处"), new(new("layer, from the input", "层，从输入数起"), Names: layers),
                new(new("mean |dL/dw|", "平均 |dL/dw|"), AxisScale.Logarithmic),
                [.. rows.Select((row, r) => new Series(Both(row.Activation, row.Rule), [.. row.Sizes.Select((size, layer) => ((double)layer, size))], Mark.DottedLine,
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
