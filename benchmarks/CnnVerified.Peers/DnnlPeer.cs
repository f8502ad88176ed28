using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using static CnnVerified.Peers.Dnnl;

namespace CnnVerified.Peers;

/// <summary>oneDNN, whose primitives have forward and backward passes of their own.</summary>
internal sealed unsafe partial class DnnlPeer : IPeer
{
    // What to ask an operation for: the layout of an operand, by the library's numbers.
    private const int OfSource = 129, OfSourceGradient = 130, OfWeights = 131, OfWeightsGradient = 132, OfResult = 133, OfResultGradient = 134;

    private readonly List<nint> _spare = [];
    private Engine _engine = new("onednn");
    private int _threads;

    public string Title => $"oneDNN {Dnnl.Version}";

    public string Calls => "Its C interface, forward and backward primitives alike. Layers with weights may choose their layouts, as the library advises; the library reorders. " +
        "Where an equation takes x̂ and v instead of x, x̂ is passed as the source with mean 0 and variance 1, and the adapter divides by sqrt(v + eps).";

    public Engine On(int threads)
    {
        _threads = threads;
        _engine = new Engine(threads == 1 ? "onednn" : $"onednn on {threads} threads");
        Layers();
        Poolings();
        Normalisations();
        // The numbers are the library's functions; those from 256 on take the result instead of the input.
        Elementwise("AC-F1", 175, "AC-B1", 260);
        Elementwise("AC-F2", 47, "AC-B2", 257);
        Elementwise("AC-F4", 31, "AC-B4", 31);
        Elementwise("AC-F5", 31, "AC-B5", 31, call => call.Scalar("a"));
        Elementwise("AC-F7", 159, "AC-B7", 159);
        Elementwise("AC-F8", 48, "AC-B8", 48);
        Elementwise("AC-F9", 223, "AC-B9", 223, _ => 1);
        Elementwise("AC-F10", 95, "AC-B10", 95);
        Elementwise("AC-F11", 255, "AC-B11", 255, _ => -1, beta: 1);
        Elementwise("AC-F17", 96, null, 0);
        Elementwise("AC-F18", 207, "AC-B18", 207);
        Elementwise("AC-F19", 112, "AC-B19", 112);
        Elementwise("AC-F20", 143, "AC-B20", 143, call => call.Scalar("bound"));
        Elementwise("AC-F23", 80, "AC-B23", 80);
        return _engine;
    }

    // The OpenMP runtime is the process's own, so each call sets its threads; spare memory lives as long as the call.
    private void Offer(string id, Action<EngineCall> operation, Func<Case, bool>? takes = null)
    {
        int threads = _threads;
        _engine.Offer(id, takes ?? (_ => true), call =>
        {
            SetThreads(threads);
            try
            {
                operation(call);
            }
            finally
            {
                _spare.ForEach(block => NativeMemory.Free((void*)block));
                _spare.Clear();
            }
        });
    }

    private nint Zeros(nint[] lengths)
    {
        nint block = (nint)NativeMemory.AllocZeroed((nuint)Math.Max(1, Count(lengths)) * sizeof(float));
        _spare.Add(block);
        return block;
    }

    private nint Filled(nint[] lengths, Func<int, float> value)
    {
        nint block = Zeros(lengths);
        for (int i = 0; i < Count(lengths); i++)
            ((float*)block)[i] = value(i);
        return block;
    }

    private long* Numbers(IEnumerable<long> values)
    {
        long[] all = [.. values];
        nint block = (nint)NativeMemory.AllocZeroed((nuint)all.Length * sizeof(long));
        _spare.Add(block);
        all.CopyTo(new Span<long>((void*)block, all.Length));
        return (long*)block;
    }

    private static nint Count(nint[] lengths) => lengths.Aggregate((nint)1, (product, length) => product * length);

    private static nint In(EngineCall call, string name) => Address(call.InputValues(name));

    private static nint Out(EngineCall call, string name) => Address(call.OutputValues(name));

