using BenchmarkDotNet.Attributes;
using CnnVerified.Optimized;
using CnnVerified.Timing;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Benchmarks;

/// <summary>Twelve independent chains of fused multiply-adds without memory: what the other benchmarks are a share of.</summary>
public class FmaPeak
{
    [ParamsSource(nameof(Loops))]
    public FmaLoop Loop { get; set; } = null!;

    [ParamsSource(typeof(ThreadCounts), nameof(ThreadCounts.OneAndAll))]
    public int Threads { get; set; }

    public static IEnumerable<FmaLoop> Loops => EngineList.Widths.Where(width => width != VectorWidth.Scalar).Select(width => new FmaLoop(width));

    [Benchmark]
    public float FusedMultiplyAdd() => Loop.Run(Threads);
}
