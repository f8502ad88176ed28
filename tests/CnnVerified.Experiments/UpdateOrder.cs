using System.Numerics.Tensors;
using CnnVerified.Experiments.Networks;
using CnnVerified.Optimized.Networks;
using CnnVerified.Reference.Equations;
using CnnVerified.Verification.Images;

namespace CnnVerified.Experiments;

/// <summary>How far the gradient of LeNet-5 is off where the residual goes back through weights that are already updated (ER-16).</summary>
internal sealed class UpdateOrder : IExperiment
{
    private static readonly Window Halving = new() { Sh = 2, Sw = 2 };

    // The layers whose gradient is wrong, from the output down, and their place among the parameters.
    private static readonly (string Name, int Place)[] Layers = [("F6", 6), ("C5", 4), ("C3", 2), ("C1", 0)];

    public string Name => "update-order";

    public Said Question => new("Does the residual go back through the weights before or after their update?", "残差往回传时，经过的是更新之前的权重，还是更新之后的？");

    public Said Repeatability => new(
        "The first table is computed in binary64 with the exp and tanh of the platform: its last digit may differ elsewhere. The second is the engine's: " +
        "losses are the same on every machine, for any vector width and number of threads.",
        "第一张表用平台自带的 exp 和 tanh 以 binary64 计算：换一台机器，最后一位可能不同。第二张表由引擎计算：损失在任何机器上都相同，与向量宽度和线程数无关。");

    public ExperimentRecord Run(Conditions conditions)
    {
        double[] rates = [.. Enumerable.Range(0, conditions.Either(13, 4)).Select(step => Math.Pow(10, -(double)step / 2 - conditions.Either(0, 2)))];
        int images = conditions.Either(4, 1);
        conditions.Progress("gradients of the reference");
        var errors = Errors(rates, images, conditions);
        var small = rates.Zip(errors).Where(each => each.First <= 0.0101).ToArray();
        double Slope(int layer) => Digits.Slope([.. small.Select(each => (Math.Log10(each.First), Math.Log10(each.Second[layer])))]);

        string slopes = string.Join(", ", Layers.Select((layer, l) => $"{layer.Name}.w {Digits.Fixed(Slope(l), 3)}"));

        var trials = new Trials(conditions, epochs: 2, seeds: 2);
        var samples = trials.Scaled(PixelScale.LeNet5(conditions.On));
        float[] trained = conditions.Either<float[]>([0.001f, 0.003f, 0.01f, 0.03f, 0.1f], [0.01f]);
        var courses = trained.Select(rate => (Rate: rate, Right: Train(rate, Order.ResidualFirst), Early: Train(rate, Order.UpdateFirst))).ToArray();
        Course[] Train(float rate, Order order) =>
            trials.Run($"rate {rate}, {order}", () => TrialNetwork.LeNet5(Plan.Batch), samples, plan => plan with { Rate = rate, Order = order });

        return new(new(
            $"First the gradient itself: LeNet-5 of the reference in binary64 on {Trials.Count(images, "image", "images")}, one step of gradient descent. " +
            $"Then training: {trials.Setting.English} Momentum 0.9.",
            $"先看梯度本身：参考实现的 LeNet-5，以 binary64 计算，{images} 张图像，梯度下降一步。再看训练：{trials.Setting.Chinese}动量 0.9。"),
        [
            Table.Of(new("Relative error of a layer's weight gradient, ‖wrong − right‖/‖right‖, where each layer above is updated before the residual passes it",
                    "上面各层都在残差经过之前更新时，各层权重梯度的相对误差 ‖错 − 对‖/‖对‖"),
                ["η", .. Layers.Select(layer => $"{layer.Name}.w")],
                rates.Zip(errors), row => [Digits.Power(row.First), .. row.Second.Select(Digits.Power)]),
            Table.Of(new("Loss of the last pass and held-out accuracy with either order: mean (smallest to largest)", "两种顺序下最后一轮的损失和留出准确率：平均（最小至最大）"),
                [
                    "η", new("loss, residual first", "损失，先反传"), new("loss, update first", "损失，先更新"), new("accuracy, residual first", "准确率，先反传"),
                    new("accuracy, update first", "准确率，先更新"),
                ],
                courses, row => [Digits.Plain(row.Rate), Course.Losses(row.Right, 4), Course.Losses(row.Early, 4), Course.Accuracies(row.Right), Course.Accuracies(row.Early)]),
        ],
        [
            new($"Slope of log error over log η, for η ≤ 0.01: {slopes}.", $"η ≤ 0.01 时，误差的对数对 η 的对数的斜率：{slopes}。"),
            new("The gradient of output.w does not pass through updated weights: its error is 0.", "output.w 的梯度不经过更新后的权重：误差为 0。"),
        ],
        new(new("Relative error of the weight gradients over the learning rate, both axes logarithmic: straight lines of slope 1", "权重梯度的相对误差随学习率的变化，两轴都取对数：斜率为 1 的直线"),
            new Plot(new("Residual through updated weights: error of the gradient", "残差经过更新后的权重：梯度的误差"), new(new("learning rate η", "学习率 η"), AxisScale.Logarithmic),
                new(new("relative error", "相对误差"), AxisScale.Logarithmic),
                [.. Layers.Select((layer, l) => new Series($"{layer.Name}.w", [.. rates.Zip(errors, (rate, row) => (rate, row[l])).Reverse()], Mark.DottedLine, l))])));
    }

