using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;

namespace CnnVerified.Experiments.Networks;

/// <summary>Trainings of LeNet-5 on the embedded images that differ in one thing, each from several seeds.</summary>
/// <param name="conditions">Seed and extent, and where to compute.</param>
/// <param name="epochs">Passes over the images in the full run.</param>
/// <param name="seeds">Seeds of each training in the full run.</param>
internal sealed class Trials(Conditions conditions, int epochs, int seeds)
{
    private readonly (ImageSet Train, ImageSet HeldOut) _images = Images(conditions);

    public int Epochs { get; } = conditions.Either(epochs, 1);

    public IReadOnlyList<int> Seeds { get; } = [.. Enumerable.Range(conditions.Seed, conditions.Either(seeds, 1))];

    /// <summary>The training images, for what is measured on them.</summary>
    public ImageSet Train => _images.Train;

    /// <summary>What was run, in words.</summary>
    public Said Setting => new(
        $"LeNet-5 (6@5×5, pooling 2×2, 16@5×5, pooling 2×2, 120@5×5, 84, 10; tanh; softmax with cross-entropy) on the embedded subset of Fashion-MNIST, " +
        $"{Digits.Count(_images.Train.Count)} training and {Digits.Count(_images.HeldOut.Count)} held-out images. Batch {Plan.Batch}, {Count(Epochs, "pass", "passes")}, weights drawn " +
        $"by IT-2, {Count(Seeds.Count, "seed", "seeds")} from {Seeds[0]}.",
        $"LeNet-5（6@5×5，池化 2×2，16@5×5，池化 2×2，120@5×5，84，10；tanh；softmax 与交叉熵），用内嵌的 Fashion-MNIST 子集：" +
        $"{Digits.Count(_images.Train.Count)} 张训练图像，{Digits.Count(_images.HeldOut.Count)} 张留出图像。每批 {Plan.Batch} 张，训练 {Epochs} 轮，权重按 IT-2 抽取，" +
        $"种子从 {Seeds[0]} 起，共 {Seeds.Count} 个。");

    public static Said Repeatability { get; } = new("The engine states the order of each of its sums and the operations of exp and tanh, so losses and accuracies are the same on every machine, for any vector width and number of threads.",
        "引擎规定了每个求和的次序，以及 exp 和 tanh 的运算步骤，所以损失和准确率在任何机器上都相同，与向量宽度和线程数无关。");

    /// <summary>Images and their scaling.</summary>
    public (Samples Train, Samples HeldOut) Scaled(PixelScale scale) => (new(_images.Train, 32, scale), new(_images.HeldOut, 32, scale));

    /// <summary>Trains once for each seed.</summary>
    /// <param name="name">What is tried.</param>
    /// <param name="network">Makes the network.</param>
    /// <param name="samples">What it is trained and judged on.</param>
    /// <param name="plan">Changes the usual plan.</param>
    public Course[] Run(string name, Func<TrialNetwork> network, (Samples Train, Samples HeldOut) samples, Func<Plan, Plan>? plan = null) =>
        [.. Seeds.Select(seed =>
        {
            conditions.Progress($"{name}, seed {seed}");
            TrialNetwork trial = network();
            trial.Initialise(seed, Network.Glorot);
            var usual = new Plan(Epochs, seed);
            return Course.Of(trial, samples.Train, samples.HeldOut, plan?.Invoke(usual) ?? usual, conditions);
        })];

    /// <summary>The embedded images: all, or a few for a small run.</summary>
    public static (ImageSet Train, ImageSet HeldOut) Images(Conditions conditions)
    {
        var (train, heldOut) = ImageSet.Embedded();
        return conditions.Extent == Extent.Full ? (train, heldOut) : (train.First(128), heldOut.First(64));
    }

    /// <summary>A number with its noun.</summary>
    public static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";
}
