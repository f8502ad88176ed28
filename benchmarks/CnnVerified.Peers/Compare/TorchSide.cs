using CnnVerified.Timing.Compare;
using CnnVerified.Verification.Cases;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CnnVerified.Peers.Compare;

/// <summary>libtorch through TorchSharp, with NCHW tensors or with channels_last tensors.</summary>
/// <remarks>Gradients are its automatic differentiation's, by one variable, over a graph that is kept: the forward pass is not in their time.
/// The library packs weights at each call. Under channels_last, from NCHW to NCHW means that maps are converted inside the time; weights are
/// parameters and stay in its own layout.</remarks>
internal sealed class TorchSide : ISide
{
    private readonly bool _isChannelsLast;
    private readonly List<Tensor> _made = [];

    public TorchSide(int threads, bool isChannelsLast)
    {
        _isChannelsLast = isChannelsLast;
        TorchLibrary.Load();
        _ = torch.zeros(1);   // loads the rest, or says why not
        torch.set_num_interop_threads(1);
        torch.set_num_threads(threads);
    }

    public string Version => $"libtorch {torch.__version__} through TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}";

    public IReadOnlyList<TimedPath> Prepare(Workload work, WorkData data)
    {
        if (work.Kind == LayerKind.LeNet5)
            return [Network(work, data)];
        Case c = work.Case;
        bool isFlat = work.Kind == LayerKind.FullyConnected;
        if (_isChannelsLast && (isFlat || work.Kind == LayerKind.Tanh))
            return [];   // layout means nothing to it
        Tensor x = Made(data.X, isFlat ? [c["n"], c["c"]] : [c["n"], c["c"], c["h"], c["w"]]);
        Tensor w = Made(data.W, !work.HasWeights ? [0] : isFlat ? [c["k"], c["c"]] : [c["k"], c["c"] / c["g"], c["r"], c["s"]]), b = Made(data.B, [data.B.Length]);
        Tensor dy = Made(data.Dy, work.Pass == Pass.Forward ? [0] : isFlat ? [c["n"], c["k"]] : [c["n"], c["k"], c.Output.P, c.Output.Q]);
        long[] stride = [c["sh"], c["sw"]], padding = [c["ph"], c["pw"]], dilation = [c["eh"], c["ew"]], taps = [c["r"], c["s"]];
        Func<Tensor, Tensor, Tensor> function = work.Kind switch
        {
            LayerKind.Convolution => (x, w) => functional.conv2d(x, w, b, stride, padding, dilation, c["g"]),
            LayerKind.FullyConnected => (x, w) => functional.linear(x, w, b),
            LayerKind.MaxPooling => (x, _) => functional.max_pool2d(x, taps, stride, padding),
            LayerKind.MeanPooling => (x, _) => functional.avg_pool2d(x, taps, stride, padding),
            _ => (x, _) => torch.tanh(x),
        };
        if (!_isChannelsLast)
            return [Path(work, TimedPath.Plain, function, x, w, dy)];
        Tensor ownX = Made(Own(x)), ownW = work.HasWeights ? Made(Own(w)) : w, ownDy = work.Pass == Pass.Forward ? dy : Made(Own(dy));
        return
        [
            Path(work, TimedPath.Plain with { Layout = DataLayout.Own }, function, ownX, ownW, ownDy),
            Converting(work, function, x, ownX, ownW, dy, ownDy),
        ];
    }

    public void Release()
    {
        _made.ForEach(tensor => tensor.Dispose());
        _made.Clear();
    }

    public void Dispose() => Release();

