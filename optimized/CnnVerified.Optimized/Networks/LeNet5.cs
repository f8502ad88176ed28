using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks.Layers;

namespace CnnVerified.Optimized.Networks;

/// <summary>LeNet-5 as it is usually taught: 6@5×5, mean 2×2, 16@5×5, mean 2×2, 120@5×5, 84, 10; tanh; softmax with cross-entropy;
/// gradient descent with momentum.</summary>
/// <remarks>docs/networks.md.</remarks>
public sealed class LeNet5 : Network
{
    private Maps _z = null!;
    private SoftmaxHead _head = null!;

    /// <summary>A network with zero weights and velocities.</summary>
    /// <param name="maxBatch">The largest batch it will see, N ≥ 1.</param>
    /// <param name="on">Where to compute; the caller keeps and disposes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">maxBatch is below 1, or needs more memory than an array holds.</exception>
    public LeNet5(int maxBatch, Execution on) : base("LeNet-5", 32, maxBatch, on) { }

    /// <summary>Number of weights and biases.</summary>
    public static int ParameterCount => 61_706;

    /// <summary>The velocities of OP-2, in the order of <see cref="Network.Parameters"/>.</summary>
    public Span<float> Velocities => State;

    private protected override int StateSize => ParameterCount;

    /// <summary>Loss and gradient of a batch.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <returns>The loss; <see cref="Network.Gradient"/> has its gradient.</returns>
    /// <exception cref="ArgumentException">x or h has another shape, or a pixel is not finite.</exception>
    public float LossAndGradient(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> h)
    {
        int N = Take(x);
        Forward(N, Pass.Training);
        float loss = _head.Loss(N, h, On);
        Backward(N);
        return loss;
    }

    /// <summary>One training step: forward, backward, OP-2.</summary>
    /// <param name="x">Scaled images, N×1×32×32, N at most <see cref="Network.MaxBatch"/>.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="mu">Momentum.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">x or h has another shape, or a pixel is not finite.</exception>
    public float Step(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> h, float eta, float mu)
    {
        float loss = LossAndGradient(x, h);
        GradientDescent.MomentumStep(Line(Parameters), Line(Blocks.Gradient), Line(State), eta, mu, Line(Parameters), Line(State), On);
        return loss;
    }

    private protected override void Build()
    {
        Maps c1 = NewMaps(6, 28, 28), s2 = NewMaps(6, 14, 14), c3 = NewMaps(16, 10, 10), s4 = NewMaps(16, 5, 5), c5 = NewMaps(120, 1, 1),
            f6 = NewMaps(84, 1, 1);
        _z = NewMaps(10, 1, 1);
        Add(new ActivatedConvolutionLayer(Input, Blocks.Weights("C1.w", [6, 1, 5, 5], 25, 6 * 25), Blocks.Biases("C1.b", 6), Window.Unit, Activation.Tanh, c1));
        Add(new MeanPoolingLayer(c1, s2));
        Add(new ActivatedConvolutionLayer(s2, Blocks.Weights("C3.w", [16, 6, 5, 5], 150, 16 * 25), Blocks.Biases("C3.b", 16), Window.Unit, Activation.Tanh, c3));
        Add(new MeanPoolingLayer(c3, s4));
        Add(new ActivatedConvolutionLayer(s4, Blocks.Weights("C5.w", [120, 16, 5, 5], 400, 120 * 25), Blocks.Biases("C5.b", 120), Window.Unit, Activation.Tanh, c5));
        Add(new FullyConnectedLayer(c5, Blocks.Weights("F6.w", [84, 120], 120, 84), Blocks.Biases("F6.b", 84), f6));
        Add(new TanhLayer(f6));
        Add(new FullyConnectedLayer(f6, Blocks.Weights("output.w", [10, 84], 84, 10), Blocks.Biases("output.b", 10), _z));
        _head = new SoftmaxHead(Memory, MaxBatch, _z);
    }

    private protected override ReadOnlySpan<float> Output(int N) => _z.Span(N);
}
