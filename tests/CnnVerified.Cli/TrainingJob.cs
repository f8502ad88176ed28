using System.CommandLine;
using System.Globalization;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Reports;
using CnnVerified.Verification.Training;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>What cnnverify train was called with; null where nothing was said.</summary>
internal sealed record TrainCall(string? Network, string? Data, int? Images, int? Epochs, int? Batch, float? Rate, float? Momentum, int? Seed,
    string Engine, int? Threads, string? Checkpoint, string? Resume, string? Weights = null);

/// <summary>cnnverify train: a line for each epoch.</summary>
internal static class TrainingJob
{
    public static Command Command(CancellationToken stop)
    {
        var network = Network();
        var data = new Option<string?>("--data") { Description = "Folder with the four IDX files of a full set (plain or .gz), or 'full' for Debian's Fashion-MNIST where installed. Default: the embedded 6,000 + 1,000 images." };
        var images = new Option<int?>("--images") { Description = "Train on the first so many images and be judged on the first so many held-out ones. Default: all." };
        var epochs = new Option<int?>("--epochs") { Description = $"Passes over the training images. Default: {Defaults(settings => settings.Epochs)}." };
        var batch = new Option<int?>("--batch") { Description = $"Images a step. Default: {Defaults(settings => settings.Batch)}." };
        var rate = new Option<float?>("--rate") { Description = $"Learning rate; lenet5-1998 lowers it as published. Default: {Defaults(settings => settings.Rate)}." };
        var momentum = new Option<float?>("--momentum") { Description = $"Momentum of {WithMomentum}, from 0 to below 1. Default: {Number(NetworkKind.All[0].Defaults.Momentum)}." };
        var seed = new Option<int?>("--seed") { Description = $"Seed of the weights, of the order of images and of dropout. Default: {NetworkKind.All[0].Defaults.Seed}." };
        var engine = new Option<string>("--engine") { Description = "optimized (the widest vectors), scalar, v128, v256, v512, or reference, which is slow: name a few --images.", DefaultValueFactory = _ => "optimized" };
        var threads = Options.Threads();
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Write the state to this file at the start and after every epoch." };
        var resume = new Option<string?>("--resume") { Description = "Go on from a checkpoint, with its network and settings; the end is bit for bit that of a run without a break." };
        var weights = Options.Weights("Begin with the weights of an NPZ file instead of drawn ones, such as export --npz writes.");
        var command = new Command("train", """
            Train a network: LeNet-5 as it is usually taught, as it was published in 1998, a small network of today's parts, or one in the manner of VGG.

            Examples:
              cnnverify train
              cnnverify train --network lenet5-1998
              cnnverify train --network modern --data full --epochs 3 --checkpoint modern.ckpt
              cnnverify train --resume modern.ckpt --data full --epochs 5
              cnnverify train --network vgg --epochs 4
              cnnverify train --weights lenet5.npz --epochs 1
              cnnverify train --engine reference --images 20 --epochs 1 --batch 4
            """) { network, data, images, epochs, batch, rate, momentum, seed, engine, threads, checkpoint, resume, weights };
        command.SetAction(call => Run(new(call.GetResult(network) is { Implicit: false } ? call.GetValue(network) : null, call.GetValue(data), call.GetValue(images),
            call.GetValue(epochs), call.GetValue(batch), call.GetValue(rate), call.GetValue(momentum), call.GetValue(seed),
            call.GetValue(engine)!, call.GetValue(threads), call.GetValue(checkpoint), call.GetValue(resume), call.GetValue(weights)), stop));
        return command;
    }

    private static Option<string> Network() => new("--network") { Description = $"{NetworkKind.Names}.", DefaultValueFactory = _ => NetworkKind.All[0].Name };

    private static string WithMomentum => string.Join(" or ", NetworkKind.All.Where(HasMomentum).Select(kind => kind.Name));

    private static bool HasMomentum(NetworkKind kind) => kind.Defaults.Momentum > 0;

