using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Benchmarks;

/// <summary>Activations over 2²⁰ floats beside System.Numerics.Tensors; times are for one element.</summary>
/// <remarks>TensorPrimitives has no threads of its own: on several, each takes an equal part of the array.</remarks>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams), CategoriesColumn]
public class ElementwiseBenchmarks
{
    private const int Length = 1 << 20;

    private readonly float[] _x = new float[Length], _y = new float[Length];
    private Execution _on = null!;

    [ParamsSource(typeof(ThreadCounts), nameof(ThreadCounts.OneAndAll))]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        BatteryCheck.RefuseIfWrong(Case.Of(EquationTable.Find("AC-F1").Family, [new("n", Length)]), Threads, "AC-F1", "AC-F2");
        _on = new Execution(threads: Threads);
        var random = new Random(1989);
        for (int i = 0; i < Length; i++)
            _x[i] = 8 * random.NextSingle() - 4;
    }

    [GlobalCleanup]
    public void Cleanup() => _on.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Length), BenchmarkCategory("tanh")]
    public float[] TensorPrimitivesTanh() => InParts((x, y) => TensorPrimitives.Tanh(x, y));

    [Benchmark(OperationsPerInvoke = Length), BenchmarkCategory("tanh")]
    public float[] TanhForward()
    {
        Tanh.Forward(new TensorSpan<float>(_x), new TensorSpan<float>(_y), _on);
        return _y;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Length), BenchmarkCategory("sigmoid")]
    public float[] TensorPrimitivesSigmoid() => InParts((x, y) => TensorPrimitives.Sigmoid(x, y));

    [Benchmark(OperationsPerInvoke = Length), BenchmarkCategory("sigmoid")]
    public float[] SigmoidForward()
    {
        Sigmoid.Forward(new TensorSpan<float>(_x), new TensorSpan<float>(_y), _on);
        return _y;
    }

    private float[] InParts(Action<ReadOnlySpan<float>, Span<float>> function)
    {
        void Part(int thread)
        {
            Range part = (Length * thread / Threads)..(Length * (thread + 1) / Threads);
            function(_x.AsSpan(part), _y.AsSpan(part));
        }

        if (Threads == 1)
            Part(0);
        else
            Parallel.For(0, Threads, Part);
        return _y;
    }
}
