using CnnVerified.Experiments;
using CnnVerified.Experiments.Networks;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The network of the experiments is the engine's where nothing is exchanged, and a slip changes what it says and nothing else.</summary>
public sealed class ExperimentNetworkTests : IDisposable
{
    private const int N = 8;

    private static readonly (ImageSet Train, ImageSet HeldOut) Images = ImageSet.Embedded();

    private readonly Conditions _conditions = new(7, Extent.Small, new Execution(threads: 1), _ => { }, default);

    public void Dispose() => _conditions.On.Dispose();

    public static TheoryData<string, string> Slips => new()
    {
        { "ER-2", "C1.w C1.b C3.w C3.b" },
        { "ER-1", "C1.w C3.w C5.w" },
        { "ER-7", "C1.w C3.w C5.w" },
        { "ER-12", "C1.w C1.b C3.w C3.b C5.w C5.b F6.w F6.b" },
        { "ER-13", "C1.w C1.b C3.w C3.b C5.w C5.b F6.w F6.b" },
        { "ER-5", "C1.w C1.b C3.w C3.b C5.w C5.b F6.w F6.b" },
        { "ER-16", "C1.w C1.b C3.w C3.b C5.w C5.b F6.w F6.b" },
        { "ER-C9", "C1.w C1.b C3.w C3.b C5.w C5.b F6.w F6.b output.w output.b" },
        { "ER-20", "C1.b C3.b C5.b F6.b output.b" },
        { "ER-19", "C1.b C3.b C5.b" },
        { "not listed", "C1.b C3.b C5.b F6.b output.b" },
        { "section 4", "C1.w C1.b" },
        { "ER-3", "C1.w C1.b C3.w C3.b" },
    };

    [Fact]
    public void Training_it_has_the_bits_of_the_trainer()
    {
        var (train, heldOut) = (Images.Train.First(100), Images.HeldOut.First(50));
        var trainer = new Trainer(train, heldOut, "test", new(Epochs: 2, Batch: Plan.Batch, Rate: 0.02f, Momentum: 0.8f, Seed: 7), _conditions.On);
        Epoch[] epochs = [.. trainer.Epochs((_, _) => { }, default)];

        TrialNetwork network = TrialNetwork.LeNet5(Plan.Batch);
        network.Initialise(7, Network.Glorot);
        PixelScale scale = PixelScale.LeNet5(_conditions.On);
        Course course = Course.Of(network, new(train, 32, scale), new(heldOut, 32, scale), new(2, 7) { Rate = 0.02f, Momentum = 0.8f }, _conditions);

        Assert.Equal(trainer.Run.Losses, course.Steps);
        Assert.Equal(epochs.Select(epoch => epoch.Loss), course.Epochs);
        Assert.Equal(epochs[^1].Accuracy, course.Accuracy);
        Assert.Equal(trainer.Checkpoint().Parameters, network.Parameters.SelectMany(parameter => parameter.Values));
    }

    [Theory]
    [MemberData(nameof(Slips))]
    public void A_slip_changes_the_gradients_that_it_says_and_no_loss(string slip, string changed)
    {
        Slip wrong = Slip.All.Single(each => each.Source == slip);
        Slip right = Slip.All.Single(each => each.IsNone && each.Pooling == wrong.Pooling);

        var (rightLoss, rightGradients) = Step(right);
        var (wrongLoss, wrongGradients) = Step(wrong);

        Assert.Equal(rightLoss, wrongLoss);
        Assert.Equal(changed.Split(' '), rightGradients.Keys.Where(name => !rightGradients[name].SequenceEqual(wrongGradients[name])));
    }

