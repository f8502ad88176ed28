using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CnnVerified.Peers;

/// <summary>libtorch through TorchSharp: forward passes as they are, and every gradient by its automatic differentiation.</summary>
internal sealed class TorchPeer : IPeer
{
    private readonly string _mended;
    private Engine _engine = new("torch");
    private int _threads;

    public TorchPeer()
    {
        _mended = TorchLibrary.Load();
        _ = torch.zeros(1);   // loads the rest, or says why not
        torch.set_num_interop_threads(1);
    }

    public string Title => $"libtorch {torch.__version__} through TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}";

    public string Calls => "Functions of torch.nn.functional; gradients by autograd, from the equation's own inputs. A gradient whose equation takes values of the forward pass, such as x̂ of a " +
        $"normalisation, is not offered: autograd computes them anew from x, so that it answers another question. {_mended}".TrimEnd();

    private delegate Tensor Function(Func<string, Tensor> of, Case c, Func<string, double> real);

    public Engine On(int threads)
    {
        _threads = threads;
        _engine = new Engine(threads == 1 ? "torch" : $"torch on {threads} threads");
        Layers();
        Poolings();
        Activations();
        Normalisations();
        Losses();
        return _engine;
    }

    private void Layers()
    {
        Forward("CV-F1", (of, c, _) => functional.conv2d(of("x"), of("w"), of("b"), S(c, 2), P(c, 2), E(c, 2), c["g"]));
        Forward("CV-F12", (of, c, _) => functional.conv2d(functional.pad(of("x"), [c["pw"], c["qw"], c["ph"], c["qh"]]), of("w"), of("b"), S(c, 2), null, E(c, 2), c["g"]));
        Forward("CV-F9", (of, c, _) => functional.conv2d(of("x"), of("w").unsqueeze(1), of("b"), S(c, 2), P(c, 2), null, c["c"]));
        Forward("CV-F13", (of, c, _) => functional.conv1d(of("x"), of("w"), of("b"), c["sw"], c["pw"], c["ew"], c["g"]));
        Forward("CV-F14", (of, c, _) => functional.conv3d(of("x"), of("w"), of("b"), S(c, 3), P(c, 3), E(c, 3), c["g"]));
        Forward("CV-F7", (of, c, _) => functional.conv_transpose2d(of("x"), of("w"), of("b"), S(c, 2), P(c, 2), A(c, 2), E(c, 2)));
        Forward("CV-F11", (of, c, _) => functional.conv_transpose2d(of("x"), of("w"), of("b"), S(c, 2), P(c, 2), A(c, 2), E(c, 2), c["g"]));
        Forward("CV-F15", (of, c, _) => functional.conv_transpose1d(of("x"), of("w"), of("b"), c["sw"], c["pw"], A(c, 1)[0], c["ew"], c["g"]));
        Forward("CV-F16", (of, c, _) => functional.conv_transpose3d(of("x"), of("w"), of("b"), S(c, 3), P(c, 3), A(c, 3), E(c, 3), c["g"]));
        Forward("FC-F1", (of, _, _) => functional.linear(of("x"), of("w"), of("b")));
    }

    private void Poolings()
    {
        // libtorch takes padding up to half of the window alone.
        Forward("PL-F1", (of, c, _) => functional.max_pool2d(of("x"), Window(c, 2), S(c, 2), P(c, 2)), HalfPadded);
        Forward("PL-F13", (of, c, _) => functional.max_pool2d(of("x"), Window(c, 2), S(c, 2), P(c, 2), E(c, 2)), HalfPadded);
        Forward("PL-F15", (of, c, _) => functional.max_pool2d(of("x"), Window(c, 2), S(c, 2), P(c, 2), ceil_mode: true), HalfPadded);
        Forward("PL-F20", (of, c, _) => functional.max_pool1d(of("x"), c["s"], c["sw"], c["pw"], c["ew"]), HalfPadded);
        Forward("PL-F21", (of, c, _) => functional.max_pool3d(of("x"), Window(c, 3), S(c, 3), P(c, 3), E(c, 3)), HalfPadded);
        Forward("PL-F3", (of, c, _) => functional.avg_pool2d(of("x"), Window(c, 2), S(c, 2), P(c, 2)), HalfPadded);
        Forward("PL-F22", (of, c, _) => functional.avg_pool1d(of("x"), c["s"], c["sw"], c["pw"]), HalfPadded);
        Forward("PL-F23", (of, c, _) => functional.avg_pool3d(of("x"), Window(c, 3), S(c, 3), P(c, 3)), IsInside);
        Forward("PL-F4", (of, c, _) => functional.avg_pool2d(of("x"), Window(c, 2), S(c, 2), P(c, 2), count_include_pad: false), HalfPadded);
        Forward("PL-F16", (of, c, _) => functional.avg_pool2d(of("x"), Window(c, 2), S(c, 2), P(c, 2), ceil_mode: true, count_include_pad: false), HalfPadded);
        Forward("PL-F24", (of, c, _) => functional.avg_pool1d(of("x"), c["s"], c["sw"], c["pw"], count_include_pad: false), HalfPadded);
        Forward("PL-F25", (of, c, _) => functional.avg_pool3d(of("x"), Window(c, 3), S(c, 3), P(c, 3), count_include_pad: false), IsInside);
        Forward("PL-F8", (of, _, _) => functional.adaptive_avg_pool2d(of("x"), [1, 1]).flatten(1));
        Forward("PL-F17", (of, _, _) => functional.adaptive_max_pool2d(of("x"), [1, 1]).flatten(1));
        Forward("PL-F12", (of, c, _) => functional.adaptive_avg_pool2d(of("x"), [c["p"], c["q"]]));
        Forward("PL-F18", (of, c, _) => functional.adaptive_max_pool2d(of("x"), [c["p"], c["q"]]));
    }

