using System.CommandLine;
using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Training;

namespace CnnVerified.Cli;

/// <summary>The command line: what can be typed, and which job it starts.</summary>
internal static class Commands
{
    /// <summary>The root command.</summary>
    public static RootCommand Root(CancellationToken stop)
    {
        var root = new RootCommand("""
            CnnVerified: every equation of a convolutional network, verified.

            Without a command it runs the main job: it verifies the reference and the optimised engine against exact arithmetic,
            automatic differentiation, numerical gradients and derived error bounds, trains LeNet-5 on both in lockstep and then on
            the engine alone, and writes artifacts/report.html and artifacts/report.json.

            Exit code: 0 all hold, 1 something failed, 2 the call or its input is malformed, 130 stopped by Ctrl+C.
            """);
        root.SetAction(_ => MainJob.Run(stop));
        root.Add(Verify(stop));
        root.Add(List());
        root.Add(Explain());
        root.Add(Train(stop));
        return root;
    }

    private static Command Verify(CancellationToken stop)
    {
        var ids = new Argument<string[]>("ID") { Description = "Equations to verify, such as CV-F1; all where none is named.", Arity = ArgumentArity.ZeroOrMore };
        var engine = new Option<string[]>("--engine") { Description = "reference, optimized (the widest vectors), scalar, v128, v256 or v512; may be repeated. Default: all.", Arity = ArgumentArity.OneOrMore };
        var @case = new Option<string?>("--case") { Description = "Verify this layer shape instead of drawn ones, such as n1c3h30w30-k8r3s3-ph1pw1 (cnnverify explain ID shows the letters)." };
        var cases = new Option<int>("--cases") { Description = "Drawn cases for each equation and oracle.", DefaultValueFactory = _ => 100 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of cases and data, decimal or 0x….", DefaultValueFactory = _ => VerificationJob.DefaultSeed, CustomParser = Seed };
        var threads = Threads();
        var json = new Option<string?>("--json") { Description = "Write the findings to this file as JSON." };
        var html = new Option<string?>("--html") { Description = "Write the findings to this file as one self-contained HTML page." };
        var command = new Command("verify", """
            Verify equations on engines.

            Examples:
              cnnverify verify
              cnnverify verify CV-F1 CV-B1 --engine v256
              cnnverify verify CV-F1 --case n8c256h56w56-k64r1s1 --engine optimized
            """) { ids, engine, @case, cases, seed, threads, json, html };
        command.SetAction(call => VerificationJob.Run(new(
            call.GetValue(ids) ?? [], call.GetValue(engine) ?? [], call.GetValue(@case), call.GetValue(cases), call.GetValue(seed),
            call.GetValue(threads), call.GetValue(json), call.GetValue(html)), stop));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the equations and the oracles that judge them.");
        command.SetAction(_ => Explanations.List());
        return command;
    }

    private static Command Explain()
    {
        var id = new Argument<string>("ID") { Description = "An equation, such as CV-B1." };
        var command = new Command("explain", """
            Explain an equation: formula, shapes, source, where its reference and its twin stand, which oracles judge it.

            Example:
              cnnverify explain CV-B1
            """) { id };
        command.SetAction(call => Explanations.Explain(call.GetRequiredValue(id)));
        return command;
    }

    private static Command Train(CancellationToken stop)
    {
        var defaults = new TrainingSettings();
        var data = new Option<string?>("--data") { Description = "Folder with the four IDX files of a full set (plain or .gz), or 'full' for Debian's Fashion-MNIST where installed. Default: the embedded 6,000 + 1,000 images." };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training images.", DefaultValueFactory = _ => defaults.Epochs };
        var batch = new Option<int>("--batch") { Description = "Images a step.", DefaultValueFactory = _ => defaults.Batch };
        var rate = new Option<float>("--rate") { Description = "Learning rate.", DefaultValueFactory = _ => defaults.Rate };
        var momentum = new Option<float>("--momentum") { Description = "Momentum, from 0 to below 1.", DefaultValueFactory = _ => defaults.Momentum };
        var seed = new Option<int>("--seed") { Description = "Seed of the weights and of the order of images.", DefaultValueFactory = _ => defaults.Seed };
        var engine = new Option<string>("--engine") { Description = "optimized (the widest vectors), scalar, v128, v256 or v512.", DefaultValueFactory = _ => "optimized" };
        var threads = Threads();
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Write the state to this file after every epoch." };
        var resume = new Option<string?>("--resume") { Description = "Go on from a checkpoint, with its settings; the end is bit for bit that of a run without a break." };
        var command = new Command("train", """
            Train LeNet-5 on the engine.

            Examples:
              cnnverify train
              cnnverify train --data full --epochs 3 --checkpoint lenet5.ckpt
              cnnverify train --resume lenet5.ckpt --data full --epochs 5
            """) { data, epochs, batch, rate, momentum, seed, engine, threads, checkpoint, resume };
        command.SetAction(call => TrainingJob.Run(new(call.GetValue(data),
            new TrainingSettings(call.GetValue(epochs), call.GetValue(batch), call.GetValue(rate), call.GetValue(momentum), call.GetValue(seed)),
            call.GetValue(engine)!, call.GetValue(threads), call.GetValue(checkpoint), call.GetValue(resume)), stop));
        return command;
    }

    private static Option<int?> Threads() => new("--threads") { Description = "Threads of the optimised engine. Default: one a core." };

    private static ulong Seed(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (ulong.TryParse(hex ? text[2..] : text, hex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            return seed;
        result.AddError($"--seed expected a whole number from 0 to {ulong.MaxValue}, decimal or 0x…, got '{text}'.");
        return 0;
    }
}