    private static string Defaults<T>(Func<TrainingSettings, T> of) where T : IFormattable =>
        string.Join(", ", NetworkKind.All.Select(kind => $"{Number(of(kind.Defaults))} ({kind.Name})"));

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    public static int Run(TrainCall call, CancellationToken stop)
    {
        if (call.Engine == "text")
            throw new InputException("--engine expected optimized, scalar, v128, v256, v512 or reference, got 'text'.");
        VerificationJob.CheckThreads(call.Threads);
        if (call.Checkpoint is not null)
            AtomicFile.EnsureWritable(call.Checkpoint);
        if (call.Resume is not null && call.Weights is not null)
            throw new InputException("train expected either --resume or --weights, got both.");
        var checkpoint = call.Resume is null ? null : Checkpoint.Load(call.Resume);
        if (checkpoint is not null && call.Network is not null && call.Network != checkpoint.Settings.Network)
            throw new InputException($"{call.Resume}: expected a checkpoint of {NetworkKind.Find(call.Network).Name}, got one of {checkpoint.Settings.Network}.");
        NetworkKind kind = NetworkKind.Find(checkpoint?.Settings.Network ?? call.Network ?? NetworkKind.All[0].Name);
        TrainingSettings settings = checkpoint is null ? Settings(kind, call) : checkpoint.Settings with { Epochs = call.Epochs ?? checkpoint.Settings.Epochs };
        Check(kind, settings);
        var (train, heldOut, name) = Images(call.Data);
        if (settings.Images > 0)
            (train, heldOut) = (train.First(settings.Images), heldOut.First(settings.Images));
        bool reference = call.Engine == "reference";
        using var on = new Execution(reference ? null : VerificationJob.Width(call.Engine), call.Threads);
        var trainer = reference ? Trainer.OfReference(train, heldOut, name, settings, on) : new Trainer(train, heldOut, name, settings, on);
        if (checkpoint is not null)
            trainer.Resume(checkpoint);
        if (call.Weights is not null)
            trainer.Begin(Weights.Read(kind, call.Weights));
        AnsiConsole.WriteLine($"{kind.Title} on {name}: {train.Count:N0} training and {heldOut.Count:N0} held-out images; batch {settings.Batch}, rate " +
            $"{Number(settings.Rate)}{(settings.Momentum > 0 ? $", momentum {Number(settings.Momentum)}" : "")}, seed {settings.Seed}; {trainer.Run.Engine}");
        if (call.Checkpoint is not null)
            trainer.Checkpoint().Save(call.Checkpoint);
        Train(trainer, settings.Epochs, train.Count, call.Checkpoint, stop);
        AnsiConsole.WriteLine(trainer.Run.Epochs.Count == 0
            ? $"nothing to train: the checkpoint has {checkpoint!.Epochs} epochs and --epochs is {settings.Epochs}"
            : $"{trainer.Run.Epochs.Count} epochs, held-out accuracy {Percent(trainer.Run.Epochs[^1].Accuracy)}");
        return 0;
    }

    private static TrainingSettings Settings(NetworkKind kind, TrainCall call)
    {
        if (call.Momentum is not null && !HasMomentum(kind))
            throw new InputException($"--momentum expected --network {WithMomentum}, whose update rule has one, got {kind.Name}.");
        return kind.Defaults with
        {
            Epochs = call.Epochs ?? kind.Defaults.Epochs,
            Batch = call.Batch ?? kind.Defaults.Batch,
            Rate = call.Rate ?? kind.Defaults.Rate,
            Momentum = call.Momentum ?? kind.Defaults.Momentum,
            Seed = call.Seed ?? kind.Defaults.Seed,
            Images = call.Images is { } images ? images > 0 ? images : throw new InputException($"--images expected at least 1, got {images}.") : 0,
        };
    }

    /// <summary>Trains, with a line for each epoch and a live one within it.</summary>
    public static void Train(Trainer trainer, int epochs, int images, string? checkpoint, CancellationToken stop)
    {
        void Lines(Action<int, int> progress)
        {
            foreach (Epoch epoch in trainer.Epochs(progress, stop))
            {
                if (checkpoint is not null)
                    trainer.Checkpoint().Save(checkpoint);
                AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"epoch {epoch.Number,2}/{epochs}  loss {epoch.Loss:F4}  held-out {Percent(epoch.Accuracy)}  {epoch.ImagesPerSecond:N0} images/s"));
            }
        }

        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            AnsiConsole.Status().Start("training", status => Lines((epoch, done) => status.Status($"epoch {epoch}: {done:N0} of {images:N0} images")));
        else
            Lines((_, _) => { });
    }

    /// <summary>The images that --data names.</summary>
    public static (ImageSet Train, ImageSet HeldOut, string Name) Images(string? data)
    {
        if (data is null)
        {
            var (train, heldOut) = ImageSet.Embedded();
            return (train, heldOut, "the embedded subset of Fashion-MNIST");
        }
        string directory = data != "full" ? data : ImageSet.DebianDirectory
            ?? throw new InputException("--data full expected Debian's package dataset-fashion-mnist, which is not installed; name a folder instead.");
        var loaded = ImageSet.Load(directory);
        return (loaded.Train, loaded.Test, directory);
    }

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:F1} %");

    private static void Check(NetworkKind kind, TrainingSettings settings)
    {
        if (settings.Epochs < 1)
            throw new InputException($"--epochs expected at least 1, got {settings.Epochs}.");
        if (settings.Batch < 1 || settings.Batch > kind.LargestBatch)
            throw new InputException($"--batch expected 1 to {kind.LargestBatch}, got {settings.Batch}.");
        if (!float.IsFinite(settings.Rate) || settings.Rate < 0)
            throw new InputException($"--rate expected a finite number of at least 0, got {Number(settings.Rate)}.");
        if (!(settings.Momentum >= 0 && settings.Momentum < 1))
            throw new InputException($"--momentum expected a number from 0 to below 1, got {Number(settings.Momentum)}.");
    }

    private static string Number(float value) => value.ToString(CultureInfo.InvariantCulture);
}