    private void Activations()
    {
        Forward("AC-F1", (of, _, _) => functional.sigmoid(of("x")));
        Forward("AC-F2", (of, _, _) => functional.tanh(of("x")));
        Forward("AC-F4", (of, _, _) => functional.relu(of("x")));
        Forward("AC-F5", (of, _, real) => functional.leaky_relu(of("x"), real("a")));
        Forward("AC-F6", (of, _, real) => functional.elu(of("x"), real("a")));
        Forward("AC-F7", (of, _, _) => functional.softplus(of("x")));
        Forward("AC-F8", (of, _, _) => functional.gelu(of("x")));
        Forward("AC-F9", (of, _, _) => functional.silu(of("x")));
        Forward("AC-F10", (of, _, _) => torch.abs(of("x")));
        Forward("AC-F11", (of, _, _) => functional.hardtanh(of("x")));
        Forward("AC-F12", (of, _, _) => functional.softsign(of("x")));
        Forward("AC-F13", (of, _, _) => functional.prelu(of("x"), of("a")));
        Forward("AC-F17", (of, _, _) => functional.mish(of("x")));
        Forward("AC-F18", (of, _, _) => functional.gelu(of("x"), TorchSharp.Modules.GELU.Approximate.tanh));
        Forward("AC-F19", (of, _, _) => functional.hardswish(of("x")));
        Forward("AC-F20", (of, _, real) => functional.hardtanh(of("x"), 0, real("bound")));
        Forward("AC-F21", (of, _, real) => functional.celu(of("x"), real("a")));
        Forward("AC-F22", (of, _, real) => functional.threshold(of("x"), real("theta"), 0));
        Forward("AC-F23", (of, _, _) => functional.logsigmoid(of("x")));
    }

    private void Normalisations()
    {
        Forward("NM-F1", (of, _, real) => functional.batch_norm(of("x"), null!, null!, of("gamma"), of("beta"), training: true, eps: real("eps")), c => c["n"] * c["h"] * c["w"] > 1);
        Forward("NM-F2", (of, _, real) => functional.batch_norm(of("x"), of("ma"), of("va"), of("gamma"), of("beta"), training: false, eps: real("eps")));
        Forward("NM-F3", (of, _, real) => functional.layer_norm(of("x"), [of("x").shape[1]], of("gamma"), of("beta"), real("eps")));
        Forward("NM-F6", (of, _, real) => functional.instance_norm(of("x"), null!, null!, of("gamma"), of("beta"), eps: real("eps")));
        Forward("NM-F7", (of, c, real) => functional.group_norm(of("x"), c["g"], of("gamma"), of("beta"), real("eps")));
        Forward("NM-F4", (of, c, real) => functional.local_response_norm(of("x"), c["z"], real("alpha"), real("beta"), real("kk")), c => c["z"] % 2 == 1);
    }

    private void Losses()
    {
        Forward("SM-F1", (of, _, _) => functional.softmax(of("z"), 1));
        Forward("SM-F2", (of, _, _) => functional.log_softmax(of("z"), 1));
        Forward("LS-F1", (of, _, _) => functional.cross_entropy(of("z"), of("h") / of("h").sum(1, keepdim: true)));
        Forward("LS-F15", (of, _, _) => functional.cross_entropy(of("z"), of("label")));
        Forward("LS-F16", (of, _, _) => functional.cross_entropy(of("z"), of("label"), of("w")));
        Forward("LS-F18", (of, _, _) => functional.nll_loss(of("y"), of("label")));
        Forward("LS-F2", (of, _, _) => functional.mse_loss(of("y"), of("t"), Reduction.Sum) / 2);
        Forward("LS-F11", (of, c, _) => functional.mse_loss(of("y"), of("t"), Reduction.Sum) / c["n"]);
        Forward("LS-F12", (of, _, _) => functional.mse_loss(of("y"), of("t")));
        Forward("LS-F17", (of, _, _) => functional.l1_loss(of("y"), of("t"), Reduction.Sum));
        Forward("LS-F4", (of, _, _) => functional.binary_cross_entropy_with_logits(of("z"), of("t"), reduction: Reduction.Sum));
        Forward("LS-F6", (of, _, real) => functional.huber_loss(of("y"), of("t"), real("delta"), Reduction.Sum));
        Forward("LS-F13", (of, c, _) => functional.kl_div(functional.log_softmax(of("z"), 1), of("h") / of("h").sum(1, keepdim: true), false, Reduction.Sum) / c["n"]);
    }

