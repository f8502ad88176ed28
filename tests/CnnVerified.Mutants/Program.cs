using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CnnVerified.Mutants;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;

// Exit codes: 0 at least 95 % of the mutants and all named slips were killed, 1 fewer, or right code was refused, 2 the call is malformed, 130 stopped by Ctrl+C.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["worker", var file])
{
    Worker.Run(JsonSerializer.Deserialize<Plan>(File.ReadAllText(file))!);
    return 0;
}
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var sample = new Option<int>("--sample") { Description = "Mutants to judge, of all that compile.", DefaultValueFactory = _ => 600 };
var seed = new Option<ulong>("--seed") { Description = "Seed of the sample, of cases and of data.", DefaultValueFactory = _ => 2015 };
var area = new Option<string?>("--area") { Description = $"Only this part: {string.Join(", ", Repository.Areas.Select(each => each.Name))}." };
var key = new Option<string?>("--key") { Description = "Only mutants whose key contains this text; what is said of each is written in full." };
var slips = new Option<string>("--slips") { Description = "Named slips: all, none, a number of them from all over the list, or those whose name contains this text.", DefaultValueFactory = _ => "all" };
var results = new Option<string>("--results") { Description = "Where outcomes are kept; a stopped run goes on from there.", DefaultValueFactory = _ => Repository.At("artifacts", "mutants", "results.jsonl") };
var output = new Option<string?>("--out") { Description = "Write the findings to this file as Markdown." };
var again = new Option<bool>("--again") { Description = "Judge survivors of an earlier run anew." };
var root = new RootCommand("""
    Plants faults into reference, notation, number types, shapes and engine, and tells which judges notice.

    Examples:
      dotnet run -c Release --project tests/CnnVerified.Mutants -- --sample 600 --seed 2015 --out docs/faults.md
      dotnet run -c Release --project tests/CnnVerified.Mutants -- --sample 0 --slips 12
      dotnet run -c Release --project tests/CnnVerified.Mutants -- --slips none --sample 20 --area engine
    """) { sample, seed, area, key, slips, results, output, again };
root.SetAction(call => Campaign.Run(new(call.GetValue(sample), call.GetValue(seed), call.GetValue(area), call.GetValue(key), call.GetValue(slips)!,
    call.GetValue(results)!, call.GetValue(output), call.GetValue(again)), stop.Token));
try
{
    var call = root.Parse(args);
    if (call.Errors.Count > 0)
    {
        Console.Error.WriteLine($"mutants: {call.Errors[0].Message.TrimEnd('.')} (see --help).");
        return 2;
    }
    return call.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (InputException wrong)
{
    Console.Error.WriteLine($"mutants: {wrong.Message.ReplaceLineEndings(" ")}");
    return 2;
}
catch (InvalidOperationException impossible)
{
    Console.Error.WriteLine($"mutants: {impossible.Message.ReplaceLineEndings(" ")}");
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("mutants: stopped by Ctrl+C; what was judged is kept, and the same call goes on from there.");
    return 130;
}
