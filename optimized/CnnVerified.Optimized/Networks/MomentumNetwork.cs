using System.Numerics.Tensors;
using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks.Layers;

namespace CnnVerified.Optimized.Networks;

/// <summary>A network that ends in ten scores, whose loss is softmax with cross-entropy, and that learns by gradient descent with momentum.</summary>
public abstract class MomentumNetwork : Network
{
    private Maps _z = null!;
    private SoftmaxHead _head = null!;

    private protected MomentumNetwork(string title, int side, int maxBatch, Execution on) : base(title, side, maxBatch, on) { }

    /// <summary>The velocities of OP-2, in the order of <see cref="Network.Parameters"/>.</summary>
    public Span<float> Velocities => State;

    /// <summary>Loss and gradient of a batch.</summary>
    /// <param name="x">Scaled images of the size that the network states, N at most <see cref="Network.MaxBatch"/>.</param>
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
    /// <param name="x">Scaled images of the size that the network states, N at most <see cref="Network.MaxBatch"/>.</param>
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

    /// <summary>Says which maps are the scores: the last step of <see cref="Network.Build"/>.</summary>
    private protected void EndIn(Maps z) => (_z, _head) = (z, new SoftmaxHead(Memory, MaxBatch, z));

    private protected override ReadOnlySpan<float> Output(int N) => _z.Span(N);
}
