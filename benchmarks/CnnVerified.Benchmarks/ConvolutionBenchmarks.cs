using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Timing;

namespace CnnVerified.Benchmarks;

/// <summary>The three passes of a convolution on the layers of real networks.</summary>
public class ConvolutionBenchmarks
{
    private Execution _on = null!;
    private Window _window = null!;
    private nint[] _xShape = [], _wShape = [], _yShape = [];
    private float[] _x = [], _w = [], _b = [], _dy = [], _y = [], _dx = [], _dw = [];

    [ParamsSource(nameof(Layers))]
    public ConvolutionLayer Layer { get; set; } = null!;

    [ParamsSource(typeof(ThreadCounts), nameof(ThreadCounts.OneAndAll))]
    public int Threads { get; set; }

    public static IEnumerable<ConvolutionLayer> Layers => ConvolutionLayer.All;

    [GlobalSetup]
    public void Setup()
    {
        BatteryCheck.RefuseIfWrong(Layer.SmallCase, Threads, "CV-F1", "CV-B1", "CV-B2");
        _on = new Execution(threads: Threads);
        foreach (bool whole in (bool[])[true, false])   // the real numbers come last: they are what is timed
            foreach (var (id, result, samples) in RunPasses(whole))
                SampledCheck.RefuseIfWrong($"{id} on {Layer.Name}, {Layer.Case}, {Threads} threads", result, samples);
    }

    [GlobalCleanup]
    public void Cleanup() => _on.Dispose();

    [Benchmark]
    public float[] Forward()
    {
        Convolution.Forward(View(_x, _xShape), View(_w, _wShape), View(_b, [_wShape[0]]), _window, View(_y, _yShape), _on);
        return _y;
    }

    [Benchmark]
    public float[] BackwardData()
    {
        Convolution.BackwardData(View(_dy, _yShape), View(_w, _wShape), _window, View(_dx, _xShape), _on);
        return _dx;
    }

    [Benchmark]
    public float[] BackwardWeights()
    {
        Convolution.BackwardWeights(View(_dy, _yShape), View(_x, _xShape), _window, View(_dw, _wShape), _on);
        return _dw;
    }

    /// <summary>Draws data, runs each pass into NaN, and says what samples of the result must be.</summary>
    internal IEnumerable<(string Id, float[] Result, IReadOnlyList<Sample> Samples)> RunPasses(bool whole)
    {
        var c = Layer.Case;
        _window = c.Window;
        _xShape = [c["n"], c["c"], c["h"], c["w"]];
        _wShape = [c["k"], c["c"] / c["g"], c["r"], c["s"]];
        _yShape = [c["n"], c["k"], c.Output.P, c.Output.Q];
        var random = new Random(1989);
        float[] Drawn(nint[] shape) => SampledCheck.Draw(random, TensorPrimitives.Product<nint>(shape), whole);
        (_x, _w, _b, _dy) = (Drawn(_xShape), Drawn(_wShape), Drawn([c["k"]]), Drawn(_yShape));
        (_y, _dx, _dw) = (new float[_dy.Length], new float[_x.Length], new float[_w.Length]);
        foreach (float[] output in (float[][])[_y, _dx, _dw])
            Array.Fill(output, float.NaN);
        var check = new SampledCheck(c, whole);
        yield return ("CV-F1", Forward(), check.Forward(_x, _w, _b));
        yield return ("CV-B1", BackwardData(), check.BackwardData(_dy, _w));
        yield return ("CV-B2", BackwardWeights(), check.BackwardWeights(_dy, _x));
    }

    private static TensorSpan<float> View(float[] values, ReadOnlySpan<nint> shape) => new(values, shape);
}
