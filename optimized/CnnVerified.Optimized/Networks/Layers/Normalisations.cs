using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Networks.Layers;

/// <summary>Batch normalisation in place: NM-F1 in training, NM-F2 in inference, NM-U1 between the steps.</summary>
/// <param name="arena">Where it keeps the normalised input, and mean and variance of the batch.</param>
/// <param name="maxBatch">The largest batch.</param>
/// <param name="maps">What it normalises.</param>
/// <param name="gamma">Scale.</param>
/// <param name="beta">Shift.</param>
/// <param name="running">Where running mean and running variance lie, one after the other.</param>
internal sealed class BatchNormalisationLayer(Arena arena, int maxBatch, Maps maps, Parameter gamma, Parameter beta, Place running) : Layer(maps, maps)
{
    private const float Eps = 1e-5f, Rho = 0.1f;

    private readonly Place _xhat = arena.Plan((long)maxBatch * maps.Size), _mu = arena.Plan(maps.C), _v = arena.Plan(maps.C);

    private TensorSpan<float> Xhat(int N) => new(arena[_xhat, N * Y.Size], [N, Y.C, Y.H, Y.W]);

    private TensorSpan<float> Channels(Place at) => new(arena[at, Y.C], [Y.C]);

    private TensorSpan<float> RunningMean => Channels(running);

    private TensorSpan<float> RunningVariance => Channels(running.From(Y.C));

    public override void Forward(int N, Pass pass, Execution on)
    {
        if (pass == Pass.Training)
            BatchNormalisation.ForwardWithValues(X.Value(N), gamma.Value, beta.Value, Eps, Y.Value(N), Channels(_mu), Channels(_v), Xhat(N), on);
        else
            InferenceNormalisation.Forward(X.Value(N), gamma.Value, beta.Value, RunningMean, RunningVariance, Eps, Y.Value(N), on);
    }

    public override void Backward(int N, Execution on)
    {
        BatchNormalisation.BackwardScale(Y.Residual(N), Xhat(N), gamma.Gradient, on);
        BatchNormalisation.BackwardShift(Y.Residual(N), beta.Gradient, on);
        BatchNormalisation.BackwardData(Y.Residual(N), gamma.Value, Xhat(N), Channels(_v), Eps, X.Residual(N), on);
    }

    /// <summary>Takes the statistics of the last training pass into the running ones.</summary>
    public void UpdateStatistics(int N, Execution on) =>
        RunningStatistics.Step(RunningMean, RunningVariance, Channels(_mu), Channels(_v), Rho, N * Y.H * Y.W, RunningMean, RunningVariance, on);
}

/// <summary>Dropout (NM-F5) of rows; in inference it lets everything through.</summary>
internal sealed class DropoutLayer(Arena arena, int maxBatch, Maps x, float keep, Maps y) : Layer(x, y)
{
    private readonly Place _u = arena.Plan((long)maxBatch * y.Size);

    private TensorSpan<float> U(int N) => new(arena[_u, N * Y.Size], [N, Y.Size]);

    /// <summary>Draws what the next training pass drops: a function of seed, step and place alone.</summary>
    public void Draw(int N, ulong seed, ulong step, Execution on) => Dropout.Draw(seed, step, U(N), on);

    public override void Forward(int N, Pass pass, Execution on)
    {
        if (pass == Pass.Training)
            Dropout.Forward(X.Rows(N), U(N), keep, Y.Rows(N), on);
        else
            X.Span(N).CopyTo(Y.Span(N));
    }

    public override void Backward(int N, Execution on) => Dropout.BackwardData(Y.ResidualRows(N), U(N), keep, X.ResidualRows(N), on);
}
