using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Peers.Compare;

/// <summary>The engine of this project.</summary>
/// <remarks>Convolutions of at least a block of filters have a second path, with maps that stay in blocks: both are timed, and the quicker one is the engine's own layout. Of the
/// forward pass each is timed also with weights prepared ahead.</remarks>
internal sealed class OurSide(int threads) : ISide
{
    private readonly Execution _on = new(threads: threads);
    private readonly List<PreparedConvolution> _prepared = [];

    public string Version => $"{Build.Version}, {_on.Width}";

    public IReadOnlyList<TimedPath> Prepare(Workload work, WorkData data)
    {
        var result = new float[work.Count(work.Result)];
        Array.Fill(result, float.NaN);
        if (work.Kind == LayerKind.LeNet5)
            return [Network(work, data)];
        var plain = new TimedPath(TimedPath.Plain, Call(work, data, result), () => result);
        if (work.Kind != LayerKind.Convolution)
            return [plain];
        List<TimedPath> paths = work.Pass == Pass.Forward ? [plain, PreparedMaps(work, data)] : [plain];
        if (work.Case["k"] >= BlockedConvolution.Channels)
            paths.AddRange(InBlocks(work, data));
        return paths;
    }

    private TimedPath PreparedMaps(Workload work, WorkData data)
    {
        Case c = work.Case;
        var result = new float[work.Count("y")];
        Array.Fill(result, float.NaN);
        PreparedConvolution weights = Prepared(work, data, toBlocks: false);
        return new(TimedPath.Plain with { Weights = Preparation.Ahead },
            () => weights.Forward(View(data.X, [c["n"], c["c"], c["h"], c["w"]]), Activation.None, View(result, [c["n"], c["k"], c.Output.P, c.Output.Q]), _on), () => result);
    }

    private PreparedConvolution Prepared(Workload work, WorkData data, bool toBlocks)
    {
        Case c = work.Case;
        _prepared.Add(new(View(data.W, [c["k"], c["c"] / c["g"], c["r"], c["s"]]), View(data.B, [c["k"]]), c.Window, toBlocks, _on));
        return _prepared[^1];
    }

    // Images of few channels stay as they are, as in the first layer of a network. Blocks begin where a cache line does.
    private IEnumerable<TimedPath> InBlocks(Workload work, WorkData data)
    {
        Case c = work.Case;
        bool hasBlocks = c["c"] >= BlockedConvolution.Channels;
        nint[] x = [c["n"], c["c"], c["h"], c["w"]], y = [c["n"], c["k"], c.Output.P, c.Output.Q], w = [c["k"], c["c"] / c["g"], c["r"], c["s"]];
        nint[] xIn = hasBlocks ? BlockedConvolution.Lengths(c["n"], c["c"], c["h"], c["w"]) : x, yIn = BlockedConvolution.Lengths(c["n"], c["k"], c.Output.P, c.Output.Q);
        Memory<float> xs = Aligned(xIn), ys = Aligned(yIn), dw = Aligned(w);
        if (hasBlocks)
            BlockedConvolution.ToBlocks(View(data.X, x), View(xs, xIn), _on);
        else
            data.X.CopyTo(xs);
        if (work.Pass != Pass.Forward)
            BlockedConvolution.ToBlocks(View(data.Dy, y), View(ys, yIn), _on);
        Action run = work.Pass switch
        {
            Pass.Forward => () => BlockedConvolution.Forward(View(xs, xIn), View(data.W, w), View(data.B, [c["k"]]), c.Window, View(ys, yIn), _on),
            Pass.BackwardData => () => BlockedConvolution.BackwardData(View(ys, yIn), View(data.W, w), c.Window, View(xs, xIn), _on),
            _ => () => BlockedConvolution.BackwardWeights(View(ys, yIn), View(xs, xIn), c.Window, View(dw, w), _on),
        };
        if (work.Pass != Pass.BackwardWeights)
            (work.Pass == Pass.Forward ? ys : xs).Span.Fill(float.NaN);
        float[] Result() => work.Pass switch
        {
            Pass.Forward => Maps(ys, yIn, y),
            Pass.BackwardData => hasBlocks ? Maps(xs, xIn, x) : xs.ToArray(),
            _ => dw.ToArray(),
        };
        yield return new(TimedPath.Plain with { Layout = DataLayout.Own }, run, Result);
        if (work.Pass != Pass.Forward)
            yield break;
        PreparedConvolution weights = Prepared(work, data, toBlocks: true);
        yield return new(new(DataLayout.Own, Preparation.Ahead), () => weights.Forward(View(xs, xIn), Activation.None, View(ys, yIn), _on), Result);
    }

    private float[] Maps(Memory<float> blocks, nint[] lengths, nint[] maps)
    {
        var values = new float[maps.Aggregate((product, length) => product * length)];
        BlockedConvolution.ToMaps(View(blocks, lengths), View(values, maps), _on);
        return values;
    }

