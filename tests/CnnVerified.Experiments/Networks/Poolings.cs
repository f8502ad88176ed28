using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Experiments.Networks;

/// <summary>Pooling over windows of 2×2 side by side.</summary>
internal abstract class HalvingLayer(Maps x) : Layer(x, new Maps(x.MaxBatch, x.C, x.H / 2, x.W / 2))
{
    protected static Window Halving { get; } = new() { Sh = 2, Sw = 2 };
}

/// <summary>Mean pooling (PL-F3).</summary>
internal sealed class MeanPoolingLayer(Maps x) : HalvingLayer(x)
{
    public override void Forward(int N, Execution on) => MeanPooling.Forward(X.Value(N), 2, 2, Halving, Y.Value(N), on);

    public override void BackwardData(int N, Execution on) => MeanPooling.BackwardData(Y.Residual(N), 2, 2, Halving, X.Residual(N), on);
}

/// <summary>Max pooling (PL-F1).</summary>
internal sealed class MaxPoolingLayer(Maps x) : HalvingLayer(x)
{
    public override void Forward(int N, Execution on) => MaxPooling.Forward(X.Value(N), 2, 2, Halving, Y.Value(N), on);

    public override void BackwardData(int N, Execution on) => MaxPooling.BackwardData(Y.Residual(N), X.Value(N), Y.Value(N), 2, 2, Halving, X.Residual(N), on);
}

/// <summary>Trainable subsampling (PL-F6): tanh(a·sum + b) with a coefficient and a bias for each map. It begins as the tanh of mean pooling.</summary>
internal sealed class SubsamplingLayer(Maps x, string name) : HalvingLayer(x)
{
    private const float Amp = 1, Slope = 1;
    private readonly float[] _sums = new float[x.MaxBatch * x.C * (x.H / 2) * (x.W / 2)];

    public Parameter A { get; } = new($"{name}.a", [x.C]) { First = 0.25f };

    public Parameter B { get; } = new($"{name}.b", [x.C]);

    public override IReadOnlyList<Parameter> Parameters => [A, B];

    public override void Forward(int N, Execution on)
    {
        TrainableSubsampling.Forward(X.Value(N), A.Value, B.Value, Amp, Slope, 2, 2, Y.Value(N), on);
        TrainableSubsampling.Sums(X.Value(N), 2, 2, Sums(N), on);
    }

    public override void BackwardWeights(int N, Execution on)
    {
        TrainableSubsampling.BackwardCoefficient(Y.Residual(N), Sums(N), Y.Value(N), Amp, Slope, A.Derivative, on);
        TrainableSubsampling.BackwardBias(Y.Residual(N), Y.Value(N), Amp, Slope, B.Derivative, on);
    }

    public override void BackwardData(int N, Execution on) =>
        TrainableSubsampling.BackwardData(Y.Residual(N), A.Value, Y.Value(N), Amp, Slope, 2, 2, X.Residual(N), on);

    private TensorSpan<float> Sums(int N) => new(_sums.AsSpan(0, N * Y.Size), [N, Y.C, Y.H, Y.W]);
}
