using System.CommandLine;
using System.Globalization;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify gradients: a line for each tensor of parameters.</summary>
internal static class GradientsJob
{
    public static Command Command(CancellationToken stop)
    {
        var network = new Option<string?>("--network") { Description = $"{NetworkKind.Names}. Default: all." };
        var images = new Option<int>("--images") { Description = "Images of the batch.", DefaultValueFactory = _ => 4 };
        var sample = new Option<int>("--sample") { Description = "Parameters of each tensor that dual numbers judge: a smaller tensor in full, of a larger one a drawn sample.", DefaultValueFactory = _ => 6 };
        var seed = new Option<int>("--seed") { Description = "Seed of the weights and of the sample.", DefaultValueFactory = _ => 1 };
        var threads = Options.Threads();
        var command = new Command("gradients", """
            Judge the gradient of a whole network on real images, at its first weights and after some training: every parameter against the
            reference within the derived bound, a sample against dual numbers and numerical differences of the reference's loss.

            Examples:
              cnnverify gradients
              cnnverify gradients --network modern --images 2 --sample 16

            Exit code: 0 all hold, 1 otherwise.
            """) { network, images, sample, seed, threads };
        command.SetAction(call => Run(call.GetValue(network), call.GetValue(images), call.GetValue(sample), call.GetValue(seed), call.GetValue(threads), stop));
        return command;
    }

    public static int Run(string? network, int images, int sample, int seed, int? threads, CancellationToken stop)
    {
        VerificationJob.CheckThreads(threads);
        if (images is < 1 or > 100)
            throw new InputException($"--images expected 1 to 100, got {images}.");
        if (sample < 0)
            throw new InputException($"--sample expected at least 0, got {sample}.");
        var kinds = network is null ? NetworkKind.All : [NetworkKind.Find(network)];
        using var on = new Execution(threads: threads);
        bool holds = true;
        foreach (NetworkKind kind in kinds)
            foreach (int steps in new[] { 0, NetworkGradient.TrainingSteps })
            {
                var check = NetworkGradient.Check(kind, ImageSet.Embedded().Train, images, sample, seed, steps, on, stop);
                Write(kind, check);
                holds &= check.Holds;
            }
        AnsiConsole.WriteLine(holds ? "all gradients hold" : "FAILED");
        return holds ? 0 : 1;
    }

    private static void Write(NetworkKind kind, GradientFinding finding)
    {
        AnsiConsole.WriteLine($"{kind.Title} {(finding.Steps == 0 ? "at its first weights" : $"after {finding.Steps} training steps")}, {finding.Images} images, " +
            $"loss {Text(finding.Loss, "F4")}{finding.Note}");
        AnsiConsole.WriteLine("  tensor              size  sampled   engine/bound  vacuous   engine/dual  reference/dual  reference/numeric");
        foreach (TensorFinding tensor in finding.Tensors)
            AnsiConsole.WriteLine($"  {tensor.Name,-16} {tensor.Size,7:N0} {tensor.Sampled,8:N0} {Ratio(tensor.Bound),14} {tensor.Vacuous,8:N0} {Ratio(tensor.EngineDual),13} " +
                $"{Ratio(tensor.ReferenceDual),15} {Ratio(tensor.Numeric),18}{(tensor.Holds ? "" : "  FAILED")}");
    }

    private static string Ratio(double? ratio) => ratio is { } value ? Text(value, value is > 0 and < 0.001 ? "0.0e-0" : "0.000") : "-";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
