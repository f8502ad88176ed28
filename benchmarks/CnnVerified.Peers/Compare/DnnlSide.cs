using System.Runtime.InteropServices;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification.Cases;
using static CnnVerified.Peers.Dnnl;

namespace CnnVerified.Peers.Compare;

/// <summary>oneDNN through its C interface, with direct convolutions or with Winograd's.</summary>
/// <remarks>Layers with weights choose their layouts. In its own layout, maps stay as they are chosen and nothing of them is reordered in the time; weights
/// prepared ahead are reordered before it. Pooling and activations work on N×C×H×W.</remarks>
internal sealed unsafe class DnnlSide : ISide
{
    private const int OfSource = 129, OfSourceGradient = 130, OfWeights = 131, OfWeightsGradient = 132, OfResult = 133, OfResultGradient = 134;
    private const int TanhFunction = 47, TanhByResult = 257;

    private readonly int _convolution;
    private readonly List<Action> _free = [];

    public DnnlSide(int threads, int convolution)
    {
        _convolution = convolution;
        Version = $"oneDNN {Dnnl.Version}";
        SetThreads(threads);
    }

    public string Version { get; }

    public IReadOnlyList<TimedPath> Prepare(Workload work, WorkData data)
    {
        Case c = work.Case;
        bool isWinograd = _convolution == WinogradConvolution;
        if (work.Kind == LayerKind.LeNet5)
            return [];   // it has layers, but no networks
        if (isWinograd && !(work.Kind == LayerKind.Convolution && (c["r"], c["s"], c["sh"], c["sw"], c["eh"], c["ew"], c["g"]) == (3, 3, 1, 1, 1, 1, 1)))
            return [];
        float[] result = GC.AllocateUninitializedArray<float>(work.Count(work.Result), pinned: true);
        Array.Fill(result, float.NaN);
        nint to = Marshal.UnsafeAddrOfPinnedArrayElement(result, 0);
        var ready = work.HasWeights ? WithWeights(work, data, to) : work.Kind == LayerKind.Tanh ? Activation(work, data, to) : Pooling(work, data, to);
        ready.Run();   // whatever a variant leaves out is in place from now on
        return [.. Variants(work).Select(variant => new TimedPath(variant, () => ready.Run(argument => IsInside(argument, variant)), () =>
        {
            ready.Run();
            return result;
        }, HasBound: !isWinograd))];
    }

    public void Release()
    {
        Enumerable.Reverse(_free).ToList().ForEach(free => free());
        _free.Clear();
    }

    public void Dispose() => Release();

    private static IEnumerable<Variant> Variants(Workload work) => work.HasWeights ? work.Variants : [TimedPath.Plain];

    // Whether an operand is reordered within the time.
    private static bool IsInside(int argument, Variant variant) =>
        argument is Dnnl.Weights or WeightsGradient ? variant.Weights == Preparation.Inside : variant.Layout == DataLayout.Nchw;

    private Prepared WithWeights(Workload work, WorkData data, nint to)
    {
        Case c = work.Case;
        bool isFlat = work.Kind == LayerKind.FullyConnected;
        nint G = c["g"], K = c["k"], C = c["c"];
        nint[] x = isFlat ? [c["n"], C] : [c["n"], C, c["h"], c["w"]], y = isFlat ? [c["n"], K] : [c["n"], K, c.Output.P, c.Output.Q];
        nint[] w = isFlat ? [K, C] : [.. G > 1 ? [G] : Array.Empty<nint>(), K / G, C / G, c["r"], c["s"]];
        long* strides = Numbers(c["sh"], c["sw"]), dilations = Numbers(c["eh"] - 1, c["ew"] - 1), padding = Numbers(c["ph"], c["pw"]);
        Layout xs = Made(new Layout(x, isFree: true)), ws = Made(new Layout(w, isFree: true)), bs = Made(new Layout([K])), ys = Made(new Layout(y, isFree: true));
        int purpose = work.Pass == Pass.Forward ? Inference : Training;
        var forward = Made(new Operation(o => isFlat
            ? dnnl_inner_product_forward_desc_init(o, purpose, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer)
            : dnnl_dilated_convolution_forward_desc_init(o, purpose, _convolution, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer, strides, dilations, padding, padding)));
        switch (work.Pass)
        {
            case Pass.Forward:
                return Made(forward.Prepare([new(Source, Pinned(data.X), x, OfSource, false), new(Dnnl.Weights, Pinned(data.W), w, OfWeights, false),
                    new(Bias, Pinned(data.B), [K], 0, false), new(Result, to, y, OfResult, true)]));
            case Pass.BackwardData:
                var byData = Made(new Operation(o => isFlat
                    ? dnnl_inner_product_backward_data_desc_init(o, xs.Pointer, ws.Pointer, ys.Pointer)
                    : dnnl_dilated_convolution_backward_data_desc_init(o, _convolution, xs.Pointer, ws.Pointer, ys.Pointer, strides, dilations, padding, padding), forward));
                return Made(byData.Prepare([new(ResultGradient, Pinned(data.Dy), y, OfResultGradient, false), new(Dnnl.Weights, Pinned(data.W), w, OfWeights, false),
                    new(SourceGradient, to, x, OfSourceGradient, true)]));
            default:   // without the gradient of the bias, which ours computes apart
                var byWeights = Made(new Operation(o => isFlat
                    ? dnnl_inner_product_backward_weights_desc_init(o, xs.Pointer, ws.Pointer, null, ys.Pointer)
                    : dnnl_dilated_convolution_backward_weights_desc_init(o, _convolution, xs.Pointer, ws.Pointer, null, ys.Pointer, strides, dilations, padding, padding), forward));
                return Made(byWeights.Prepare([new(ResultGradient, Pinned(data.Dy), y, OfResultGradient, false), new(Source, Pinned(data.X), x, OfSource, false),
                    new(WeightsGradient, to, w, OfWeightsGradient, true)]));
        }
    }

