using CnnVerified.Onnx.Proto;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using Microsoft.ML.OnnxRuntime;
using static CnnVerified.Peers.OrtModel;

namespace CnnVerified.Peers;

/// <summary>ONNX Runtime on models of one node each. It has no backward passes; where an operator of ONNX is the gradient of another
/// (a transposed convolution, a product of matrices) that is offered.</summary>
internal sealed class OrtPeer : IPeer, IDisposable
{
    private (byte[] Model, int Threads, InferenceSession Session)? _last;
    private Engine _engine = new("ort");
    private int _threads;

    public string Title => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    public string Calls => "A model of one node, made for each shape and run on the CPU provider with all of its graph optimisations. The library has no backward passes: a gradient is " +
        "offered where another operator computes it, CV-B1 by ConvTranspose, CV-B10 by Conv, FC-B1 to FC-B3 by Gemm and ReduceSum. Local response normalisation (NM-F4) is not: the library takes a positive exponent alone, the equation any.";

    public Engine On(int threads)
    {
        _threads = threads;
        _engine = new Engine(threads == 1 ? "ort" : $"ort on {threads} threads");
        Layers();
        Poolings();
        Elementwise();
        Normalisations();
        return _engine;
    }

    public void Dispose() => _last?.Session.Dispose();

    private void Layers()
    {
        foreach (string id in new[] { "CV-F1", "CV-F12" })
            Node(id, "Conv", "x w b", c => Window(c, 2));
        Node("CV-F13", "Conv", "x w b", c => Window(c, 1));
        Node("CV-F14", "Conv", "x w b", c => Window(c, 3));
        Node("CV-F9", "Conv", "x w b", c => [.. Window(c, 2), Whole("group", c["c"])], shapes: (name, c) => name == "w" ? [c["c"], 1, c["r"], c["s"]] : null);
        foreach (string id in new[] { "CV-F7", "CV-F11" })
            Node(id, "ConvTranspose", "x w b", c => [.. Window(c, 2), Wholes("output_padding", c["ah"], c["aw"])], IsLessExtended);
        Node("CV-F15", "ConvTranspose", "x w b", c => [.. Window(c, 1), Wholes("output_padding", c["aw"])], IsLessExtended);
        Node("CV-F16", "ConvTranspose", "x w b", c => [.. Window(c, 3), Wholes("output_padding", c["ad"], c["ah"], c["aw"])], IsLessExtended);
        // What no window reached is the extra rows of the transposed layer; the library takes fewer of them than the stride.
        Node("CV-B1", "ConvTranspose", "dy w", c => [.. Window(c, 2), Wholes("output_padding", Left(c, "h", "r"), Left(c, "w", "s"))]);
        Node("CV-B10", "Conv", "dy w", c => Window(c, 2), IsLessExtended);
        Node("FC-F1", "Gemm", "x w b", _ => [Whole("transB", 1)]);
        Node("FC-B1", "Gemm", "dy w", _ => []);
        Node("FC-B2", "Gemm", "dy x", _ => [Whole("transA", 1)]);
        Node("FC-B3", "ReduceSum", "dy", _ => [Whole("keepdims", 0)], constant: [0]);
        Node("CV-B3", "ReduceSum", "dy", _ => [Whole("keepdims", 0)], constant: [0, 2, 3]);
    }

    private static int Left(Case c, string size, string taps) => (c[size] + 2 * c["p" + size] - c["e" + size] * (c[taps] - 1) - 1) % c["s" + size];

    private void Poolings()
    {
        foreach (var (id, dimensions) in new[] { ("PL-F1", 2), ("PL-F13", 2), ("PL-F20", 1), ("PL-F21", 3) })
            Node(id, "MaxPool", "x", c => [.. Window(c, dimensions), Kernel(c, dimensions)], IsLessPadded);
        Node("PL-F15", "MaxPool", "x", c => [.. Window(c, 2), Kernel(c, 2), Whole("ceil_mode", 1)], IsLessPadded);
        foreach (var (id, dimensions) in new[] { ("PL-F3", 2), ("PL-F14", 2), ("PL-F22", 1), ("PL-F23", 3) })
            Node(id, "AveragePool", "x", c => [.. Window(c, dimensions), Kernel(c, dimensions), Whole("count_include_pad", 1)], IsLessPadded);
        foreach (var (id, dimensions) in new[] { ("PL-F4", 2), ("PL-F24", 1), ("PL-F25", 3) })
            Node(id, "AveragePool", "x", c => [.. Window(c, dimensions), Kernel(c, dimensions)], IsLessPadded);
        Node("PL-F16", "AveragePool", "x", c => [.. Window(c, 2), Kernel(c, 2), Whole("ceil_mode", 1)], IsLessPadded);
        foreach (string id in new[] { "PL-F8", "PL-F28", "PL-F29" })
            Node(id, "GlobalAveragePool", "x", _ => []);
        Node("PL-F17", "GlobalMaxPool", "x", _ => []);
    }

