using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Networks.Layers;

/// <summary>Mean pooling 2×2 (PL-F3).</summary>
internal sealed class MeanPoolingLayer(Maps x, Maps y) : Layer(x, y)
{
    private static readonly Window Halving = new() { Sh = 2, Sw = 2 };

    public override void Forward(int N, Pass pass, Execution on) => MeanPooling.Forward(X.Value(N), 2, 2, Halving, Y.Value(N), on);

    public override void Backward(int N, Execution on) => MeanPooling.BackwardData(Y.Residual(N), 2, 2, Halving, X.Residual(N), on);
}

/// <summary>Max pooling 2×2 (PL-F1).</summary>
internal sealed class MaxPoolingLayer(Maps x, Maps y) : Layer(x, y)
{
    private static readonly Window Halving = new() { Sh = 2, Sw = 2 };

    public override void Forward(int N, Pass pass, Execution on) => MaxPooling.Forward(X.Value(N), 2, 2, Halving, Y.Value(N), on);

    public override void Backward(int N, Execution on) =>
        MaxPooling.BackwardData(Y.Residual(N), X.Value(N), Y.Value(N), 2, 2, Halving, X.Residual(N), on);
}

/// <summary>Trainable subsampling 2×2 with its squashing (PL-F6).</summary>
/// <remarks>The sums of the windows are kept from the forward pass: the gradient by the coefficient uses them.</remarks>
internal sealed class SubsamplingLayer(Arena arena, int maxBatch, Maps x, Parameter a, Parameter b, float amp, float slope, Maps y) : Layer(x, y)
{
    private readonly Place _sums = arena.Plan((long)maxBatch * y.Size);

    private TensorSpan<float> V(int N) => new(arena[_sums, N * Y.Size], [N, Y.C, Y.H, Y.W]);

    public override void Forward(int N, Pass pass, Execution on)
    {
        TrainableSubsampling.Forward(X.Value(N), a.Value, b.Value, amp, slope, 2, 2, Y.Value(N), on);
        if (pass == Pass.Training)
            TrainableSubsampling.Sums(X.Value(N), 2, 2, V(N), on);
    }

    public override void Backward(int N, Execution on)
    {
        TrainableSubsampling.BackwardCoefficient(Y.Residual(N), V(N), Y.Value(N), amp, slope, a.Gradient, on);
        TrainableSubsampling.BackwardBias(Y.Residual(N), Y.Value(N), amp, slope, b.Gradient, on);
        TrainableSubsampling.BackwardData(Y.Residual(N), a.Value, Y.Value(N), amp, slope, 2, 2, X.Residual(N), on);
    }

    public override void SecondOrder(int N, Execution on) =>
        TrainableSubsampling.SecondDerivatives(Y.Residual(N), a.Value, V(N), Y.Value(N), amp, slope, 2, 2, X.Residual(N), a.SecondDerivative,
            b.SecondDerivative, on);
}
