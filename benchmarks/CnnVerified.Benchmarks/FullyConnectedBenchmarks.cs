using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Timing;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra.Single;

namespace CnnVerified.Benchmarks;

/// <summary>A fully connected layer beside MathNet.Numerics' managed dense product.</summary>
/// <remarks>MathNet stores columns one after the other: its D×K, D×N and K×N are w, x and y as they lie in memory here. It adds no
/// bias, so the bias that is timed is 0 and both results are held to the same samples.</remarks>
public class FullyConnectedBenchmarks
{
    private Execution _on = null!;
    private float[] _x = [], _w = [], _b = [], _y = [];
    private DenseMatrix _xColumns = null!, _wColumns = null!, _yColumns = null!;

    [ParamsSource(nameof(Layers))]
    public FullyConnectedLayer Layer { get; set; } = null!;

    [ParamsSource(typeof(ThreadCounts), nameof(ThreadCounts.OneAndAll))]
    public int Threads { get; set; }

    public static IEnumerable<FullyConnectedLayer> Layers => FullyConnectedLayer.All;

    [GlobalSetup]
    public void Setup()
    {
        var (_, N, D, K) = Layer;
        BatteryCheck.RefuseIfWrong(Case.Parse(EquationTable.Find("FC-F1").Family, "n7d150k45"), Threads, "FC-F1");
        Control.UseManaged();
        Control.MaxDegreeOfParallelism = Threads;
        _on = new Execution(threads: Threads);
        var random = new Random(1989);

        // A fully connected layer is a convolution of 1×1 maps.
        var @case = Case.Parse(EquationTable.Find("CV-F1").Family, $"n{N}c{D}h1w1-k{K}r1s1");
        foreach (bool whole in (bool[])[true, false])   // the real numbers come last: they are what is timed
        {
            (_x, _w, _b, _y) = (SampledCheck.Draw(random, N * D, whole), SampledCheck.Draw(random, K * D, whole), new float[K], new float[N * K]);
            (_xColumns, _wColumns, _yColumns) = (new DenseMatrix(D, N, _x), new DenseMatrix(D, K, _w), new DenseMatrix(K, N));
            Array.Fill(_y, float.NaN);
            var samples = new SampledCheck(@case, whole).Forward(_x, _w, _b);
            SampledCheck.RefuseIfWrong($"FC-F1 on {Layer.Name}, {Threads} threads", Forward(), samples);
            SampledCheck.RefuseIfWrong($"MathNet on {Layer.Name}, {Threads} threads", MathNetManaged(), samples);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _on.Dispose();

    [Benchmark(Baseline = true)]
    public float[] MathNetManaged()
    {
        _wColumns.TransposeThisAndMultiply(_xColumns, _yColumns);
        return _yColumns.Values;
    }

    [Benchmark]
    public float[] Forward()
    {
        var (_, N, D, K) = Layer;
        FullyConnected.Forward(new TensorSpan<float>(_x, [N, D]), new TensorSpan<float>(_w, [K, D]), new TensorSpan<float>(_b, [K]),
            new TensorSpan<float>(_y, [N, K]), _on);
        return _y;
    }
}
