using System.Diagnostics;
using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Exhaustive;
using CnnVerified.Verification.Reports;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify verify --exhaustive: a line for each elementwise function, measured on all 2³² inputs.</summary>
internal static class ExhaustiveJob
{
    public static int Run(string[] ids, int? threads, string? output, CancellationToken stop)
    {
        var functions = ElementwiseList.Named(ids);
        VerificationJob.CheckThreads(threads);
        if (output is not null)
            AtomicFile.EnsureWritable(output);
        VerificationJob.WriteMachine();
        int count = threads ?? Environment.ProcessorCount;
        AnsiConsole.WriteLine($"all 2³² inputs of {functions.Count} elementwise functions on {count} threads");
        var all = new List<Measurement>();
        void Lines(Action<string> now)
        {
            foreach (ElementwiseFunction function in functions)
            {
                var watch = Stopwatch.StartNew();
                all.Add(Sweep.All(function, count, share => now(string.Create(
                    CultureInfo.InvariantCulture, $"{function.Id}  {share:P0}  function {all.Count + 1} of {functions.Count}")), stop));
                WriteLine(all[^1], watch.Elapsed);
            }
        }

        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            AnsiConsole.Status().Start("starting", status => Lines(text => status.Status(Markup.Escape(text))));
        else
            Lines(_ => { });
        Machine here = Machine.Here();
        if (output is not null)
            AtomicFile.Write(output, ElementwiseTable.Text(all, $"{here.Processor}, {here.Runtime}"));
        int failed = all.Count(each => each.Failure is not null);
        AnsiConsole.WriteLine($"{all.Count} functions, {all.Sum(each => each.Numbers + each.NaNs):N0} inputs, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static void WriteLine(Measurement each, TimeSpan time)
    {
        ElementwiseFunction function = each.Function;
        string near = function.Zeros.Count == 0 ? ""
            : $"; near a zero {Measurement.Units(each.WorstNearZero)}·2⁻²⁴ at {Measurement.Number(each.WorstNearZeroAt)}";
        string course = function.Course == Course.Mixed ? ""
            : each.StepsAgainst > 0 ? $"; {each.StepsAgainst:N0} steps against its course"
            : $"; {function.Course.ToString().ToLowerInvariant()}";
        string at = each.Worst > 0 ? $" at {Measurement.Number(each.WorstAt)}" : "";
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{function.Id,-8} {function.What,-36} {Measurement.Units(each.Worst)} ULP{at}{near}; nearest {ElementwiseTable.Nearest(each)}{course}  ({time.TotalSeconds:F0} s)");
        AnsiConsole.MarkupLine(each.Failure is null ? Markup.Escape(line) : $"[red]{Markup.Escape($"{line}\n  FAILED: {each.Failure}")}[/]");
    }
}