    // Offers a forward equation and those of its gradients that take nothing but inputs of it, the residual and, where the forward pass only
    // chooses, its result beside the input.
    private void Forward(string id, Function function, Func<Case, bool>? takes = null)
    {
        int threads = _threads;
        Equation forward = EquationTable.Find(id);
        takes ??= _ => true;
        _engine.Offer(id, takes, call =>
        {
            torch.set_num_threads(threads);
            using var scope = torch.NewDisposeScope();
            using var without = torch.no_grad();
            Copy(function(name => Operand(forward, call, name), call.Case, name => call.Scalar(name)), call.OutputValues(forward.Outputs[0].Name));
        });
        foreach (Equation gradient in EquationTable.All.Where(each => each.GradientOf?.Forward == forward))
        {
            string by = gradient.GradientOf!.Value.By;
            var inputs = forward.Inputs.Select(input => input.Name).Append(gradient.Residual).ToHashSet();
            if (forward.Nature == Nature.Choice && gradient.Inputs.Any(input => input.Name == by))
                inputs.Add(forward.Outputs[0].Name);
            if (!gradient.Inputs.All(input => inputs.Contains(input.Name)))
                continue;
            _engine.Offer(gradient.Id, takes, call =>
            {
                torch.set_num_threads(threads);
                using var scope = torch.NewDisposeScope();
                Tensor variable = Operand(forward, call, by, gradient).requires_grad_();
                Tensor value = function(name => name == by ? variable : Operand(forward, call, name, gradient), call.Case,
                    name => gradient.Inputs.Any(input => input.Name == name) ? call.Scalar(name) : 1);
                Tensor residual = gradient.Residual is { } dy ? torch.tensor(call.Copy(dy)).reshape(value.shape) : torch.ones_like(value);
                Copy(torch.autograd.grad([value], [variable], [residual])[0], call.OutputValues(gradient.Outputs[0].Name));
            });
        }
    }

    // What a gradient does not take does not matter to it: it is zero.
    private static Tensor Operand(Equation forward, EngineCall call, string name, Equation? gradient = null)
    {
        Operand operand = forward.Inputs.First(input => input.Name == name);
        long[] shape = [.. operand.Shape(call.Case).Select(length => (long)length)];
        bool isWhole = forward.Model.Find(name) is { IsExact: true };
        if (gradient is not null && gradient.Inputs.All(input => input.Name != name))
            return torch.zeros(shape, isWhole ? ScalarType.Int64 : ScalarType.Float32);
        return isWhole ? torch.tensor(Array.ConvertAll(call.Copy(name), value => (long)value)).reshape(shape) : torch.tensor(call.Copy(name)).reshape(shape);
    }

    private static void Copy(Tensor from, Span<float> to)
    {
        float[] values = from.contiguous().data<float>().ToArray();
        if (values.Length != to.Length)
            throw new InvalidOperationException($"libtorch gave {values.Length} elements, the equation has {to.Length}.");
        values.CopyTo(to);
    }

    private static readonly string[] Axes = ["d", "h", "w"], Taps = ["t", "r", "s"];

    private static long[] S(Case c, int dimensions) => [.. Axes[^dimensions..].Select(axis => (long)c["s" + axis])];

    private static long[] P(Case c, int dimensions) => [.. Axes[^dimensions..].Select(axis => (long)c["p" + axis])];

    private static long[] E(Case c, int dimensions) => [.. Axes[^dimensions..].Select(axis => (long)c["e" + axis])];

    private static long[] A(Case c, int dimensions) => [.. Axes[^dimensions..].Select(axis => (long)c["a" + axis])];

    private static long[] Window(Case c, int dimensions) => [.. Taps[^dimensions..].Select(tap => (long)c[tap])];

    // In three dimensions a mean is taken of no window that is larger than the volume without its padding.
    private static bool IsInside(Case c) => HalfPadded(c) && Axes.Zip(Taps).All(axis => c[axis.First] >= c[axis.Second]);

    private static bool HalfPadded(Case c) => Axes.Zip(Taps).All(axis => !c.Family.Letters.Contains("p" + axis.First) || 2 * c["p" + axis.First] <= c[axis.Second]);
}
