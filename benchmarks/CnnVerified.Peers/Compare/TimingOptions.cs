using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using CnnVerified.Timing;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification;

namespace CnnVerified.Peers.Compare;

/// <summary>The options that compare and regress share.</summary>
internal sealed class TimingOptions(int slices)
{
    private readonly Option<string> _threads = new("--threads") { Description = "Numbers of threads, such as 1,2. Default: one and all.", DefaultValueFactory = _ => Environment.ProcessorCount == 1 ? "1" : $"1,{Environment.ProcessorCount}" };
    private readonly Option<string?> _filter = new("--filter") { Description = "A regular expression: the workloads whose name and pass, such as 'VGG 3_2 backward data', it matches." };
    private readonly Option<string?> _shapes = new("--shapes") { Description = "A shape table instead of benchmarks/shapes.csv." };
    private readonly Option<int> _slices = new("--slices") { Description = "How many turns each process has on a workload.", DefaultValueFactory = _ => slices };
    private readonly Option<int> _milliseconds = new("--milliseconds") { Description = "How long a turn lasts at least; three calls at least.", DefaultValueFactory = _ => 40 };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_threads, _filter, _shapes, _slices, _milliseconds];

    public int Slices(ParseResult call) => InRange(call, _slices, 1000);

    public int Milliseconds(ParseResult call) => InRange(call, _milliseconds, 60_000);

    public IReadOnlyList<int> Threads(ParseResult call) => [.. call.GetValue(_threads)!.Split(',').Select(part =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads >= 1 && threads <= Environment.ProcessorCount ? threads
            : throw new InputException($"--threads wanted numbers from 1 to {Environment.ProcessorCount}, such as 1,2, got '{part}'.")).Distinct()];

    /// <summary>The workloads that the filter lets through.</summary>
    public IReadOnlyList<Workload> Workloads(ParseResult call, Func<Workload, bool> isWanted)
    {
        var shapes = call.GetValue(_shapes) is { } file ? ShapeTable.Read(file) : ShapeTable.Default;
        string pattern = call.GetValue(_filter) ?? "";
        Regex filter;
        try
        {
            filter = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException e)
        {
            throw new InputException($"--filter wanted a regular expression, got '{pattern}': {e.Message}", e);
        }
        Workload[] chosen = [.. Workload.All(shapes).Where(work => isWanted(work) && filter.IsMatch(work.Title))];
        return chosen.Length > 0 ? chosen : throw new InputException($"--filter wanted a pattern that matches a workload such as '{shapes[0].Name} forward', got '{pattern}'.");
    }

    private static int InRange(ParseResult call, Option<int> option, int most) => call.GetValue(option) is var value && value >= 1 && value <= most ? value
        : throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} wanted a number from 1 to {most}, got {value}."));
}
