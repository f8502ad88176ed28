using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;
using Xunit;
using Reference5 = CnnVerified.Reference.Networks.LeNet5;

namespace CnnVerified.Tests;

public sealed class TrainingTests
{
    private static readonly (ImageSet Train, ImageSet HeldOut) Images = ImageSet.Embedded();

    [Fact]
    public void The_networks_have_the_published_number_of_parameters()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        int[] Layers(Network network) => [.. network.Tensors.GroupBy(tensor => tensor.Name.Split('.')[0]).Select(layer => layer.Sum(tensor => tensor.Trained))];
        Assert.Equal([156, 2416, 48120, 10164, 850], Layers(new LeNet5(1, on)));
        Assert.Equal([156, 12, 1516, 32, 48120, 10164], Layers(new LeNet5Of1998(1, on)));
        Assert.Equal([144, 32, 4608, 64, 15690], Layers(new Modern(1, on)));
        Assert.Equal([160, 2320, 4640, 9248, 200832, 1290], Layers(new SmallVgg(1, on)));
        Assert.Equal((61_706, 60_000, 20_538, 218_490), (LeNet5.ParameterCount, LeNet5Of1998.ParameterCount, Modern.ParameterCount, SmallVgg.ParameterCount));
        Assert.Equal(60_000, Layers(new LeNet5Of1998(1, on)).Sum());
    }

    [Fact]
    public void Both_implementations_have_the_same_parameters()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        Assert.Equal(Reference5.ParameterShapes, new LeNet5(1, on).Tensors.Select(tensor => tensor.Shape.ToArray()));
        Assert.Equal(Reference.Networks.LeNet5Of1998.ParameterShapes, new LeNet5Of1998(1, on).Tensors.Select(tensor => tensor.Shape.ToArray()));
        Assert.Equal(Reference.Networks.Modern.ParameterShapes, new Modern(1, on).Tensors.Select(tensor => tensor.Shape.ToArray()));
        Assert.Equal(Reference.Networks.SmallVgg.ParameterShapes, new SmallVgg(1, on).Tensors.Select(tensor => tensor.Shape.ToArray()));
        Assert.All(NetworkKind.All, kind =>
        {
            ITrainable engine = kind.OnEngine(1, on), reference = kind.OnReference(on);
            engine.Initialise(3);
            reference.Initialise(3);
            Assert.Equal((kind.Parameters, kind.State), (engine.Parameters.Length, engine.State.Length));
            Assert.Equal(engine.Parameters, reference.Parameters);
            Assert.Equal(engine.State, reference.State);
        });
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-1998")]
    [InlineData("modern")]
    [InlineData("vgg")]
    public void Reference_and_engine_train_to_nearly_the_same_network(string name)
    {
        using var on = new Execution();
        ImageSet few = Images.Train.First(4);
        var settings = NetworkKind.Find(name).Defaults with { Epochs = 1, Batch = 2 };
        Trainer engine = new(few, few, "test", settings, on), reference = Trainer.OfReference(few, few, "test", settings, on);
        Assert.Single(engine.Epochs((_, _) => { }, default));
        Assert.Single(reference.Epochs((_, _) => { }, default));
        Assert.Equal(engine.Run.Losses, reference.Run.Losses, (a, b) => Math.Abs(a - b) < 1e-4 * Math.Abs(a));
    }

    [Fact]
    public void Reference_and_engine_stay_within_the_derived_bound_in_lockstep()
    {
        using var on = new Execution();
        var steps = Lockstep.Run(Images.Train, 2, 2, new TrainingSettings(), on, default).ToList();
        Assert.Equal([1, 2], steps.Select(step => step.Step));
        Assert.All(steps, step =>
        {
            Assert.InRange(step.WorstRatio, 0, 1);
            Assert.True(step.WeightDifference > 0, "two implementations that never differ by a bit are one");
            Assert.InRange(step.LossBound, step.LossDifference, 1e-3);
            Assert.InRange(step.WeightBound, 0, 1e-5);
        });
    }

    [Fact]
    public void Lockstep_sees_an_engine_whose_momentum_is_off_by_a_thousandth()
    {
        // The reference is told one momentum, a step of the engine alone another: the bound must be tight enough to see it.
        using var on = new Execution();
        var settings = new TrainingSettings();
        double bound = Lockstep.Run(Images.Train, 2, 2, settings, on, default).Last().WeightBound;

        float[] After(float momentum)
        {
            var batches = new Batches(Images.Train, 2, on);
            var network = new LeNet5(2, on);
            network.Initialise(new Random(settings.Seed), LeNet5.LeCun);
            for (int step = 0; step < 2; step++)
            {
                batches.Select([2 * step, 2 * step + 1]);
                network.Step(batches.X(2), batches.H(2), settings.Rate, momentum);
            }
            return network.Parameters.ToArray();
        }

        double difference = After(0.9f).Zip(After(0.9009f), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(difference > 10 * bound, $"difference {difference}, bound {bound}");
    }

    [Fact]
    public void One_epoch_learns_and_repeats_bit_for_bit_on_other_widths_and_threads()
    {
        int[] Run(VectorWidth width, int threads, out float[] losses)
        {
            using var on = new Execution(width, threads);
            var trainer = new Trainer(Images.HeldOut, Images.HeldOut, "test", new TrainingSettings(Epochs: 1), on);
            Assert.Single(trainer.Epochs((_, _) => { }, default));
            losses = [.. trainer.Run.Losses];
            return [.. trainer.Checkpoint().Parameters.Select(BitConverter.SingleToInt32Bits)];
        }

        int[] expected = Run(Execution.Widest, 2, out float[] first);
        Assert.True(first[^4..].Average() < 0.75 * first[0], $"the loss went from {first[0]} to {first[^4..].Average()}");
        Assert.Equal(expected, Run(EngineList.Widths[Math.Max(0, EngineList.Widths.Count - 2)], 3, out float[] second));
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_resumed_run_ends_with_the_bits_of_a_run_without_a_break()
    {
        using var folder = new TemporaryFolder();
        using var on = new Execution();
        ImageSet few = Images.HeldOut;
        Trainer Fresh(int epochs) => new(few, few, "test", new TrainingSettings(epochs), on);

        Trainer whole = Fresh(3);
        Assert.Equal(3, whole.Epochs((_, _) => { }, default).Count());

        Trainer first = Fresh(1);
        Assert.Single(first.Epochs((_, _) => { }, default));
        first.Checkpoint().Save(folder.File("a.ckpt"));

        Trainer second = Fresh(3);
        second.Resume(Checkpoint.Load(folder.File("a.ckpt")));
        Assert.Equal([2, 3], second.Epochs((_, _) => { }, default).Select(epoch => epoch.Number));
        Assert.Equal(whole.Checkpoint().Parameters, second.Checkpoint().Parameters);
        Assert.Equal(whole.Checkpoint().State, second.Checkpoint().State);
    }

    [Fact]
    public void A_checkpoint_of_another_network_or_of_other_images_is_refused_in_one_line()
    {
        using var on = new Execution(VectorWidth.Scalar, 1);
        Trainer Of(string network, ImageSet images) => new(images, images, "test", NetworkKind.Find(network).Defaults, on);
        ImageSet few = Images.Train.First(40);
        Checkpoint modern = Of("modern", few).Checkpoint();
        Assert.Equal("expected a checkpoint of lenet5, got one of modern.", Assert.Throws<InputException>(() => Of("lenet5", few).Resume(modern)).Message);
        Assert.Contains("got others", Assert.Throws<InputException>(() => Of("modern", Images.Train.First(41)).Resume(modern)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        using var on = new Execution();
        string path = folder.File("a.ckpt");
        new Trainer(Images.HeldOut, Images.HeldOut, "test", new TrainingSettings(), on).Checkpoint().Save(path);
        byte[] good = File.ReadAllBytes(path);
        byte[] magic = [.. good], nan = [.. good];
        magic[0] ^= 1;
        BitConverter.GetBytes(float.NaN).CopyTo(nan, good.Length - 400);
        foreach (byte[] bad in new[] { [], good[..^1], [.. good, 0], magic, nan })
        {
            File.WriteAllBytes(path, bad);
            Assert.DoesNotContain('\n', Assert.Throws<InputException>(() => Checkpoint.Load(path)).Message);
        }
        Assert.Throws<InputException>(() => Checkpoint.Load(folder.File("none.ckpt")));
    }

    [Fact]
    public void A_learning_rate_that_blows_up_ends_with_a_clear_line()
    {
        using var on = new Execution();
        var trainer = new Trainer(Images.HeldOut, Images.HeldOut, "test", new TrainingSettings(1, Rate: 1e38f), on);
        Assert.Contains("training expected a finite loss but got",
            Assert.Throws<InputException>(() => trainer.Epochs((_, _) => { }, default).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_stops_between_steps_and_keeps_its_finished_epochs()
    {
        using var on = new Execution();
        using var stop = new CancellationTokenSource();
        var trainer = new Trainer(Images.HeldOut, Images.HeldOut, "test", new TrainingSettings(3), on);
        Assert.Throws<OperationCanceledException>(() => trainer.Epochs((epoch, done) =>
        {
            if (epoch == 2 && done > 100)
                stop.Cancel();
        }, stop.Token).Count());
        Assert.Single(trainer.Run.Epochs);
    }
}

/// <summary>A folder of a test's own.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cnnverified-");

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
