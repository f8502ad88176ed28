using CnnVerified.Experiments.Networks;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Experiments;

/// <summary>A mistake in a backward pass.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Source">Where docs/errata.md tells of it, if it does.</param>
/// <param name="Plant">Puts another layer in the place of a right one, or leaves it.</param>
internal sealed record Slip(Said Name, string Source, Func<Layer, Layer> Plant)
{
    public Order Order { get; init; } = Order.ResidualFirst;

    /// <summary>The pooling of the network that it is planted in; mean pooling unless it says otherwise.</summary>
    public Func<Maps, string, Layer>? Pooling { get; init; }

    /// <summary>No slip: what the others are compared with.</summary>
    public bool IsNone => Source == "";

    /// <summary>The source as tables name it.</summary>
    public Said Listed => Source switch
    {
        "not listed" => new Said(Source, "未列出"),
        "section 4" => new Said(Source, "第 4 节"),
        _ => Source,
    };

    public static IReadOnlyList<Slip> All { get; } =
    [
        None(new("none", "没有错误")),
        new(new("w not rotated in the data gradient", "数据梯度中 w 没有旋转"), "ER-2", OfConvolution(data: (layer, N, on) =>
        {
            float[] turned = [.. layer.W.Values];
            Rotate(turned, layer.W.Shape);
            Convolution.BackwardData(layer.Y.Residual(N), new(turned, layer.W.Shape), Window.Unit, layer.X.Residual(N), on);
        })),
        new(new("weight gradient rotated by 180°", "权重梯度旋转了 180°"), "ER-1", OfConvolution(after: (layer, N) => Rotate(layer.W.Gradient, layer.W.Shape))),
        new(new("weight gradient divided by N·P·Q", "权重梯度除以 N·P·Q"), "ER-7", OfConvolution(after: (layer, N) => Scale(layer.W.Gradient, 1f / (N * layer.Y.H * layer.Y.W)))),
        new("tanh′ = −tanh²", "ER-12", OfTanh(y => -y * y)),
        new("tanh′ = tanh", "ER-13", OfTanh(y => y)),
        new(new("residual of the layer above left out", "漏掉上一层的残差"), "ER-5", OfFullyConnected(data: (layer, N, on) =>
        {
            float[] ones = new float[N * layer.Y.Size];
            Array.Fill(ones, 1);
            FullyConnected.BackwardData(new(ones, [N, layer.Y.Size]), layer.W.Value, layer.X.ResidualRows(N), on);
        })),
        new(new("residual through updated weights", "残差经过更新后的权重"), "ER-16", layer => layer) { Order = Order.UpdateFirst },
        new(new("1/N of the mean left out", "漏掉平均的 1/N"), "ER-C9", OfFullyConnected(name: "output", before: (layer, N) => Scale(layer.Y.Residuals, N))),
        new(new("bias gradient divided by N", "偏置梯度除以 N"), "ER-20", OfBias((gradient, N) => Scale(gradient, 1f / N))),
        new(new("one bias gradient for all channels", "所有通道共用一个偏置梯度"), "ER-19", OfConvolution(after: (layer, _) => Array.Fill(layer.B.Gradient, layer.B.Gradient.Sum()))),
        new(new("no bias is updated", "偏置从不更新"), "not listed", OfBias((gradient, _) => Array.Clear(gradient))),
        new(new("first layer is never updated", "第一层从不更新"), "section 4", OfConvolution(name: "C1", after: (layer, _) =>
        {
            Array.Clear(layer.W.Gradient);
            Array.Clear(layer.B.Gradient);
        })),
        None(new("none, max pooling", "没有错误，最大池化")) with { Pooling = Max },
        new(new("max pooling: residual to the whole window", "最大池化：残差给整个窗口"), "ER-3", layer => layer is MaxPoolingLayer
            ? new SlippedLayer(layer, null, (N, on) => ToWholeWindow(layer, N)) : layer) { Pooling = Max },
    ];

    /// <summary>LeNet-5 with this slip.</summary>
    public TrialNetwork Network(int maxBatch) => new([.. TrialNetwork.LeNet5(maxBatch, Pooling).Layers.Select(Plant)]);

    private static Slip None(Said name) => new(name, "", layer => layer);

    private static MaxPoolingLayer Max(Maps maps, string name) => new(maps);

    private static Func<Layer, Layer> OfConvolution(string? name = null, Action<ConvolutionLayer, int>? after = null, Action<ConvolutionLayer, int, Execution>? data = null) =>
        layer => layer is ConvolutionLayer convolution && (name is null || convolution.W.Name == $"{name}.w")
            ? new SlippedLayer(layer, (N, on) =>
            {
                layer.BackwardWeights(N, on);
                after?.Invoke(convolution, N);
            }, data is null ? null : (N, on) => data(convolution, N, on)) : layer;

    private static Func<Layer, Layer> OfFullyConnected(string? name = null, Action<FullyConnectedLayer, int>? before = null, Action<FullyConnectedLayer, int, Execution>? data = null) =>
        layer => layer is FullyConnectedLayer full && (name is null || full.W.Name == $"{name}.w")
            ? new SlippedLayer(layer, (N, on) =>
            {
                before?.Invoke(full, N);
                layer.BackwardWeights(N, on);
            }, data is null ? null : (N, on) => data(full, N, on)) : layer;

    private static Func<Layer, Layer> OfTanh(Func<float, float> derivative) =>
        layer => layer is TanhLayer ? new SlippedLayer(layer, null, (N, _) =>
        {
            for (int i = 0; i < N * layer.X.Size; i++)
                layer.X.Residuals[i] *= derivative(layer.X.Values[i]);
        }) : layer;

    private static Func<Layer, Layer> OfBias(Action<float[], int> change) =>
        layer => layer.Parameters.Count == 0 ? layer : new SlippedLayer(layer, (N, on) =>
        {
            layer.BackwardWeights(N, on);
            change(layer.Parameters[1].Gradient, N);
        }, null);

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref float value in values)
            value *= factor;
    }

    // Each kernel by 180°.
    private static void Rotate(float[] w, nint[] shape)
    {
        int taps = (int)(shape[2] * shape[3]);
        for (int start = 0; start < w.Length; start += taps)
            Array.Reverse(w, start, taps);
    }

    // ER-3 for windows of 2×2 side by side.
    private static void ToWholeWindow(Layer layer, int N)
    {
        var (x, y) = (layer.X, layer.Y);
        for (int map = 0; map < N * x.C; map++)
            for (int u = 0; u < x.H; u++)
                for (int v = 0; v < x.W; v++)
                    x.Residuals[(map * x.H + u) * x.W + v] = y.Residuals[(map * y.H + u / 2) * y.W + v / 2];
    }

    /// <summary>A layer with a mistake on its way back.</summary>
    private sealed class SlippedLayer(Layer right, Action<int, Execution>? weights, Action<int, Execution>? data) : Layer(right.X, right.Y)
    {
        public override IReadOnlyList<Parameter> Parameters => right.Parameters;

        public override void Forward(int N, Execution on) => right.Forward(N, on);

        public override void BackwardWeights(int N, Execution on) => (weights ?? right.BackwardWeights)(N, on);

        public override void BackwardData(int N, Execution on) => (data ?? right.BackwardData)(N, on);
    }
}
