using CnnVerified.Onnx.Export;
using CnnVerified.Onnx.Proto;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Training;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using static CnnVerified.Peers.OrtModel;

namespace CnnVerified.Peers.Compare;

/// <summary>ONNX Runtime on models of one node, forward alone: weights as a constant, which it packs when the session is made, and as an
/// input, which it packs at each call.</summary>
internal sealed class OrtSide(int threads) : ISide
{
    private readonly List<IDisposable> _made = [];

    public string Version => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    public IReadOnlyList<TimedPath> Prepare(Workload work, WorkData data)
    {
        if (work.Pass != Pass.Forward)
            return [];
        if (work.Kind == LayerKind.LeNet5)
        {
            var lenet5 = NetworkKind.Find("lenet5");
            ModelProto network = NetworkExport.Model(Weights.Of(new Checkpoint(0, 0, lenet5.Defaults, 0, data.W, new float[lenet5.State])));
            return [Path(new(DataLayout.Nchw, Preparation.Ahead), network.ToByteArray(), [(network.Graph.Input[0].Name, data.X, [work.Case["n"], 1, 32, 32])], network.Graph.Output[0].Name, [work.Case["n"], 10])];
        }
        return [.. work.Variants.Where(variant => variant.Layout == DataLayout.Nchw).Select(variant => Path(work, data, variant))];
    }

    public void Release()
    {
        Enumerable.Reverse(_made).ToList().ForEach(each => each.Dispose());
        _made.Clear();
    }

    public void Dispose() => Release();

    private TimedPath Path(Workload work, WorkData data, Variant variant)
    {
        Case c = work.Case;
        bool isFlat = work.Kind == LayerKind.FullyConnected;
        long[] x = isFlat ? [c["n"], c["c"]] : [c["n"], c["c"], c["h"], c["w"]], w = isFlat ? [c["k"], c["c"]] : [c["k"], c["c"] / c["g"], c["r"], c["s"]];
        long[] y = isFlat ? [c["n"], c["k"]] : [c["n"], c["k"], c.Output.P, c.Output.Q];
        var inputs = new List<(string Name, float[] Values, long[] Shape)> { ("x", data.X, x) };
        var constants = new List<TensorProto>();
        if (work.HasWeights)
        {
            if (variant.Weights == Preparation.Ahead)
                constants.Add(Constant("w", data.W, w));
            else
                inputs.Add(("w", data.W, w));
            constants.Add(Constant("b", data.B, [c["k"]]));
        }
        AttributeProto[] window = [Wholes("kernel_shape", c["r"], c["s"]), Wholes("strides", c["sh"], c["sw"]), Wholes("pads", c["ph"], c["pw"], c["ph"], c["pw"])];
        var (kind, attributes) = work.Kind switch
        {
            LayerKind.Convolution => ("Conv", (AttributeProto[])[.. window, Wholes("dilations", c["eh"], c["ew"]), Whole("group", c["g"])]),
            LayerKind.FullyConnected => ("Gemm", [Whole("transB", 1)]),
            LayerKind.MaxPooling => ("MaxPool", window),
            LayerKind.MeanPooling => ("AveragePool", window),
            _ => ("Tanh", []),
        };
        byte[] model = Of(kind, work.HasWeights ? ["x", "w", "b"] : ["x"], [.. inputs.Select(input => (input.Name, input.Shape))], attributes, constants);
        return Path(variant, model, inputs, Result, y);
    }

    private TimedPath Path(Variant variant, byte[] model, List<(string Name, float[] Values, long[] Shape)> inputs, string output, long[] y)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        var session = Made(new InferenceSession(model, options));
        var run = Made(new RunOptions());
        var result = new float[y.Aggregate(1L, (all, length) => all * length)];
        Array.Fill(result, float.NaN);
        string[] names = [.. inputs.Select(input => input.Name)];
        OrtValue[] values = [.. inputs.Select(input => Made(OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape)))], results = [Made(OrtValue.CreateTensorValueFromMemory(result, y))];
        return new(variant, () => session.Run(run, names, values, [output], results), () => result);
    }

    private T Made<T>(T made) where T : IDisposable
    {
        _made.Add(made);
        return made;
    }
}
