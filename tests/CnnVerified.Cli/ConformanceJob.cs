using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CnnVerified.Onnx.Conformance;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Reports;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify conformance: a line for each case as it is done, then the reasons of what is not supported, then the counts.</summary>
internal static class ConformanceJob
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Command(CancellationToken stop)
    {
        var folder = new Argument<string>("DIR") { Description = "One case, a folder of case folders, or a tree of such folders." };
        var filter = new Option<string[]>("--filter") { Description = "Only cases whose name matches this pattern of letters, * and ?; may be repeated.", Arity = ArgumentArity.OneOrMore };
        var except = new Option<string[]>("--except") { Description = "Leave out cases whose name matches this pattern; may be repeated.", Arity = ArgumentArity.OneOrMore };
        var engine = new Option<string[]>("--engine") { Description = "An engine as for verify; may be repeated. Default: reference and optimized.", Arity = ArgumentArity.OneOrMore };
        var threads = Options.Threads();
        var json = new Option<string?>("--json") { Description = "Write the findings to this file as JSON." };
        var command = new Command("conformance", $"""
            Run cases in the layout of the ONNX backend tests: model.onnx, test_data_set_*/input_*.pb, output_*.pb. Each operator is a call of the
            equations, computed by the reference and by an engine; double is computed by the reference alone.

            A case has passed where each element of each output is within {Tolerance} of the expected one,
            the tolerance of the backend tests; whole numbers are equal, NaN equals NaN. The line tells the largest error in units in the last place
            (ulp). docs/conformance.md says which operators, versions and types are supported.

            Examples:
              cnnverify conformance /usr/share/libonnx-testdata/data/node
              cnnverify conformance DIR --filter 'test_conv*' --filter 'test_maxpool*' --engine reference --engine v256
              cnnverify conformance DIR --json conformance.json

            Exit code: 0 nothing failed, 1 a case failed, 2 a case or the call is malformed.
            """) { folder, filter, except, engine, threads, json };
        command.SetAction(call => Run(call.GetValue(folder)!, call.GetValue(filter) ?? [], call.GetValue(except) ?? [], call.GetValue(engine) ?? [], call.GetValue(threads), call.GetValue(json), stop));
        return command;
    }

    private static string Tolerance => string.Create(CultureInfo.InvariantCulture, $"{Comparison.AbsoluteTolerance:0e-0} + {Comparison.RelativeTolerance:0e-0}·|expected|");

    public static int Run(string folder, string[] filters, string[] exceptions, string[] names, int? threads, string? json, CancellationToken stop)
    {
        if (json is not null)
            AtomicFile.EnsureWritable(json);
        var cases = ConformanceCase.Under(folder, filters, exceptions);
        using var list = new EngineList();
        var engines = VerificationJob.Named(list, names.Length > 0 ? names : ["reference", "optimized"], threads);
        VerificationJob.WriteMachine();
        AnsiConsole.WriteLine($"engines: {string.Join(", ", engines.Select(engine => engine.Name))}; {cases.Count} cases");
        var findings = new List<CaseFinding>();
        foreach (ConformanceCase each in cases)
        {
            stop.ThrowIfCancellationRequested();
            CaseFinding finding = each.Run(engines, stop);
            findings.Add(finding);
            AnsiConsole.MarkupLine(finding.Outcome is Outcome.Failed or Outcome.Malformed ? $"[red]{Markup.Escape(Line(finding))}[/]" : Markup.Escape(Line(finding)));
        }
        int Count(Outcome outcome) => findings.Count(finding => finding.Outcome == outcome);
        foreach (var reason in findings.Where(finding => finding.Outcome == Outcome.NotSupported).GroupBy(finding => finding.Reason).OrderByDescending(group => group.Count()))
            AnsiConsole.WriteLine($"not supported, {reason.Count(),4} × {reason.Key}");
        if (json is not null)
            AtomicFile.Write(json, JsonSerializer.Serialize(new
            {
                VerificationJob.Version,
                Machine = Machine.Here(),
                Engines = engines.Select(engine => engine.Name),
                Passed = Count(Outcome.Passed),
                Failed = Count(Outcome.Failed),
                NotSupported = Count(Outcome.NotSupported),
                Malformed = Count(Outcome.Malformed),
                Cases = findings,
            }, Json) + "\n");
        int alone = findings.Count(finding => finding.Outcome == Outcome.Passed && finding.Equations.Count == 0);
        AnsiConsole.WriteLine($"{findings.Count} cases: {Count(Outcome.Passed)} passed ({alone} of them without an equation), {Count(Outcome.Failed)} failed, " +
            $"{Count(Outcome.NotSupported)} not supported, {Count(Outcome.Malformed)} malformed");
        return Count(Outcome.Failed) > 0 ? 1 : Count(Outcome.Malformed) > 0 ? 2 : 0;
    }

    private static string Line(CaseFinding finding)
    {
        string outcome = finding.Outcome switch { Outcome.Passed => "passed", Outcome.Failed => "FAILED", Outcome.NotSupported => "not supported", _ => "malformed" };
        string engines = string.Join(", ", finding.Engines.Select(each => each.Outcome == Outcome.NotSupported ? $"{each.Engine} does not offer {each.Reason}"
            : string.Create(CultureInfo.InvariantCulture, $"{each.Engine} {each.Ulps:0.#} ulp")));
        string equations = finding.Equations.Count > 0 ? string.Join(' ', finding.Equations) : "no equation";
        return $"{outcome,-13}  {finding.Name,-50}  {(finding.Outcome == Outcome.Passed ? $"{engines}; {equations}" : finding.Reason)}";
    }
}
