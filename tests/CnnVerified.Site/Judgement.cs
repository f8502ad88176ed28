using System.Collections.Concurrent;
using CnnVerified.Verification.Checking;

namespace CnnVerified.Site;

/// <summary>The verdicts on all blocks of the docs, made in the same build as the pages that show them.</summary>
internal sealed class Judgement
{
    private readonly Dictionary<BlockText, CheckResult> _results;

    private Judgement(Dictionary<BlockText, CheckResult> results, DateOnly date)
    {
        _results = results;
        Date = date;
    }

    /// <summary>The day of the run.</summary>
    public DateOnly Date { get; }

    public CheckResult this[BlockText block] => _results[block];

    /// <summary>How many blocks were judged.</summary>
    public int Count => _results.Count;

    /// <summary>Checks every block; claims that do not hold as their blocks say are faults.</summary>
    public static Judgement Of(BlockSet blocks, DateOnly date, CheckSettings settings, Action<Fault> fault)
    {
        var quick = settings with { Explain = false };
        (BlockText Block, CheckResult Result)[] results;
        try
        {
            // One at a time to each thread: some blocks take seconds, most none.
            results = [.. Partitioner.Create(blocks.All, EnumerablePartitionerOptions.NoBuffering).AsParallel().WithCancellation(settings.Stop).Select(block => (block, Checker.Check(blocks.Library, block.Block, quick)))];
        }
        catch (AggregateException several) when (settings.Stop.IsCancellationRequested)
        {
            throw new OperationCanceledException("stopped", several, settings.Stop);
        }
        foreach (var (block, result) in results.Where(each => !each.Result.IsAsStated).OrderBy(each => each.Block.File.Name, StringComparer.Ordinal).ThenBy(each => each.Block.Line))
            fault(block.File.At(block.Line, Against(block, Checker.Check(blocks.Library, block.Block, settings))));
        return new(results.ToDictionary(each => each.Block, each => each.Result, (IEqualityComparer<BlockText>)ReferenceEqualityComparer.Instance), date);
    }

    private static string Against(BlockText block, CheckResult result)
    {
        string name = block.IsDerivation ? $"the derivation of {block.Id}" : block.Id;
        string where = result.Decisive?.Counterexample is { } example ? $": {result.Decisive.Claim}, {example.Element}: claimed {example.Claimed}, true {example.True}" : "";
        return $"{name}: expected what the block says of itself, got {VerdictText.Name(result.Verdict)}{(result.Error is null ? where : $": {result.Error.Message}")}.";
    }
}
