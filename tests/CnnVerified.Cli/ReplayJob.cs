using System.CommandLine;
using CnnVerified.Cli.Certificates;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify replay: a certificate, repeated.</summary>
internal static class ReplayJob
{
    public static Command Command(CancellationToken stop)
    {
        var file = new Argument<string>("FILE") { Description = "A certificate that cnnverify verify or cnnverify merge wrote; of a shard its part is repeated." };
        var engine = new Option<string[]>("--engine") { Description = "Where a library lies whose engines are in the certificate: a file alone never makes code load. May be repeated.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("replay", """
            Repeat what a certificate says and tell what differs (docs/scaling.md).

            Versions, assemblies, operating system and processor are told as notes. Exit code 0: every verdict, every number and all
            bits are as recorded, and nothing failed. 1: something judged differs, could not be repeated, or failed. 2: FILE is malformed.

            Examples:
              cnnverify replay certificate.json
              cnnverify replay certificate.json --engine path/to/My.dll
            """) { file, engine };
        command.SetAction(call => Run(call.GetRequiredValue(file), call.GetValue(engine) ?? [], stop));
        return command;
    }

    public static int Run(string file, string[] libraries, CancellationToken stop)
    {
        Certificate recorded = CertificateFile.Read(file);
        CertifiedRequest request = recorded.Request;
        string[] named = [.. request.Engines.Select(engine => engine.Library).OfType<string>().Distinct()];
        if (libraries.FirstOrDefault(path => !named.Contains(Path.GetFileName(path))) is { } surplus)
            throw new InputException($"--engine expected {(named.Length > 0 ? string.Join(" or ", named) : "nothing: the certificate names no library")}, got {surplus}.");
        if (named.FirstOrDefault(name => libraries.Count(path => Path.GetFileName(path) == name) != 1) is { } missing)
            throw new InputException($"{file}: expected --engine path/to/{missing} beside it, once: engines of it are in the certificate, and a file alone never makes code load.");
        if (LibraryProcess.IsNeeded(libraries))
            return LibraryProcess.Run(new([.. request.Equations], libraries, request.Case, request.Cases, request.Seed, request.Threads, null, null), stop);

        Equation[] equations = [.. request.Equations.Select(EquationTable.Find)];
        using var list = new EngineList();
        var differences = new List<string>();
        var engines = Engines(list, request, libraries, differences);
        AnsiConsole.WriteLine($"{file}: {recorded.Summary}; seed {request.Seed}; {(request.Case is { } only ? $"case {only}" : $"{request.Cases} cases for each equation and oracle")}" +
            (recorded.Shard is { } shard ? $"; shard {shard.Number} of {shard.Of}" : ""));
        foreach (string note in Comparison.Notes(recorded, CertifiedRun.Here(null, default), CertifiedAssembly.All(libraries)))
            AnsiConsole.WriteLine($"note: {note}");
        var replayed = Judge(file, recorded, equations, engines, differences, stop);

        foreach (string difference in differences)
            AnsiConsole.MarkupLine($"[red]{Markup.Escape($"differs: {difference}")}[/]");
        var now = CertifiedSummary.Of(request, replayed);
        AnsiConsole.WriteLine($"{now}; " + (differences.Count == 0 ? "every verdict, number and bit as recorded" : $"{differences.Count} differ from the certificate"));
        return differences.Count == 0 && now.Failed == 0 ? 0 : 1;
    }

    // An engine that cannot run here is a difference: what the file says of it was not repeated.
    private static List<Engine> Engines(EngineList list, CertifiedRequest request, string[] libraries, List<string> differences)
    {
        var engines = new List<Engine>();
        foreach (string? library in request.Engines.Select(engine => engine.Library).Distinct())
        {
            CertifiedEngine[] wanted = [.. request.Engines.Where(engine => engine.Library == library)];
            foreach (CertifiedEngine each in library is null ? wanted : [])
                try
                {
                    engines.AddRange(VerificationJob.Named(list, [each.Name], request.Threads));
                }
                catch (InputException why)
                {
                    differences.Add($"{each.Name} was not repeated: {why.Message}");
                }
            if (library is null)
                continue;
            var offered = VerificationJob.Named(list, [libraries.First(path => Path.GetFileName(path) == library)], request.Threads);
            engines.AddRange(offered.Where(engine => wanted.Any(each => each.Name == engine.Name)));
            differences.AddRange(wanted.Where(each => offered.All(engine => engine.Name != each.Name)).Select(each => $"{each.Name} was not repeated: {library} has no engine of that name."));
        }
        return [.. request.Engines.SelectMany(each => engines.Where(engine => engine.Name == each.Name))];
    }

    private static List<BatteryClaim> Judge(string file, Certificate recorded, Equation[] equations, List<Engine> engines, List<string> differences, CancellationToken stop)
    {
        var here = Battery.Pairs(equations, engines).ToDictionary(pair => (pair.Equation.Id, pair.Oracle.Name));
        var settings = recorded.Settings();
        var comparison = new Comparison(recorded, engines, equations);
        differences.AddRange(comparison.OfEngines());
        differences.AddRange(here.Keys.Except(recorded.Claims.Select(claim => (claim.Equation, claim.Oracle))).Select(pair => $"{pair.Item1} {pair.Item2}: judged here, not in the certificate."));
        IEnumerable<BatteryClaim> Claims(Action<string> now)
        {
            foreach (BatteryClaim was in recorded.Claims)
            {
                string[] asked = [.. was.Outcomes.Select(outcome => outcome.Engine).Where(name => engines.Any(engine => engine.Name == name))];
                Engine[] able = here.TryGetValue((was.Equation, was.Oracle), out var pair) ? [.. pair.Engines.Where(engine => asked.Contains(engine.Name))] : [];
                differences.AddRange(asked.Except(able.Select(engine => engine.Name)).Select(name => $"{was.Equation} {was.Oracle} {name}: in the certificate, not judged here."));
                if (able.Length == 0 || was.Blocks.Count == 0)
                    continue;
                var blocks = was.Blocks.Select(block => (block.First, comparison.Cases(file, pair.Equation, pair.Oracle, block, differences)));
                BatteryClaim repeated = Battery.Judge(pair.Equation, pair.Oracle, able, settings, blocks, now, stop);
                differences.AddRange(comparison.Of(was, repeated));
                yield return repeated;
            }
        }

        return VerificationJob.Told(Claims);
    }
}
