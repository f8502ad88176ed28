using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CnnVerified.Cli.Certificates;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using CnnVerified.Verification.Reports;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>What cnnverify verify was called with.</summary>
internal sealed record VerifyCall(string[] Ids, string[] Engines, string? Case, int Cases, ulong Seed, int? Threads, string? Json, string? Html,
    string? Certificate = null, Shard? Shard = null);

/// <summary>cnnverify verify: a line for each equation and oracle as it is done.</summary>
internal static class VerificationJob
{
    public static Command Command(CancellationToken stop)
    {
        var ids = new Argument<string[]>("ID") { Description = "Equations to verify, such as CV-F1; all where none is named.", Arity = ArgumentArity.ZeroOrMore };
        var engine = new Option<string[]>("--engine") { Description = "text (the equations' own text), reference, optimized (the widest vectors), scalar, v128, v256 or v512, or the path of a .NET library with kernels of your own (docs/adding-an-engine.md); may be repeated. Default: all but libraries.", Arity = ArgumentArity.OneOrMore };
        var @case = new Option<string?>("--case") { Description = "Verify this layer shape instead of drawn ones, such as n1c3h30w30-k8r3s3-ph1pw1 (cnnverify explain ID shows the letters)." };
        var cases = new Option<int>("--cases") { Description = "Drawn cases for each equation and oracle.", DefaultValueFactory = _ => 100 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of cases and data, decimal or 0x….", DefaultValueFactory = _ => DefaultSeed, CustomParser = Options.Seed };
        var threads = Options.Threads();
        var json = new Option<string?>("--json") { Description = "Write the findings to this file as JSON." };
        var html = new Option<string?>("--html") { Description = "Write the findings to this file as one self-contained HTML page." };
        var certificate = new Option<string?>("--certificate") { Description = "Write what was judged to this file, so that cnnverify replay can repeat it (docs/scaling.md)." };
        var shard = new Option<Shard?>("--shard") { Description = "Do the I-th of N parts of the run, such as 1/8; cnnverify merge puts the certificates of all parts together.", CustomParser = Options.Shard, HelpName = "I/N" };
        var exhaustive = new Option<bool>("--exhaustive") { Description = "Measure the elementwise functions of the widest engine on all 2^32 inputs instead: the largest error and where, the course, special values. The ids are then those of activations, or exp, log, … ." };
        var output = new Option<string?>("--out") { Description = "With --exhaustive: write the measurements to this file as a page of Markdown." };
        var command = new Command("verify", """
            Verify equations on engines.

            Examples:
              cnnverify verify
              cnnverify verify CV-F1 CV-B1 --engine v256
              cnnverify verify CV-F1 --case n8c256h56w56-k64r1s1 --engine optimized
              cnnverify verify --engine path/to/My.dll
              cnnverify verify CV-F1 --cases 100000 --shard 3/16 --certificate shard-3.json
              cnnverify verify --exhaustive AC-F2 AC-B2
            """) { ids, engine, @case, cases, seed, threads, json, html, certificate, shard, exhaustive, output };
        command.Validators.Add(call =>
        {
            if (call.GetResult(output) is not null && !call.GetValue(exhaustive))
                call.AddError("--out expected --exhaustive beside it.");
            if (call.GetResult(shard) is not null && call.GetResult(certificate) is null)
                call.AddError("--shard expected --certificate beside it: the parts are put together from their certificates.");
            Option[] others = [engine, @case, cases, seed, json, html, certificate, shard];
            if (call.GetValue(exhaustive) && others.FirstOrDefault(other => call.GetResult(other) is { Implicit: false }) is { } other)
                call.AddError($"--exhaustive expected no {other.Name} beside it: it measures all inputs, on the widest vectors.");
        });
        command.SetAction(call => call.GetValue(exhaustive) ? ExhaustiveJob.Run(call.GetValue(ids) ?? [], call.GetValue(threads), call.GetValue(output), stop) : Run(new(
            call.GetValue(ids) ?? [], call.GetValue(engine) ?? [], call.GetValue(@case), call.GetValue(cases), call.GetValue(seed),
            call.GetValue(threads), call.GetValue(json), call.GetValue(html), call.GetValue(certificate), call.GetValue(shard)), stop));
        return command;
    }

    public const ulong DefaultSeed = 2015;

    private const int MostListed = 12;   // a library with one kernel is asked for hundreds where no equation is named

    private static readonly TimeSpan MostSilence = TimeSpan.FromMinutes(1);

    private static readonly string[] Words = ["text", "reference", "optimized", "scalar", "v128", "v256", "v512"];

    public static int Run(VerifyCall call, CancellationToken stop)
    {
        if (call.Cases < 1)
            throw new InputException($"--cases expected at least 1, got {call.Cases}.");
        Equation[] equations = call.Ids.Length > 0 ? [.. call.Ids.Select(EquationTable.Find).Distinct()] : [.. EquationTable.All];
        if (call.Case is not null && call.Ids.Length == 0)
            throw new InputException("--case expected at least one equation before it: sizes mean different things in different families.");
        if (call.Case is { } text)
            foreach (Equation equation in equations)
                Case.Parse(equation.Family, text);
        foreach (string path in new[] { call.Json, call.Html, call.Certificate }.OfType<string>())
            AtomicFile.EnsureWritable(path);
        if (LibraryProcess.IsNeeded(call.Engines))
            return LibraryProcess.Run(call, stop);
        using var list = new EngineList();
        var engines = Named(list, call.Engines.Length > 0 ? call.Engines : ["text", "reference", .. EngineList.Widths.Select(EngineList.NameOf)], call.Threads);
        WriteMachine();
        var time = Stopwatch.StartNew();
        var claims = Judge(equations, engines, new(call.Cases, call.Seed, call.Case, call.Threads, call.Shard), stop);
        Judgement[] judgements = [.. claims.SelectMany(claim => claim.Judgements())];
        var report = Report(judgements, call.Seed) with
        {
            // Of the engines that are judged where none is named, several are known not to offer everything.
            NotOffered = call.Engines.Length == 0 ? [] : [.. engines
                .Select(engine => new NotOffered(engine.Name, [.. equations.Where(equation => !engine.Offers(equation)).Select(equation => equation.Id)]))
                .Where(each => each.Equations.Count > 0)],
        };
        foreach (NotOffered each in report.NotOffered)
            AnsiConsole.WriteLine($"not offered by {each.Engine}: " + (each.Equations.Count <= MostListed ? string.Join(", ", each.Equations) : $"{each.Equations.Count} of {equations.Length} equations (reports list them)"));
        if (call.Json is not null)
            AtomicFile.Write(call.Json, JsonReport.Text(report));
        if (call.Html is not null)
            AtomicFile.Write(call.Html, HtmlReport.Text(report));
        if (call.Certificate is not null)
            CertificateFile.Write(call.Certificate, Certificate.Of(new(
                [.. equations.Select(equation => equation.Id)], [.. engines.Select(engine => CertifiedEngine.Of(engine, equations))],
                call.Cases, call.Case, call.Seed, call.Threads ?? Environment.ProcessorCount),
                call.Engines.Where(LibraryProcess.IsLibrary).Distinct(), call.Shard, CertifiedRun.Here(call.Shard, time.Elapsed), claims));
        if (report.Checks == 0 && (call.Shard is null || claims.Count == 0))   // a shard may have nothing to do
            throw new InputException(judgements.Length == 0
                ? $"nothing was checked: {string.Join(", ", engines.Select(engine => engine.Name))} offer{(engines.Count == 1 ? "s" : "")} none of these equations."
                : "nothing was checked: no oracle could judge this case on these engines.");
        AnsiConsole.WriteLine(report.Summary);
        return report.Failed == 0 ? 0 : 1;
    }

    /// <summary>The engines with these names.</summary>
    public static List<Engine> Named(EngineList list, IEnumerable<string> names, int? threads)
    {
        CheckThreads(threads);
        var engines = names.Distinct().SelectMany(name => LibraryProcess.IsLibrary(name) ? EngineFile.Load(name)
            : [name == "text" ? EngineList.Text() : name == "reference" ? EngineList.Reference() : list.Optimized(Width(name), threads)]).ToList();
        return engines.GroupBy(engine => engine.Name).FirstOrDefault(same => same.Count() > 1 || Words.Contains(same.Key) && same.First().Argument != same.Key) is { } taken
            ? throw new InputException($"--engine expected engines of different names, got '{taken.Key}' from {string.Join(" and ", taken.Select(engine => engine.Argument))}" +
                (taken.Count() > 1 ? "." : "; that is the name of an engine of this project."))
            : engines;
    }

    public static void CheckThreads(int? threads)
    {
        if (threads is < 1 or > 1024)
            throw new InputException($"--threads expected 1 to 1024, got {threads}.");
    }

    /// <summary>The vector width with this name.</summary>
    public static VectorWidth Width(string name)
    {
        if (!Words.Contains(name))
            throw new InputException($"--engine expected {string.Join(", ", Words[..^1])} or {Words[^1]}, got '{name}'; a library of your own is named by a path that ends in .dll.");
        VectorWidth width = name == "optimized" ? Execution.Widest : Enum.GetValues<VectorWidth>().First(each => EngineList.NameOf(each) == name);
        if (!Execution.IsSupported(width))
            throw new InputException($"--engine {name} expected hardware vectors of {(int)width * 32} bits; this machine has {EngineList.NameOf(Execution.Widest)} at most.");
        return width;
    }

    public static void WriteMachine()
    {
        Machine here = Machine.Here();
        AnsiConsole.WriteLine($"{here.Processor}; {here.Runtime}; {here.System}");
        AnsiConsole.WriteLine($"instruction sets: {here.InstructionSets}");
    }

    /// <summary>Judges, and writes a line for each equation and oracle.</summary>
    public static List<BatteryClaim> Judge(IReadOnlyList<Equation> equations, IReadOnlyList<Engine> engines, BatterySettings settings, CancellationToken stop)
    {
        AnsiConsole.WriteLine($"engines: {string.Join(", ", engines.Select(engine => engine.Name))}; seed {settings.Seed}; " +
            (settings.OnlyCase is { } text ? $"case {text}" : $"{settings.Cases} cases for each equation and oracle") +
            (settings.Shard is { } shard ? $"; shard {shard.Number} of {shard.Of}" : ""));
        return Told(now => Battery.Claims(equations, engines, settings, now, stop));
    }

    /// <summary>Goes through claims and writes a line for each, and beside them what is going on.</summary>
    /// <param name="claims">Makes the claims and tells what it is doing.</param>
    public static List<BatteryClaim> Told(Func<Action<string>, IEnumerable<BatteryClaim>> claims)
    {
        var all = new List<BatteryClaim>();
        var silent = Stopwatch.StartNew();
        void Lines(Action<string> now)
        {
            foreach (BatteryClaim claim in claims(now))
            {
                all.Add(claim);
                if (claim.Blocks.Count > 0)
                    WriteLine(claim.Judgements());
                silent.Restart();
            }
        }

        // A live line on a terminal; in a file the lines of the findings alone, and a sign of life where none comes for a minute.
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            AnsiConsole.Status().Start("drawing cases", status => Lines(text => status.Status(Markup.Escape(text))));
        else
            Lines(text =>
            {
                if (silent.Elapsed < MostSilence)
                    return;
                Console.Error.WriteLine(text);
                silent.Restart();
            });
        return all;
    }

    public static Report Report(IReadOnlyList<Judgement> judgements, ulong seed) => new(Version, DateTimeOffset.Now, Machine.Here(),
        string.Join(' ', ["cnnverify", .. Environment.GetCommandLineArgs().Skip(1)]), seed, judgements, null, null);

    public static string Version { get; } = typeof(VerificationJob).Assembly.GetName().Version!.ToString(3);

    private static void WriteLine(IReadOnlyList<Judgement> judgements)
    {
        Judgement first = judgements[0];
        int checks = judgements.Sum(judgement => judgement.Checks), weak = judgements.Sum(judgement => judgement.Weak), beyond = judgements.Sum(judgement => judgement.Beyond);
        bool failed = judgements.Any(judgement => judgement.Failure is not null);
        double worst = judgements.Max(judgement => judgement.Worst);
        string outcome = failed ? "FAILED" : checks == 0 ? "nothing checked" : worst == 0 ? "equal" : $"at most {Number(worst)} of the bound";
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{first.Equation,-6} {first.Oracle,-8} {string.Join(' ', judgements.Select(judgement => judgement.Engine)),-36} {checks,6:N0} checks {judgements.Sum(judgement => judgement.Elements),11:N0} elements  {outcome}");
        if (weak > 0)
            line += $"; {weak} weak";
        if (beyond > 0)
            line += $"; {beyond} beyond this oracle";
        AnsiConsole.MarkupLine(failed ? $"[red]{Markup.Escape(line)}[/]" : Markup.Escape(line));
        foreach (Judgement judgement in judgements.Where(judgement => judgement.Failure is not null))
        {
            AnsiConsole.MarkupLine($"  [red]{Markup.Escape($"{judgement.Equation} {judgement.Engine} {judgement.Failure!.Case}: {judgement.Failure.What}")}[/]");
            AnsiConsole.WriteLine($"  Repeat: {judgement.Failure!.Repeat}");
        }
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
