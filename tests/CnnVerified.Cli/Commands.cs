using System.CommandLine;
using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Checking;
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
        root.Add(Check(stop));
        root.Add(Derive());
        root.Add(Verify(stop));
        root.Add(List());
        root.Add(Explain());
        root.Add(Train(stop));
        root.Add(Gradients(stop));
        return root;
    }

    private static Command Check(CancellationToken stop)
    {
        var files = new Argument<string[]>("FILE-OR-CLAIM") { Description = "Markdown files whose ```eq and ```derivation blocks to check, or - for standard input; with --of or --forward one claim, such as 'db[k] = sum(n,i,j) dy[n,k,i,j]'.", Arity = ArgumentArity.ZeroOrMore };
        var of = Of();
        var by = By();
        var given = Given();
        var forward = Forward();
        var claim = new Option<string?>("--claim") { Description = "The claim, where it is not given as an argument." };
        var where = Where();
        var at = new Option<string?>("--at") { Description = "Fix sizes and whole parameters, such as sh=2,H=5." };
        var json = new Option<bool>("--json") { Description = "Write the verdicts as JSON." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the data, decimal or 0x….", DefaultValueFactory = _ => new CheckSettings().Seed, CustomParser = Seed };
        var timeout = new Option<double>("--timeout") { Description = "Seconds that one claim may take before it is undecided.", DefaultValueFactory = _ => new CheckSettings().Timeout.TotalSeconds };
        var explain = new Option<bool>("--explain") { Description = "For each false claim show where each term of the true gradient at the counterexample comes from; in files every false block is shown in full." };
        var command = new Command("check", """
            Check formulas: is this gradient right, and where is it wrong? docs/notation.md is the language.

            Examples:
              cnnverify check notes.md
              cnnverify check --of CV-F1 --by w 'dw[k,c,r,s] = sum(n,i,j) dy[n,k,i,j]*x[n,floor(k/(K/G))*(C/G)+c,i+r*eh-ph,j+s*ew-pw]'
              cnnverify check --given 'x[H], w[R]' --forward 'y[i:H-R+1] = sum(r) x[i+r]*w[r]' --claim 'dx[u:H] = sum(r) dy[u-r]*w[r]'
              cnnverify check --of FC-F1 --by b 'db[k] = sum(n) dy[n,k]/N' --at N=3 --explain

            Exit code: 0 all hold, are defined, or are what their block says of itself; 1 otherwise; 2 malformed.
            """) { files, of, by, given, forward, claim, where, at, json, seed, timeout, explain };
        command.SetAction(call => CheckJob.Run(new(
            call.GetValue(files) ?? [], call.GetValue(of), call.GetValue(by), call.GetValue(given), call.GetValue(forward) ?? [], call.GetValue(claim),
            call.GetValue(where) ?? [], call.GetValue(at), call.GetValue(json), call.GetValue(seed), call.GetValue(timeout), call.GetValue(explain)), stop));
        return command;
    }

    private static Command Derive()
    {
        var of = Of();
        var by = By();
        var given = Given();
        var forward = Forward();
        var where = Where();
        var command = new Command("derive", """
            Derive a gradient: its formula and the steps that lead to it, as blocks that cnnverify check accepts.

            Examples:
              cnnverify derive --of CV-F1 --by x
              cnnverify derive --given 'x[H], w[R]' --forward 'y[i:H-R+1] = tanh(sum(r) x[i+r]*w[r])' --by w
            """) { of, by, given, forward, where };
        command.SetAction(call => DeriveJob.Run(call.GetValue(of), call.GetValue(by), call.GetValue(given), call.GetValue(forward) ?? [], call.GetValue(where) ?? []));
        return command;
    }

    private static Option<string?> Of() => new("--of") { Description = "The equation of the book that it is about, such as CV-F1." };

    private static Option<string?> By() => new("--by") { Description = "The variable of the gradient." };

    private static Option<string?> Given() => new("--given") { Description = "Tensors and scalars of a forward equation of your own, such as 'x[H,W], w[R,S], sigma > 0'." };

    private static Option<string[]> Forward() => new("--forward") { Description = "A forward equation of your own, such as 'y[i:H-R+1] = sum(r) x[i+r]*w[r]'; may be repeated, the last one is the result.", Arity = ArgumentArity.ZeroOrMore };

    private static Option<string[]> Where() => new("--where") { Description = "A condition that restricts the domain, such as 'R <= H'; may be repeated.", Arity = ArgumentArity.ZeroOrMore };

    private static Command Verify(CancellationToken stop)
    {
        var ids = new Argument<string[]>("ID") { Description = "Equations to verify, such as CV-F1; all where none is named.", Arity = ArgumentArity.ZeroOrMore };
        var engine = new Option<string[]>("--engine") { Description = "text (the equations' own text), reference, optimized (the widest vectors), scalar, v128, v256 or v512; may be repeated. Default: all.", Arity = ArgumentArity.OneOrMore };
        var @case = new Option<string?>("--case") { Description = "Verify this layer shape instead of drawn ones, such as n1c3h30w30-k8r3s3-ph1pw1 (cnnverify explain ID shows the letters)." };
        var cases = new Option<int>("--cases") { Description = "Drawn cases for each equation and oracle.", DefaultValueFactory = _ => 100 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of cases and data, decimal or 0x….", DefaultValueFactory = _ => VerificationJob.DefaultSeed, CustomParser = Seed };
        var threads = Threads();
        var json = new Option<string?>("--json") { Description = "Write the findings to this file as JSON." };
        var html = new Option<string?>("--html") { Description = "Write the findings to this file as one self-contained HTML page." };
        var exhaustive = new Option<bool>("--exhaustive") { Description = "Measure the elementwise functions of the widest engine on all 2^32 inputs instead: the largest error and where, the course, special values. The ids are then those of activations, or exp, log, … ." };
        var output = new Option<string?>("--out") { Description = "With --exhaustive: write the measurements to this file as a page of Markdown." };
        var command = new Command("verify", """
            Verify equations on engines.

            Examples:
              cnnverify verify
              cnnverify verify CV-F1 CV-B1 --engine v256
              cnnverify verify CV-F1 --case n8c256h56w56-k64r1s1 --engine optimized
              cnnverify verify --exhaustive AC-F2 AC-B2
            """) { ids, engine, @case, cases, seed, threads, json, html, exhaustive, output };
        command.Validators.Add(call =>
        {
            if (call.GetResult(output) is not null && !call.GetValue(exhaustive))
                call.AddError("--out expected --exhaustive beside it.");
            Option[] others = [engine, @case, cases, seed, json, html];
            if (call.GetValue(exhaustive) && others.FirstOrDefault(other => call.GetResult(other) is { Implicit: false }) is { } other)
                call.AddError($"--exhaustive expected no {other.Name} beside it: it measures all inputs, on the widest vectors.");
        });
        command.SetAction(call => call.GetValue(exhaustive) ? ExhaustiveJob.Run(call.GetValue(ids) ?? [], call.GetValue(threads), call.GetValue(output), stop) : VerificationJob.Run(new(
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
        var network = Network();
        var data = new Option<string?>("--data") { Description = "Folder with the four IDX files of a full set (plain or .gz), or 'full' for Debian's Fashion-MNIST where installed. Default: the embedded 6,000 + 1,000 images." };
        var images = new Option<int?>("--images") { Description = "Train on the first so many images and be judged on the first so many held-out ones. Default: all." };
        var epochs = new Option<int?>("--epochs") { Description = $"Passes over the training images. Default: {Defaults(settings => settings.Epochs)}." };
        var batch = new Option<int?>("--batch") { Description = $"Images a step. Default: {Defaults(settings => settings.Batch)}." };
        var rate = new Option<float?>("--rate") { Description = $"Learning rate; lenet5-1998 lowers it as published. Default: {Defaults(settings => settings.Rate)}." };
        var momentum = new Option<float?>("--momentum") { Description = $"Momentum of lenet5, from 0 to below 1. Default: {Number(NetworkKind.All[0].Defaults.Momentum)}." };
        var seed = new Option<int?>("--seed") { Description = $"Seed of the weights, of the order of images and of dropout. Default: {NetworkKind.All[0].Defaults.Seed}." };
        var engine = new Option<string>("--engine") { Description = "optimized (the widest vectors), scalar, v128, v256, v512, or reference, which is slow: name a few --images.", DefaultValueFactory = _ => "optimized" };
        var threads = Threads();
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Write the state to this file at the start and after every epoch." };
        var resume = new Option<string?>("--resume") { Description = "Go on from a checkpoint, with its network and settings; the end is bit for bit that of a run without a break." };
        var command = new Command("train", """
            Train a network: LeNet-5 as it is usually taught, as it was published in 1998, or a small network of today's parts.

            Examples:
              cnnverify train
              cnnverify train --network lenet5-1998
              cnnverify train --network modern --data full --epochs 3 --checkpoint modern.ckpt
              cnnverify train --resume modern.ckpt --data full --epochs 5
              cnnverify train --engine reference --images 20 --epochs 1 --batch 4
            """) { network, data, images, epochs, batch, rate, momentum, seed, engine, threads, checkpoint, resume };
        command.SetAction(call => TrainingJob.Run(new(call.GetResult(network) is { Implicit: false } ? call.GetValue(network) : null, call.GetValue(data), call.GetValue(images),
            call.GetValue(epochs), call.GetValue(batch), call.GetValue(rate), call.GetValue(momentum), call.GetValue(seed),
            call.GetValue(engine)!, call.GetValue(threads), call.GetValue(checkpoint), call.GetValue(resume)), stop));
        return command;
    }

    private static Command Gradients(CancellationToken stop)
    {
        var network = new Option<string?>("--network") { Description = "lenet5, lenet5-1998 or modern. Default: all three." };
        var images = new Option<int>("--images") { Description = "Images of the batch.", DefaultValueFactory = _ => 4 };
        var sample = new Option<int>("--sample") { Description = "Parameters of each tensor that dual numbers judge: a smaller tensor in full, of a larger one a drawn sample.", DefaultValueFactory = _ => 6 };
        var seed = new Option<int>("--seed") { Description = "Seed of the weights and of the sample.", DefaultValueFactory = _ => 1 };
        var threads = Threads();
        var command = new Command("gradients", """
            Judge the gradient of a whole network on real images, at its first weights and after some training: every parameter against the
            reference within the derived bound, a sample against dual numbers and numerical differences of the reference's loss.

            Examples:
              cnnverify gradients
              cnnverify gradients --network modern --images 2 --sample 16

            Exit code: 0 all hold, 1 otherwise.
            """) { network, images, sample, seed, threads };
        command.SetAction(call => GradientsJob.Run(call.GetValue(network), call.GetValue(images), call.GetValue(sample), call.GetValue(seed), call.GetValue(threads), stop));
        return command;
    }

    private static Option<string> Network() => new("--network") { Description = "lenet5, lenet5-1998 or modern.", DefaultValueFactory = _ => NetworkKind.All[0].Name };

    private static string Defaults<T>(Func<TrainingSettings, T> of) where T : IFormattable =>
        string.Join(", ", NetworkKind.All.Select(kind => $"{Number(of(kind.Defaults))} ({kind.Name})"));

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

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