    // The loss is a mean over the batch; the update has learning rate 0: the same arithmetic at every step.
    private TimedPath Network(Workload work, WorkData data)
    {
        int N = work.Case["n"], at = 0;
        Tensor x = Made(data.X, [N, 1, 32, 32]), labels = Made(torch.tensor([.. Enumerable.Range(0, N).Select(n => n % 10L)]));
        Parameter New(nint[] shape)
        {
            int size = shape.Aggregate(1, (all, length) => all * (int)length);
            using Tensor plain = torch.tensor(data.W[at..(at += size)]).reshape([.. shape.Select(length => (long)length)]);
            var parameter = new Parameter((_isChannelsLast && shape.Length == 4 ? Own(plain) : plain).detach().clone());
            _made.Add(parameter);
            return parameter;
        }

        Parameter[] p = [.. CnnVerified.Reference.Networks.LeNet5.ParameterShapes.Select(New)];
        if (_isChannelsLast)
            x = Made(Own(x));
        Variant variant = new(_isChannelsLast ? DataLayout.Own : DataLayout.Nchw, Preparation.Inside);
        if (work.Pass == Pass.Forward)
            return Holding(variant, () =>
            {
                using var without = torch.no_grad();
                return Scores(x, p);
            });
        var rule = torch.optim.SGD(p, learningRate: 0, momentum: 0.9);
        return new(variant, () =>
        {
            using var scope = torch.NewDisposeScope();
            rule.zero_grad();
            functional.cross_entropy(Scores(x, p), labels).backward();
            rule.step();
        }, () => [.. p.SelectMany(each => each.grad!.contiguous().data<float>().ToArray())]);
    }

    private static Tensor Scores(Tensor x, Tensor[] p)
    {
        using var scope = torch.NewDisposeScope();
        Tensor s2 = functional.avg_pool2d(torch.tanh(functional.conv2d(x, p[0], p[1])), 2L);
        Tensor s4 = functional.avg_pool2d(torch.tanh(functional.conv2d(s2, p[2], p[3])), 2L);
        Tensor c5 = torch.tanh(functional.conv2d(s4, p[4], p[5])).flatten(1), f6 = torch.tanh(functional.linear(c5, p[6], p[7]));
        return functional.linear(f6, p[8], p[9]).MoveToOuterDisposeScope();
    }

    // One call, its operands and its result in the layout that they have.
    private TimedPath Path(Workload work, Variant variant, Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor w, Tensor dy)
    {
        var call = Call(work, function, x, w);
        return Holding(variant, () => call(x, dy));
    }

    // The same from NCHW to NCHW.
    private TimedPath Converting(Workload work, Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor ownX, Tensor ownW, Tensor dy, Tensor ownDy)
    {
        var call = Call(work, function, ownX, ownW);
        return Holding(TimedPath.Plain, () =>
        {
            // The graph of a gradient by w has its own copy of x; a training step converts it nevertheless.
            using Tensor? input = work.Pass == Pass.BackwardData ? null : Own(x);
            using Tensor? residual = work.Pass == Pass.Forward ? null : Own(dy);
            using Tensor result = call(input ?? ownX, residual ?? ownDy);
            return result.contiguous();
        });
    }

    private Func<Tensor, Tensor, Tensor> Call(Workload work, Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor w)
    {
        if (work.Pass == Pass.Forward)
            return (x, _) =>
            {
                using var without = torch.no_grad();
                return function(x, w);
            };
        Tensor variable = Made((work.Pass == Pass.BackwardData ? x : w).detach().requires_grad_());
        Tensor value = Made(work.Pass == Pass.BackwardData ? function(variable, w) : function(x, variable));
        return (_, dy) => torch.autograd.grad([value], [variable], [dy], retain_graph: true)[0];
    }

    // Keeps the last result, and gives it back before the next call so that its memory can be used again.
    private TimedPath Holding(Variant variant, Func<Tensor> call)
    {
        Tensor? last = null;
        return new(variant, () =>
        {
            last?.Dispose();
            last = call();
        }, () =>
        {
            using Tensor plain = last!.contiguous();
            return plain.data<float>().ToArray();
        });
    }

    private static Tensor Own(Tensor map)
    {
        using Tensor permuted = map.permute(0, 2, 3, 1);
        using Tensor last = permuted.contiguous();
        return last.permute(0, 3, 1, 2);
    }

    private Tensor Made(float[] values, long[] shape)
    {
        using Tensor flat = torch.tensor(values);
        return Made(flat.reshape(shape));
    }

    private Tensor Made(Tensor tensor)
    {
        _made.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
