using CnnVerified.Onnx.Proto;
using CnnVerified.Verification.Files;
using CnnVerified.Verification.Reports;
using CnnVerified.Verification.Training;
using Google.Protobuf;
using static CnnVerified.Onnx.Export.GraphBuilder;

namespace CnnVerified.Onnx.Export;

/// <summary>The networks of docs/networks.md as ONNX models for inference.</summary>
/// <remarks>
/// Input x: scaled images (IN-2), N×1×32×32, for modern and vgg N×1×28×28; any N. Output: scores or, of lenet5-1998, distances, N×10. Operator set 17.
/// Weights bear the names of the network's tensors. What has no operator of its own is written so that it rounds as the equation does:
/// the sum of a window times a (PL-F6) is its mean times 4·a, exact factors both; the connection table (CV-F4) is a whole convolution
/// whose other weights are 0; the distances (LS-F7) are Sub, Mul and ReduceSum.
/// </remarks>
public static class NetworkExport
{
    /// <summary>The version of the operator set.</summary>
    public const int Opset = 17;

    private const int IrVersion = 8;   // the file format that came with that operator set
    private static readonly string[] Normalisation = ["gamma", "beta", "ma", "va"];   // in the order of the operator's inputs
    private const float Amp = 1.7159f, Slope = 2f / 3, Eps = 1e-5f;

    /// <summary>The model of a network with its weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <returns>The model; the same weights give the same bytes.</returns>
    public static ModelProto Model(Weights weights)
    {
        int side = weights.Kind.Side;
        var graph = new GraphBuilder(weights.Kind.Name);
        string output = weights.Kind.Name switch
        {
            "lenet5" => LeNet5(graph, weights),
            "lenet5-1998" => LeNet5Of1998(graph, weights),
            "modern" => Modern(graph, weights),
            "vgg" => SmallVgg(graph, weights),
            var other => throw new ArgumentException($"no export of the network {other}.", nameof(weights)),
        };
        graph.Graph.Input.Add(Value("x", null, 1, side, side));
        graph.Graph.Output.Add(Value(output, null, DigitCodes.Classes));
        graph.Graph.DocString = $"{weights.Kind.Title}. x: images of {side}×{side}, background -0.1, ink up to 1.175 (pixel/255*1.275 - 0.1). " +
            (output == "distances" ? "The class is that of the smallest distance." : "The class is that of the largest score.");
        return new()
        {
            IrVersion = IrVersion,
            ProducerName = "CnnVerified",
            ProducerVersion = typeof(NetworkExport).Assembly.GetName().Version!.ToString(3),
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
            Graph = graph.Graph,
        };
    }

    /// <summary>Writes the model of a network to a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="weights">The weights.</param>
    /// <exception cref="Verification.InputException">The file cannot be written.</exception>
    public static void Write(string path, Weights weights) => AtomicFile.Write(path, stream => stream.Write(Model(weights).ToByteArray()));

    private static string LeNet5(GraphBuilder graph, Weights weights)
    {
        string Tanh(string layer, string x) => graph.Node("Tanh", $"{layer}.y", [x]);
        string s2 = MeanPooling(graph, "S2", Tanh("C1", Convolution(graph, weights, "C1", "x", padding: 0)));
        string s4 = MeanPooling(graph, "S4", Tanh("C3", Convolution(graph, weights, "C3", s2, padding: 0)));
        string c5 = Tanh("C5", Convolution(graph, weights, "C5", s4, padding: 0));
        string f6 = Tanh("F6", FullyConnected(graph, weights, "F6", c5, "F6.z"));
        return FullyConnected(graph, weights, "output", f6, "scores");
    }