    private void Elementwise()
    {
        Node("AC-F1", "Sigmoid", "x", _ => []);
        Node("AC-F2", "Tanh", "x", _ => []);
        Node("AC-F4", "Relu", "x", _ => []);
        Node("AC-F5", "LeakyRelu", "x", _ => [], scalars: call => [Real("alpha", call.Scalar("a"))]);
        Node("AC-F6", "Elu", "x", _ => [], scalars: call => [Real("alpha", call.Scalar("a"))]);
        Node("AC-F7", "Softplus", "x", _ => []);
        Node("AC-F8", "Gelu", "x", _ => []);
        Node("AC-F10", "Abs", "x", _ => []);
        Node("AC-F12", "Softsign", "x", _ => []);
        Node("AC-F15", "Selu", "x", _ => [], scalars: call => [Real("alpha", call.Scalar("a")), Real("gamma", call.Scalar("lam"))]);
        Node("AC-F16", "HardSigmoid", "x", _ => [], scalars: call => [Real("alpha", call.Scalar("a")), Real("beta", call.Scalar("b"))]);
        Node("AC-F17", "Mish", "x", _ => []);
        Node("AC-F18", "Gelu", "x", _ => [Text("approximate", "tanh")]);
        Node("AC-F19", "HardSwish", "x", _ => []);
        Node("AC-F21", "Celu", "x", _ => [], scalars: call => [Real("alpha", call.Scalar("a"))]);
        Node("AC-F22", "ThresholdedRelu", "x", _ => [], scalars: call => [Real("alpha", call.Scalar("theta"))]);
        Node("SM-F1", "Softmax", "z", _ => [Whole("axis", 1)]);
        Node("SM-F2", "LogSoftmax", "z", _ => [Whole("axis", 1)]);
        Node("SM-F3", "Hardmax", "z", _ => [Whole("axis", 1)]);
    }

    private void Normalisations()
    {
        Node("NM-F2", "BatchNormalization", "x gamma beta ma va", _ => [], scalars: call => [Real("epsilon", call.Scalar("eps"))]);
        Node("NM-F3", "LayerNormalization", "x gamma beta", _ => [Whole("axis", 1)], scalars: call => [Real("epsilon", call.Scalar("eps"))]);
        Node("NM-F6", "InstanceNormalization", "x gamma beta", _ => [], scalars: call => [Real("epsilon", call.Scalar("eps"))]);
        Node("NM-F7", "GroupNormalization", "x gamma beta", c => [Whole("num_groups", c["g"])], scalars: call => [Real("epsilon", call.Scalar("eps"))]);
    }

    private void Node(string id, string kind, string inputs, Func<Case, AttributeProto[]> attributes, Func<Case, bool>? takes = null, Func<EngineCall, AttributeProto[]>? scalars = null,
        long[]? constant = null, Func<string, Case, long[]?>? shapes = null)
    {
        int threads = _threads;
        Equation equation = EquationTable.Find(id);
        _engine.Offer(id, takes ?? (_ => true), call =>
        {
            var given = inputs.Split(' ').Select(name =>
            {
                Operand operand = equation.Inputs.First(input => input.Name == name);
                return (Name: name, Values: call.Copy(name), Shape: shapes?.Invoke(name, call.Case) ?? [.. operand.Shape(call.Case).Select(length => (long)length)]);
            }).ToArray();
            InferenceSession session = Session(Of(kind, [.. given.Select(each => each.Name), .. constant is null ? [] : Reduced], [.. given.Select(each => (each.Name, each.Shape))],
                [.. attributes(call.Case), .. scalars?.Invoke(call) ?? []], constant is null ? [] : [Constant("axes", constant)]), threads);
            var values = given.Select(each => OrtValue.CreateTensorValueFromMemory(each.Values, each.Shape)).ToList();
            try
            {
                using var run = new RunOptions();
                using var results = session.Run(run, [.. given.Select(each => each.Name)], values, [Result]);
                ReadOnlySpan<float> result = results[0].GetTensorDataAsSpan<float>();
                Span<float> output = call.OutputValues(equation.Outputs[0].Name);
                if (result.Length != output.Length)
                    throw new InvalidOperationException($"ONNX Runtime gave {result.Length} elements, the equation has {output.Length}.");
                result.CopyTo(output);
            }
            finally
            {
                values.ForEach(value => value.Dispose());
            }
        });
    }

    // The session of the call before is kept: many calls in a row have the same model.
    private InferenceSession Session(byte[] model, int threads)
    {
        if (_last is { } last && last.Threads == threads && last.Model.AsSpan().SequenceEqual(model))
            return last.Session;
        _last?.Session.Dispose();
        _last = null;
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        _last = (model, threads, new InferenceSession(model, options));
        return _last.Value.Session;
    }

    private static readonly string[] Reduced = ["axes"], Axes = ["d", "h", "w"], Taps = ["t", "r", "s"];

    private static AttributeProto[] Window(Case c, int dimensions)
    {
        string[] axes = Axes[^dimensions..];
        long Of(string prefix, string axis, long none) => c.Family.Letters.Contains(prefix + axis) ? c[prefix + axis] : none;
        var all = new List<AttributeProto>
        {
            Wholes("strides", [.. axes.Select(axis => Of("s", axis, 1))]),
            Wholes("pads", [.. axes.Select(axis => Of("p", axis, 0)), .. axes.Select(axis => Of("q", axis, Of("p", axis, 0)))]),
        };
        if (c.Family.Letters.Contains("ew"))
            all.Add(Wholes("dilations", [.. axes.Select(axis => Of("e", axis, 1))]));
        if (c.Family.Letters.Contains("g"))
            all.Add(Whole("group", c["g"]));
        return [.. all];
    }

    private static AttributeProto Kernel(Case c, int dimensions) => Wholes("kernel_shape", [.. Taps[^dimensions..].Select(tap => (long)c[tap])]);

    // The library takes fewer extra rows and columns than the stride alone.
    private static bool IsLessExtended(Case c) => Axes.All(axis => !c.Family.Letters.Contains("a" + axis) || c["a" + axis] < c["s" + axis]);

    // The library takes padding below the size of the window alone.
    private static bool IsLessPadded(Case c) => Axes.Zip(Taps).All(axis => !c.Family.Letters.Contains("p" + axis.First) || c["p" + axis.First] < c[axis.Second]);
}
