using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Experiments.Networks;

/// <summary>A layer: reads X, writes Y, which may be the same memory, and back. The gradients of its parameters and the residual of X are two
/// calls, so that an experiment can do something between them.</summary>
internal abstract class Layer(Maps x, Maps y)
{
    public Maps X => x;

    public Maps Y => y;

    public virtual IReadOnlyList<Parameter> Parameters => [];

    public abstract void Forward(int N, Execution on);

    public virtual void BackwardWeights(int N, Execution on) { }

    public abstract void BackwardData(int N, Execution on);
}

/// <summary>A square convolution at every place of the maps (CV-F1).</summary>
internal sealed class ConvolutionLayer(Maps x, string name, int K, int R) : Layer(x, new Maps(x.MaxBatch, K, x.H - R + 1, x.W - R + 1))
{
    public Parameter W { get; } = new($"{name}.w", [K, x.C, R, R], x.C * R * R, K * R * R);

    public Parameter B { get; } = new($"{name}.b", [K]);

    public override IReadOnlyList<Parameter> Parameters => [W, B];

    public override void Forward(int N, Execution on) => Convolution.Forward(X.Value(N), W.Value, B.Value, Window.Unit, Y.Value(N), on);

    public override void BackwardWeights(int N, Execution on)
    {
        Convolution.BackwardWeights(Y.Residual(N), X.Value(N), Window.Unit, W.Derivative, on);
        Convolution.BackwardBias(Y.Residual(N), B.Derivative, on);
    }

    public override void BackwardData(int N, Execution on) => Convolution.BackwardData(Y.Residual(N), W.Value, Window.Unit, X.Residual(N), on);
}

/// <summary>A fully connected layer (FC-F1); maps are read as rows.</summary>
internal sealed class FullyConnectedLayer(Maps x, string name, int K) : Layer(x, new Maps(x.MaxBatch, K, 1, 1))
{
    public Parameter W { get; } = new($"{name}.w", [K, x.Size], x.Size, K);

    public Parameter B { get; } = new($"{name}.b", [K]);

    public override IReadOnlyList<Parameter> Parameters => [W, B];

    public override void Forward(int N, Execution on) => FullyConnected.Forward(X.Rows(N), W.Value, B.Value, Y.Rows(N), on);

    public override void BackwardWeights(int N, Execution on)
    {
        FullyConnected.BackwardWeights(Y.ResidualRows(N), X.Rows(N), W.Derivative, on);
        FullyConnected.BackwardBias(Y.ResidualRows(N), B.Derivative, on);
    }

    public override void BackwardData(int N, Execution on) => FullyConnected.BackwardData(Y.ResidualRows(N), W.Value, X.ResidualRows(N), on);
}