    private static string LeNet5Of1998(GraphBuilder graph, Weights weights)
    {
        graph.Constant("amp", [Amp]);
        graph.Constant("slope", [Slope]);
        string Squash(string layer, string x) =>
            graph.Node("Mul", $"{layer}.y", [graph.Node("Tanh", $"{layer}.tanh", [graph.Node("Mul", $"{layer}.slope", [x, "slope"])]), "amp"]);

        string Subsampling(string layer, string x)
        {
            NpyArray a = weights[$"{layer}.a"], b = weights[$"{layer}.b"];
            string scale = graph.Constant($"{layer}.4a", [.. ((float[])a.Elements).Select(each => 4 * each)], a.Count, 1, 1);
            string bias = graph.Constant($"{layer}.b", (float[])b.Elements, b.Count, 1, 1);
            return Squash(layer, graph.Node("Add", $"{layer}.z", [graph.Node("Mul", $"{layer}.scaled", [MeanPooling(graph, layer, x, $"{layer}.mean"), scale]), bias]));
        }

        string s2 = Subsampling("S2", Squash("C1", Convolution(graph, weights, "C1", "x", padding: 0)));
        string s4 = Subsampling("S4", Squash("C3", Convolution(graph, weights, "C3", s2, padding: 0)));
        string c5 = Squash("C5", Convolution(graph, weights, "C5", s4, padding: 0));
        string f6 = Squash("F6", FullyConnected(graph, weights, "F6", c5, "F6.z"));

        // Every feature beside every code: N×1×84 and 10×84 make N×10×84.
        graph.Constant("codes", [.. DigitCodes.All.Select(code => (float)code)], DigitCodes.Classes, DigitCodes.Length);
        string beside = graph.Node("Unsqueeze", "F6.beside", [f6, graph.Constant("code.axis", 1)]);
        string difference = graph.Node("Sub", "difference", [beside, "codes"]);
        return graph.Node("ReduceSum", "distances", [graph.Node("Mul", "square", [difference, difference]), graph.Constant("feature.axis", 2)], Int("keepdims", 0));
    }

    private static string Modern(GraphBuilder graph, Weights weights)
    {
        string Block(string convolution, string normalisation, string pooling, string x)
        {
            string z = Convolution(graph, weights, convolution, x, padding: 1);
            string normalised = graph.Node("BatchNormalization", normalisation,
                [z, .. Normalisation.Select(letter => graph.Constant($"{normalisation}.{letter}", weights[$"{normalisation}.{letter}"]))], Float("epsilon", Eps));
            return MaxPooling(graph, pooling, graph.Node("Relu", $"{normalisation}.y", [normalised]));
        }

        return FullyConnected(graph, weights, "output", Block("C3", "N3", "P4", Block("C1", "N1", "P2", "x")), "scores");
    }

    private static string SmallVgg(GraphBuilder graph, Weights weights)
    {
        string Rectified(string layer, string x) => graph.Node("Relu", $"{layer}.y", [x]);
        string Block(string first, string second, string pooling, string x) =>
            MaxPooling(graph, pooling, Rectified(second, Convolution(graph, weights, second, Rectified(first, Convolution(graph, weights, first, x, padding: 1)), padding: 1)));
        string f7 = Rectified("F7", FullyConnected(graph, weights, "F7", Block("C4", "C5", "P6", Block("C1", "C2", "P3", "x")), "F7.z"));
        return FullyConnected(graph, weights, "output", f7, "scores");
    }

    private static string Convolution(GraphBuilder graph, Weights weights, string layer, string x, int padding)
    {
        NpyArray w = weights[$"{layer}.w"];
        var inputs = new List<string> { x, graph.Constant($"{layer}.w", w) };
        if (weights.Names.Contains($"{layer}.b"))
            inputs.Add(graph.Constant($"{layer}.b", weights[$"{layer}.b"]));
        return graph.Node("Conv", $"{layer}.z", inputs, Ints("kernel_shape", w.Shape[2], w.Shape[3]), Ints("pads", padding, padding, padding, padding));
    }

    private static string MeanPooling(GraphBuilder graph, string layer, string x, string? name = null) =>
        graph.Node("AveragePool", name ?? $"{layer}.y", [x], Ints("kernel_shape", 2, 2), Ints("strides", 2, 2));

    private static string MaxPooling(GraphBuilder graph, string layer, string x) =>
        graph.Node("MaxPool", layer, [x], Ints("kernel_shape", 2, 2), Ints("strides", 2, 2));

    // x may still be maps: they are rasterised as FL-F1 does.
    private static string FullyConnected(GraphBuilder graph, Weights weights, string layer, string x, string output) =>
        graph.Node("Gemm", output, [graph.Node("Flatten", $"{layer}.x", [x], Int("axis", 1)), graph.Constant($"{layer}.w", weights[$"{layer}.w"]),
            graph.Constant($"{layer}.b", weights[$"{layer}.b"])], Int("transB", 1));
}