    private static nint Address(ReadOnlySpan<float> values) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values));   // native memory: it does not move

    // The lengths of an operand of the forward equation; a gradient's case has the same letters.
    private static nint[] Shape(string forward, EngineCall call, string name)
    {
        Equation equation = EquationTable.Find(forward);
        return equation.Inputs.Concat(equation.Outputs).First(operand => operand.Name == name).Shape(call.Case);
    }

    private static readonly string[] Axes = ["d", "h", "w"], Taps = ["t", "r", "s"];

    // Strides, dilations, paddings along the last axes; what the equation has no letter for is 1, and paddings are 0.
    private static long[] Along(Case @case, string prefix, int dimensions) =>
        [.. Axes[^dimensions..].Select(axis => @case.Family.Letters.Contains(prefix + axis) ? @case[prefix + axis] : prefix is "s" or "e" ? 1L : 0)];

    private void Layers()
    {
        Layer("CV-F1", "CV-B1", "CV-B2", "CV-B3", 2);
        Layer("CV-F12", "CV-B28", "CV-B29", "CV-B30", 2);
        Layer("CV-F9", "CV-B13", "CV-B14", "CV-B27", 2, isDepthwise: true);
        Layer("CV-F13", "CV-B31", "CV-B32", "CV-B33", 1);
        Layer("CV-F14", "CV-B34", "CV-B35", "CV-B36", 3);
        Layer("CV-F7", "CV-B10", "CV-B11", "CV-B23", 2, isTransposed: true);
        Layer("CV-F11", "CV-B24", "CV-B25", "CV-B26", 2, isTransposed: true);
        Layer("CV-F15", "CV-B37", "CV-B38", "CV-B39", 1, isTransposed: true);
        Layer("CV-F16", "CV-B40", "CV-B41", "CV-B42", 3, isTransposed: true);
        Layer("FC-F1", "FC-B1", "FC-B2", "FC-B3", 0);
    }

    private void Layer(string forward, string data, string weights, string bias, int dimensions, bool isDepthwise = false, bool isTransposed = false)
    {
        // Extra rows and columns must be fewer than the stride.
        bool Takes(Case c) => Axes.All(axis => !c.Family.Letters.Contains("a" + axis) || c["a" + axis] < c["s" + axis]);
        Offer(forward, call => Run(call, ""), Takes);
        Offer(data, call => Run(call, "x"), Takes);
        Offer(weights, call => Run(call, "w"), Takes);
        Offer(bias, call => Run(call, "b"), Takes);

        void Run(EngineCall call, string gradient)
        {
            Case c = call.Case;
            nint[] x = Shape(forward, call, "x"), w = Shape(forward, call, "w"), b = Shape(forward, call, "b"), y = Shape(forward, call, "y");
            // The library has groups as a dimension of the weights, and filters before channels: for transposed layers the adapter exchanges them.
            nint groups = isDepthwise ? w[0] : c.Family.Letters.Contains("g") ? c["g"] : 1, first = w[0] / groups, second = isDepthwise ? 1 : w[1], taps = Count(w[(isDepthwise ? 1 : 2)..]);
            nint[] kernel = [.. groups > 1 || isDepthwise ? [groups] : Array.Empty<nint>(), .. isTransposed ? [second, first] : new[] { first, second }, .. w[(isDepthwise ? 1 : 2)..]];
            long* strides = Numbers(Along(c, "s", dimensions)), dilations = Numbers(Along(c, "e", dimensions).Select(e => e - 1)), before = Numbers(Along(c, "p", dimensions));
            long* behind = c.Family.Letters.Contains("qh") ? Numbers([c["qh"], c["qw"]]) : Numbers(Along(c, "p", dimensions).Zip(Along(c, "a", dimensions), (padding, extra) => padding - extra));
            using Layout xs = new(x, isFree: true), ws = new(kernel, isFree: true), bs = new(b), ys = new(y, isFree: true);
            Description ahead = o => dimensions == 0 ? dnnl_inner_product_forward_desc_init(o, Training, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer)
                : isTransposed ? dnnl_dilated_deconvolution_forward_desc_init(o, Training, Deconvolution, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer, strides, dilations, before, behind)
                : dnnl_dilated_convolution_forward_desc_init(o, Training, Convolution, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer, strides, dilations, before, behind);
            Description byData = o => dimensions == 0 ? dnnl_inner_product_backward_data_desc_init(o, xs.Pointer, ws.Pointer, ys.Pointer)
                : isTransposed ? dnnl_dilated_deconvolution_backward_data_desc_init(o, Deconvolution, xs.Pointer, ws.Pointer, ys.Pointer, strides, dilations, before, behind)
                : dnnl_dilated_convolution_backward_data_desc_init(o, Convolution, xs.Pointer, ws.Pointer, ys.Pointer, strides, dilations, before, behind);
            Description byWeights = o => dimensions == 0 ? dnnl_inner_product_backward_weights_desc_init(o, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer)
                : isTransposed ? dnnl_dilated_deconvolution_backward_weights_desc_init(o, Deconvolution, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer, strides, dilations, before, behind)
                : dnnl_dilated_convolution_backward_weights_desc_init(o, Convolution, xs.Pointer, ws.Pointer, bs.Pointer, ys.Pointer, strides, dilations, before, behind);

            nint Kernel()
            {
                if (!isTransposed)
                    return In(call, "w");
                nint exchanged = Zeros(kernel);
                Exchange((float*)In(call, "w"), (float*)exchanged, groups, first, second, taps);
                return exchanged;
            }

            if (gradient.Length == 0)
            {
                using var operation = new Operation(ahead);
                operation.Run([new(Source, In(call, "x"), x, OfSource, false), new(Weights, Kernel(), kernel, OfWeights, false),
                    new(Bias, In(call, "b"), b, 0, false), new(Result, Out(call, "y"), y, OfResult, true)]);
                return;
            }
            using var hint = new Operation(ahead);
            using var backward = new Operation(gradient == "x" ? byData : byWeights, hint);
            if (gradient == "x")
            {
                backward.Run([new(ResultGradient, In(call, "dy"), y, OfResultGradient, false), new(Weights, Kernel(), kernel, OfWeights, false),
                    new(SourceGradient, Out(call, "dx"), x, OfSourceGradient, true)]);
                return;
            }
            // One primitive has both gradients; the equation of one does not give or want what the other needs.
            nint dw = gradient == "w" && !isTransposed ? Out(call, "dw") : Zeros(kernel);
            backward.Run([new(ResultGradient, In(call, "dy"), y, OfResultGradient, false), new(Source, gradient == "w" ? In(call, "x") : Zeros(x), x, OfSource, false),
                new(WeightsGradient, dw, kernel, OfWeightsGradient, true), new(BiasGradient, gradient == "b" ? Out(call, "db") : Zeros(b), b, 0, true)]);
            if (gradient == "w" && isTransposed)
                Exchange((float*)dw, (float*)Out(call, "dw"), groups, second, first, taps);
        }
    }

    // From groups × first × second × taps to groups × second × first × taps.
    private static void Exchange(float* from, float* to, nint groups, nint first, nint second, nint taps)
    {
        for (nint group = 0; group < groups; group++)
            for (nint i = 0; i < first; i++)
                for (nint j = 0; j < second; j++)
                    for (nint tap = 0; tap < taps; tap++)
                        to[((group * second + j) * first + i) * taps + tap] = from[((group * first + i) * second + j) * taps + tap];
    }

    private void Elementwise(string forward, int function, string? backward, int backwardFunction, Func<EngineCall, float>? alpha = null, float beta = 0)
    {
        Offer(forward, call =>
        {
            nint[] x = Shape(forward, call, "x");
            using var xs = new Layout(x);
            using var operation = new Operation(o => dnnl_eltwise_forward_desc_init(o, Training, function, xs.Pointer, alpha?.Invoke(call) ?? 0, beta));
            operation.Run([new(Source, In(call, "x"), x, 0, false), new(Result, Out(call, "y"), x, 0, true)]);
        });
        if (backward is not null)
            Offer(backward, call =>
            {
                nint[] x = Shape(forward, call, "x");
                using var xs = new Layout(x);
                using var hint = new Operation(o => dnnl_eltwise_forward_desc_init(o, Training, backwardFunction, xs.Pointer, alpha?.Invoke(call) ?? 0, beta));
                using var operation = new Operation(o => dnnl_eltwise_backward_desc_init(o, backwardFunction, xs.Pointer, xs.Pointer, alpha?.Invoke(call) ?? 0, beta), hint);
                operation.Run([new(ResultGradient, In(call, "dy"), x, 0, false), backwardFunction >= 256 ? new(Result, In(call, "y"), x, 0, false) : new(Source, In(call, "x"), x, 0, false),
                    new(SourceGradient, Out(call, "dx"), x, 0, true)]);
            });
    }
}