    private Prepared Pooling(Workload work, WorkData data, nint to)
    {
        Case c = work.Case;
        nint[] x = [c["n"], c["c"], c["h"], c["w"]], y = [c["n"], c["k"], c.Output.P, c.Output.Q];
        long* strides = Numbers(c["sh"], c["sw"]), taps = Numbers(c["r"], c["s"]), none = Numbers(0, 0);
        Layout xs = Made(new Layout(x)), ys = Made(new Layout(y));
        int algorithm = work.Kind == LayerKind.MaxPooling ? MaxPooling : MeanPooling;
        bool isForward = work.Pass == Pass.Forward, keeps = algorithm == MaxPooling && !isForward;
        var forward = Made(new Operation(o => dnnl_pooling_v2_forward_desc_init(o, isForward ? Inference : Training, algorithm, xs.Pointer, ys.Pointer, strides, taps, none, none, none)));
        if (isForward)
            return Made(forward.Prepare([new(Source, Pinned(data.X), x, 0, false), new(Result, to, y, 0, true)]));
        nint kept = keeps ? Memory(forward.WorkspaceLayout, -1) : 0;
        if (keeps)
        {
            _free.Add(() => Free(kept));
            forward.Run([new(Source, Pinned(data.X), x, 0, false), new(Result, Pinned(new float[work.Count("y")]), y, 0, true)], kept);
        }
        var backward = Made(new Operation(o => dnnl_pooling_v2_backward_desc_init(o, algorithm, xs.Pointer, ys.Pointer, strides, taps, none, none, none), forward));
        return Made(backward.Prepare([new(ResultGradient, Pinned(data.Dy), y, 0, false), new(SourceGradient, to, x, 0, true)], kept));
    }

    private Prepared Activation(Workload work, WorkData data, nint to)
    {
        nint[] x = [work.Count("x")];
        Layout xs = Made(new Layout(x));
        if (work.Pass == Pass.Forward)
            return Made(Made(new Operation(o => dnnl_eltwise_forward_desc_init(o, Inference, TanhFunction, xs.Pointer, 0, 0))).Prepare(
                [new(Source, Pinned(data.X), x, 0, false), new(Result, to, x, 0, true)]));
        var forward = Made(new Operation(o => dnnl_eltwise_forward_desc_init(o, Training, TanhByResult, xs.Pointer, 0, 0)));
        var backward = Made(new Operation(o => dnnl_eltwise_backward_desc_init(o, TanhByResult, xs.Pointer, xs.Pointer, 0, 0), forward));
        return Made(backward.Prepare([new(ResultGradient, Pinned(data.Dy), x, 0, false), new(Result, Pinned(Array.ConvertAll(data.X, MathF.Tanh)), x, 0, false),
            new(SourceGradient, to, x, 0, true)]));
    }

    private T Made<T>(T made) where T : IDisposable
    {
        _free.Add(made.Dispose);
        return made;
    }

    private nint Pinned(float[] values)
    {
        var handle = GCHandle.Alloc(values, GCHandleType.Pinned);
        _free.Add(handle.Free);
        return handle.AddrOfPinnedObject();
    }

    private long* Numbers(params ReadOnlySpan<long> values)
    {
        long* block = (long*)NativeMemory.Alloc((nuint)values.Length, sizeof(long));
        values.CopyTo(new Span<long>(block, values.Length));
        nint address = (nint)block;
        _free.Add(() => NativeMemory.Free((void*)address));
        return block;
    }
}
