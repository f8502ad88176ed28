using System.CommandLine;
using CnnVerified.Cli.Certificates;
using CnnVerified.Verification.Reports;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify merge: the certificates of all shards as the one of their run.</summary>
internal static class MergeJob
{
    public static Command Command()
    {
        var files = new Argument<string[]>("FILES") { Description = "Certificates of all shards of a run, in any order.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The certificate to write.", Required = true };
        var command = new Command("merge", """
            Put the certificates of all shards of a run together (docs/scaling.md).

            The result is what one machine would have written, but for the list of machines and times. Shards of another run, of
            other code, missing ones and double ones are refused. Exit code 1 where something failed in any of them.

            Example:
              cnnverify merge shard-1.json shard-2.json shard-3.json --out certificate.json
            """) { files, output };
        command.SetAction(call => Run(call.GetRequiredValue(files), call.GetRequiredValue(output)));
        return command;
    }

    public static int Run(IReadOnlyList<string> files, string output)
    {
        AtomicFile.EnsureWritable(output);
        Certificate union = Union.Of([.. files.Select(file => (file, CertificateFile.Read(file)))]);
        CertificateFile.Write(output, union);
        foreach (var (claim, outcome) in union.Claims.SelectMany(claim => claim.Outcomes.Select(outcome => (claim, outcome))).Where(each => each.outcome.Failure is not null))
            AnsiConsole.MarkupLine($"[red]{Markup.Escape($"{claim.Equation} {claim.Oracle} {outcome.Engine} {outcome.Failure!.Case}: {outcome.Failure.What}")}[/]");
        AnsiConsole.WriteLine($"{files.Count} shards: {union.Summary}");
        return union.Summary.Failed == 0 ? 0 : 1;
    }
}