    /// <summary>The relative error of each layer's weight gradient, the layer nearest to the output first.</summary>
    internal static double[][] Errors(double[] rates, int images, Conditions conditions)
    {
        var network = TrialNetwork.LeNet5(images);
        network.Initialise(conditions.Seed, Network.Glorot);
        float[] targets = new float[images * ImageSet.Classes];
        new Samples(ImageSet.Embedded().Train.First(images), 32, PixelScale.LeNet5(conditions.On)).Select([.. Enumerable.Range(0, images)], network.Input, targets);
        Tensor<double>[] p = [.. network.Parameters.Select(parameter => Exact(parameter.Values, parameter.Shape))];
        Tensor<double> x = Exact(network.Input.Values, [images, 1, 32, 32]), h = Exact(targets, [images, ImageSet.Classes]);
        var right = Reference.Networks.LeNet5.Gradient(p, x, h).Gradients;
        return [.. rates.Select(rate =>
        {
            conditions.Stop.ThrowIfCancellationRequested();
            var wrong = Gradient(p, x, h, rate);
            return Layers.Select(layer => Norm(wrong[layer.Place].Zip(right[layer.Place], (a, b) => a - b)) / Norm(right[layer.Place])).ToArray();
        })];
    }

    /// <summary>The gradient of LeNet-5 where each layer is updated before the residual passes it: that of the reference at η = 0.</summary>
    internal static Tensor<double>[] Gradient(Tensor<double>[] p, Tensor<double> x, Tensor<double> h, double eta)
    {
        Tensor<double> c1 = Each(Tanh.Forward, Convolution.Forward(x, p[0], p[1], Window.Unit)), s2 = MeanPooling.Forward(c1, 2, 2, Halving);
        Tensor<double> c3 = Each(Tanh.Forward, Convolution.Forward(s2, p[2], p[3], Window.Unit)), s4 = MeanPooling.Forward(c3, 2, 2, Halving);
        Tensor<double> c5 = Each(Tanh.Forward, Convolution.Forward(s4, p[4], p[5], Window.Unit)), row = Rasterisation.Forward(c5);
        Tensor<double> f6 = Each(Tanh.Forward, FullyConnected.Forward(row, p[6], p[7])), z = FullyConnected.Forward(f6, p[8], p[9]);

        var dz = CrossEntropy.BackwardData(LogSoftmax.Forward(z), h);
        var dwOutput = FullyConnected.BackwardWeights(dz, f6);
        var df6 = Each(Tanh.BackwardData, FullyConnected.BackwardData(dz, Updated(p[8], dwOutput, eta)), f6);
        var dw6 = FullyConnected.BackwardWeights(df6, row);
        var dc5 = Each(Tanh.BackwardData, Rasterisation.BackwardData(FullyConnected.BackwardData(df6, Updated(p[6], dw6, eta)), 120, 1, 1), c5);
        var dw5 = Convolution.BackwardWeights(dc5, s4, 5, 5, Window.Unit);
        var ds4 = Convolution.BackwardData(dc5, Updated(p[4], dw5, eta), 5, 5, Window.Unit);
        var dc3 = Each(Tanh.BackwardData, MeanPooling.BackwardData(ds4, 10, 10, 2, 2, Halving), c3);
        var dw3 = Convolution.BackwardWeights(dc3, s2, 5, 5, Window.Unit);
        var ds2 = Convolution.BackwardData(dc3, Updated(p[2], dw3, eta), 14, 14, Window.Unit);
        var dc1 = Each(Tanh.BackwardData, MeanPooling.BackwardData(ds2, 28, 28, 2, 2, Halving), c1);
        return
        [
            Convolution.BackwardWeights(dc1, x, 5, 5, Window.Unit), Convolution.BackwardBias(dc1), dw3, Convolution.BackwardBias(dc3), dw5, Convolution.BackwardBias(dc5),
            dw6, FullyConnected.BackwardBias(df6), dwOutput, FullyConnected.BackwardBias(dz),
        ];
    }

    private static Tensor<double> Updated(Tensor<double> w, Tensor<double> dw, double eta) => As(GradientDescent.Step(Row(w), Row(dw), eta), w.Lengths);

    /// <summary>The same numbers in binary64.</summary>
    internal static Tensor<double> Exact(float[] values, nint[] shape) => Tensor.Create([.. values.Select(value => (double)value)], shape);

    private static Tensor<double> As(Tensor<double> x, ReadOnlySpan<nint> shape) => Tensor.Create([.. x], shape);

    private static Tensor<double> Row(Tensor<double> x) => As(x, [x.FlattenedLength]);

    private static Tensor<double> Each(Func<Tensor<double>, Tensor<double>> f, Tensor<double> x) => As(f(Row(x)), x.Lengths);

    private static Tensor<double> Each(Func<Tensor<double>, Tensor<double>, Tensor<double>> f, Tensor<double> dy, Tensor<double> y) => As(f(Row(dy), Row(y)), y.Lengths);

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