    [Fact]
    public void Every_slip_is_tested_and_stands_in_the_errata()
    {
        string errata = File.ReadAllText(Path.Combine(Notation.DocsLibrary.Root, "docs", "errata.md"));
        Slip[] slips = [.. Slip.All.Where(slip => !slip.IsNone)];
        Assert.Equal(slips.Length, Slips.Count);
        Assert.All(slips.Where(slip => slip.Source is not ("section 4" or "not listed")), slip => Assert.Contains($"```eq {slip.Source} =", errata, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_slip_the_gradient_is_that_of_the_reference_but_for_rounding()
    {
        double rounding = WrongGradients.Rounding(new(Images.Train.First(2), 32, PixelScale.LeNet5(_conditions.On)), 2, _conditions);
        Assert.InRange(rounding, 1e-9, 1e-5);
    }

    [Fact]
    public void The_slips_are_what_the_errata_write()
    {
        var (_, right) = Step(Slip.All[0]);
        Dictionary<string, float[]> Wrong(string source) => Step(Slip.All.Single(each => each.Source == source)).Gradients;

        Assert.Equal(right["F6.b"].Select(value => value / N), Wrong("ER-20")["F6.b"]);
        Assert.Equal(right["C1.w"].Chunk(25).SelectMany(kernel => kernel.Reverse()), Wrong("ER-1")["C1.w"]);
        Assert.Equal(Enumerable.Repeat(right["C3.b"].Sum(), 16), Wrong("ER-19")["C3.b"]);
        Assert.Equal(right["output.w"].Select(value => N * value), Wrong("ER-C9")["output.w"]);
    }

    // Along its own gradient a loss rises by the gradient's squared length. A factor or a term amiss is off by more than a hundredth;
    // the step is short enough for the third derivative and long enough for the rounding of a loss in binary32.
    [Theory]
    [InlineData("mean")]
    [InlineData("max")]
    [InlineData("trainable")]
    [InlineData("sigmoid")]
    [InlineData("rectifier")]
    public void The_gradient_of_every_layer_is_the_slope_of_the_loss(string kind)
    {
        TrialNetwork network = kind switch
        {
            "mean" => TrialNetwork.LeNet5(N),
            "max" => TrialNetwork.LeNet5(N, (maps, _) => new MaxPoolingLayer(maps)),
            "trainable" => TrialNetwork.LeNet5(N, (maps, name) => new SubsamplingLayer(maps, name)),
            _ => Small(kind),
        };
        network.Initialise(7, Network.Glorot);
        float[] targets = Select(network);
        network.Forward(N, _conditions.On);
        network.Loss(N, targets, _conditions.On);
        network.Backward(N, _conditions.On);
        float[][] gradients = [.. network.Parameters.Select(parameter => parameter.Gradient.ToArray())];
        double squares = gradients.Sum(gradient => gradient.Sum(value => (double)value * value));
        float step = (float)(1e-3 / Math.Sqrt(squares));

        double up = Along(step), down = Along(-2 * step);
        Assert.InRange((up - down) / (2 * step) / squares, 0.99, 1.01);

        double Along(float by)
        {
            foreach (var (parameter, gradient) in network.Parameters.Zip(gradients))
                for (int i = 0; i < gradient.Length; i++)
                    parameter.Values[i] += by * gradient[i];
            network.Forward(N, _conditions.On);
            return network.Loss(N, targets, _conditions.On);
        }
    }

    private (float Loss, Dictionary<string, float[]> Gradients) Step(Slip slip)
    {
        TrialNetwork network = slip.Network(N);
        network.Initialise(7, Network.Glorot);
        float[] targets = Select(network);
        float loss = network.Step(N, targets, 0.01f, 0.9f, slip.Order, _conditions.On);
        return (loss, network.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Gradient));
    }

    private float[] Select(TrialNetwork network)
    {
        float[] targets = new float[N * ImageSet.Classes];
        new Samples(Images.Train.First(N), network.Input.H, PixelScale.LeNet5(_conditions.On)).Select([.. Enumerable.Range(0, N)], network.Input, targets);
        return targets;
    }

    private static TrialNetwork Small(string activation)
    {
        var first = new FullyConnectedLayer(new Experiments.Networks.Maps(N, 1, 28, 28, Experiments.Networks.Maps.Kind.Input), "H1", 20);
        Layer squash = activation == "sigmoid" ? new SigmoidLayer(first.Y) : new RectifierLayer(first.Y);
        return new([first, squash, new FullyConnectedLayer(first.Y, "output", 10)]);
    }
}
