using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks.Layers;

namespace CnnVerified.Optimized.Networks;

/// <summary>A network of today's parts: 16@3×3 and 32@3×3, each with batch normalisation, rectifier and max pooling 2×2; dropout; 10; softmax
/// with cross-entropy; Adam.</summary>
/// <remarks>docs/networks.md.</remarks>
public sealed class Modern : Network
{
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Eps = 1e-8f;
    private const int Statistics = 2 * (16 + 32);

    private Maps _z = null!;
    private SoftmaxHead _head = null!;
    private DropoutLayer _dropout = null!;
    private BatchNormalisationLayer _first = null!, _second = null!;

    /// <summary>A network with zero weights.</summary>
    /// <param name="maxBatch">The largest batch it will see, N ≥ 1.</param>
    /// <param name="on">Where to compute; the caller keeps and disposes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">maxBatch is below 1, or needs more memory than an array holds.</exception>
    public Modern(int maxBatch, Execution on) : base("modern", 28, maxBatch, on) { }

    /// <summary>Number of parameters.</summary>
    public static int ParameterCount => 20_538;

    /// <summary>Probability that dropout keeps an element.</summary>
    public static float Keep => 0.5f;

    /// <summary>Elements of an image that dropout decides about.</summary>
    public static int Dropped => 32 * 7 * 7;

    // Both means of Adam, then running mean and running variance of the first batch normalisation, then of the second.
    private protected override int StateSize => 2 * ParameterCount + Statistics;

    /// <inheritdoc/>
    /// <remarks>Scales and running variances begin at 1.</remarks>
    public override void Initialise(Random random, Func<int, int, double> range)
    {
        base.Initialise(random, range);
        foreach (Parameter parameter in Blocks.All)
            if (parameter.Tensor.Name.EndsWith(".gamma", StringComparison.Ordinal))
                parameter.Values.Fill(1);
        Span<float> statistics = State[^Statistics..];
        statistics[16..32].Fill(1);
        statistics[64..96].Fill(1);
    }

    /// <summary>Loss and gradient of a batch in training: its own statistics, and dropout.</summary>
    /// <param name="x">Scaled images, N×1×28×28, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="seed">Names the run's stream of dropout.</param>
    /// <param name="step">The number of the step, from 1: with the seed it decides what is dropped.</param>
    /// <returns>The loss; <see cref="Network.Gradient"/> has its gradient.</returns>
    /// <exception cref="ArgumentException">x or h has another shape, or a pixel is not finite.</exception>
    public float LossAndGradient(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> h, ulong seed, int step)
    {
        int N = Take(x);
        _dropout.Draw(N, seed, (ulong)step, On);
        Forward(N, Pass.Training);
        float loss = _head.Loss(N, h, On);
        Backward(N);
        return loss;
    }

    /// <summary>One training step: forward, backward, OP-7 and NM-U1.</summary>
    /// <param name="x">Scaled images, N×1×28×28, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="seed">Names the run's stream of dropout.</param>
    /// <param name="step">The number of the step, from 1.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">x or h has another shape, or a pixel is not finite.</exception>
    public float Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> h, float eta, ulong seed, int step)
    {
        float loss = LossAndGradient(x, h, seed, step);
        Span<float> m = State[..ParameterCount], v = State[ParameterCount..(2 * ParameterCount)];
        Adam.Step(Line(Parameters), Line(Blocks.Gradient), Line(m), Line(v), eta, Beta1, Beta2, Eps, step, Line(Parameters), Line(m), Line(v), On);
        _first.UpdateStatistics((int)x.Lengths[0], On);
        _second.UpdateStatistics((int)x.Lengths[0], On);
        return loss;
    }

    private protected override void Build()
    {
        var padded = new Window { Ph = 1, Pw = 1 };
        Maps c1 = NewMaps(16, 28, 28), p2 = NewMaps(16, 14, 14), c3 = NewMaps(32, 14, 14), p4 = NewMaps(32, 7, 7), d5 = NewMaps(Dropped, 1, 1);
        _z = NewMaps(10, 1, 1);
        Place statistics = StateAt.From(2 * ParameterCount);
        Add(new UnbiasedConvolutionLayer(Input, Blocks.Weights("C1.w", [16, 1, 3, 3], 9, 16 * 9), padded, c1));
        _first = Add(new BatchNormalisationLayer(Memory, MaxBatch, c1, Blocks.Biases("N1.gamma", 16), Blocks.Biases("N1.beta", 16), statistics));
        Add(new RectifierLayer(c1));
        Add(new MaxPoolingLayer(c1, p2));
        Add(new UnbiasedConvolutionLayer(p2, Blocks.Weights("C3.w", [32, 16, 3, 3], 144, 32 * 9), padded, c3));
        _second = Add(new BatchNormalisationLayer(Memory, MaxBatch, c3, Blocks.Biases("N3.gamma", 32), Blocks.Biases("N3.beta", 32), statistics.From(2 * 16)));
        Add(new RectifierLayer(c3));
        Add(new MaxPoolingLayer(c3, p4));
        _dropout = Add(new DropoutLayer(Memory, MaxBatch, p4, Keep, d5));
        Add(new FullyConnectedLayer(d5, Blocks.Weights("output.w", [10, Dropped], Dropped, 10), Blocks.Biases("output.b", 10), _z));
        _head = new SoftmaxHead(Memory, MaxBatch, _z);
    }

    private protected override ReadOnlySpan<float> Output(int N) => _z.Span(N);
}