    // NaN from the beginning of a cache line on.
    private static Memory<float> Aligned(nint[] lengths)
    {
        const int Line = 64;
        int count = checked((int)lengths.Aggregate((product, length) => product * length));
        float[] room = GC.AllocateUninitializedArray<float>(count + Line / sizeof(float), pinned: true);
        Array.Fill(room, float.NaN);
        return room.AsMemory((int)(-Marshal.UnsafeAddrOfPinnedArrayElement(room, 0) & Line - 1) / sizeof(float), count);
    }

    public void Release()
    {
        _prepared.ForEach(weights => weights.Dispose());
        _prepared.Clear();
    }

    public void Dispose() => _on.Dispose();

    // The update has learning rate 0: the same arithmetic at every step.
    private TimedPath Network(Workload work, WorkData data)
    {
        int N = work.Case["n"];
        var network = new LeNet5(N, _on);
        data.W.CopyTo(network.Parameters);
        var h = new float[N * 10];
        for (int n = 0; n < N; n++)
            h[n * 10 + n % 10] = 1;
        return work.Pass == Pass.Forward ? new(TimedPath.Plain, () => network.Scores(View(data.X, [N, 1, 32, 32])), () => network.Scores(View(data.X, [N, 1, 32, 32])).ToArray())
            : new(TimedPath.Plain, () => network.Step(View(data.X, [N, 1, 32, 32]), View(h, [N, 10]), eta: 0, mu: 0.9f), () => network.Gradient.ToArray());
    }

    private Action Call(Workload work, WorkData data, float[] to)
    {
        Case c = work.Case;
        int R = c["r"], S = c["s"];
        bool isFlat = work.Kind == LayerKind.FullyConnected, isList = work.Kind == LayerKind.Tanh;
        nint[] x = isList ? [work.Count("x")] : isFlat ? [c["n"], c["c"]] : [c["n"], c["c"], c["h"], c["w"]], w = isFlat ? [c["k"], c["c"]] : [c["k"], c["c"] / c["g"], R, S];
        nint[] y = isList ? x : isFlat ? [c["n"], c["k"]] : [c["n"], c["k"], c.Output.P, c.Output.Q], b = [c["k"]];
        Window window = work.HasWeights ? c.Window : c.Window with { G = 1 };
        switch (work.Kind, work.Pass)
        {
            case (LayerKind.Convolution, Pass.Forward):
                return () => Convolution.Forward(View(data.X, x), View(data.W, w), View(data.B, b), window, View(to, y), _on);
            case (LayerKind.Convolution, Pass.BackwardData):
                return () => Convolution.BackwardData(View(data.Dy, y), View(data.W, w), window, View(to, x), _on);
            case (LayerKind.Convolution, _):
                return () => Convolution.BackwardWeights(View(data.Dy, y), View(data.X, x), window, View(to, w), _on);
            case (LayerKind.FullyConnected, Pass.Forward):
                return () => FullyConnected.Forward(View(data.X, x), View(data.W, w), View(data.B, b), View(to, y), _on);
            case (LayerKind.FullyConnected, Pass.BackwardData):
                return () => FullyConnected.BackwardData(View(data.Dy, y), View(data.W, w), View(to, x), _on);
            case (LayerKind.FullyConnected, _):
                return () => FullyConnected.BackwardWeights(View(data.Dy, y), View(data.X, x), View(to, w), _on);
            case (LayerKind.MaxPooling, Pass.Forward):
                return () => MaxPooling.Forward(View(data.X, x), R, S, window, View(to, y), _on);
            case (LayerKind.MaxPooling, _):
                var largest = new float[work.Count("y")];
                MaxPooling.Forward(View(data.X, x), R, S, window, View(largest, y), _on);
                return () => MaxPooling.BackwardData(View(data.Dy, y), View(data.X, x), View(largest, y), R, S, window, View(to, x), _on);
            case (LayerKind.MeanPooling, Pass.Forward):
                return () => MeanPooling.Forward(View(data.X, x), R, S, window, View(to, y), _on);
            case (LayerKind.MeanPooling, _):
                return () => MeanPooling.BackwardData(View(data.Dy, y), R, S, window, View(to, x), _on);
            case (LayerKind.Tanh, Pass.Forward):
                return () => Tanh.Forward(View(data.X, x), View(to, y), _on);
            default:
                var value = new float[work.Count("y")];
                Tanh.Forward(View(data.X, x), View(value, y), _on);
                return () => Tanh.BackwardData(View(data.Dy, y), View(value, y), View(to, x), _on);
        }
    }

    private static TensorSpan<float> View(Memory<float> values, ReadOnlySpan<nint> shape) => new(values.Span, shape);

    private static TensorSpan<float> View(float[] values, ReadOnlySpan<nint> shape) => new(values, shape);
}
