using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using CnnVerified.Peers;
using CnnVerified.Peers.Compare;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;

// Each peer runs in a process of its own: one that cannot load, or that ends the process, leaves the others alone and is told on the page.
string[] names = ["onednn", "ort", "torch"];
var peer = new Option<string[]>("--peer") { Description = "onednn, ort or torch; several may be named. Default: all.", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
peer.AcceptOnlyFromAmong(names);
var cases = new Option<int>("--cases") { Description = "Drawn cases for each equation and oracle.", DefaultValueFactory = _ => 50 };
var seed = new Option<ulong>("--seed") { Description = "Seed of cases and data.", DefaultValueFactory = _ => 2015 };
var output = new Option<string>("--out") { Description = "The page to write.", DefaultValueFactory = _ => "docs/peers.md" };
var only = new Option<string[]>("--only") { Description = "These equations alone, such as CV-F1 CV-B1.", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
var child = new Option<string?>("--child") { Hidden = true };
var results = new Option<string?>("--results") { Hidden = true };
var ids = new Option<string?>("--ids") { Hidden = true };
var root = new RootCommand("Puts ONNX Runtime, libtorch and oneDNN under the battery, and writes what was found as a page.") { peer, cases, seed, output, only, child, results, ids };
using var stop = new CancellationTokenSource();
var exports = new Command("exports", "Runs the exported networks on ONNX Runtime and holds its outputs to the engine's and to the derived bound.");
exports.SetAction(_ => ExportCheck.Run(stop.Token));
root.Add(exports);
root.Add(CompareCommand.Make(stop.Token));
root.Add(RegressCommand.Make(stop.Token));
root.Add(ReportCommand.Make());
var code = new Argument<string>("code");
var threads = new Option<int>("--threads");
var side = new Command("side") { code, threads };
side.Hidden = true;
side.SetAction(call => SideProgram.Run(call.GetRequiredValue(code), call.GetValue(threads)));
root.Add(side);
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
root.SetAction(call => call.GetValue(child) is { } name
    ? Child(name, call.GetRequiredValue(results)!, call.GetRequiredValue(ids)!.Split(','), call.GetValue(cases), call.GetValue(seed))
    : Parent(call.GetValue(peer) is { Length: > 0 } chosen ? chosen : names, call.GetValue(only) ?? [], call.GetValue(cases), call.GetValue(seed), call.GetValue(output)!));
try
{
    ParseResult parsed = root.Parse(args);
    if (parsed.Errors.Count > 0)
        throw new InputException(parsed.Errors[0].Message);
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InputException wrong)
{
    Console.Error.WriteLine($"peers: {wrong.Message}");
    return 2;
}
catch (Exception stopped) when (stopped is OperationCanceledException or AggregateException && stop.IsCancellationRequested)
{
    Console.Error.WriteLine("peers: stopped by Ctrl+C; nothing was written.");
    return 130;
}

int Parent(string[] chosen, string[] wanted, int count, ulong start, string page)
{
    if (count < 1)
        throw new InputException($"--cases expected at least 1, got {count}.");
    AtomicFile.EnsureWritable(page);
    SumOrderCheck.Run();
    var time = Stopwatch.StartNew();
    string[] all = [.. wanted.Length > 0 ? wanted.Select(id => EquationTable.Find(id).Id) : EquationTable.All.Select(equation => equation.Id), Work.Orders];
    var found = chosen.Distinct().AsParallel().AsOrdered().WithDegreeOfParallelism(names.Length).Select(name => Work.Of(name, all, count, start, stop.Token)).ToList();
    AtomicFile.Write(page, PeersPage.Text(found, count, start, time.Elapsed, args) + PeersPage.NotesOf(page));
    foreach (PeerFindings each in found)
        Console.WriteLine(each.NotLoaded is { } reason ? $"{each.Name}: not loaded: {reason}"
            : $"{each.Title}: {each.Equations.Count} equations, {each.Equations.Count(equation => !PeersPage.Holds(equation))} with a failure, {each.Ended.Count} ended the process");
    Console.WriteLine($"page: {page}");
    return 0;
}

int Child(string name, string file, string[] todo, int count, ulong start)
{
    void Write(Line line) => File.AppendAllText(file, JsonSerializer.Serialize(line, Work.Json) + "\n");

    IPeer one = name switch { "onednn" => new DnnlPeer(), "ort" => new OrtPeer(), _ => new TorchPeer() };
    using var disposed = one as IDisposable;
    Write(new(Title: one.Title, Calls: one.Calls));
    var engine = one.On(1);
    foreach (string id in todo)
        if (id == Work.Orders)
            Write(new(Orders: Measurement.Orders(one)));
        else if (engine.Offers(EquationTable.Find(id)))
            Write(new(Equation: Measurement.Equation(one, EquationTable.Find(id), count, start, stop.Token)));
        else
            Write(new(Equation: new(id, [], null, "", "")));
    return 0;
}
