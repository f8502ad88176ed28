using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks.Layers;

namespace CnnVerified.Optimized.Networks;

/// <summary>LeNet-5 as it is usually taught: 6@5×5, mean 2×2, 16@5×5, mean 2×2, 120@5×5, 84, 10; tanh; softmax with cross-entropy;
/// gradient descent with momentum.</summary>
/// <remarks>docs/networks.md. Images are N×1×32×32.</remarks>
public sealed class LeNet5 : MomentumNetwork
{
    /// <summary>A network with zero weights and velocities.</summary>
    /// <param name="maxBatch">The largest batch it will see, N ≥ 1.</param>
    /// <param name="on">Where to compute; the caller keeps and disposes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">maxBatch is below 1, or needs more memory than an array holds.</exception>
    public LeNet5(int maxBatch, Execution on) : base("LeNet-5", 32, maxBatch, on) { }

    /// <summary>Number of weights and biases.</summary>
    public static int ParameterCount => 61_706;

    private protected override int StateSize => ParameterCount;

    private protected override void Build()
    {
        Maps c1 = NewMaps(6, 28, 28), s2 = NewMaps(6, 14, 14), c3 = NewMaps(16, 10, 10), s4 = NewMaps(16, 5, 5), c5 = NewMaps(120, 1, 1),
            f6 = NewMaps(84, 1, 1), z = NewMaps(10, 1, 1);
        Add(new ActivatedConvolutionLayer(Input, Blocks.Weights("C1.w", [6, 1, 5, 5], 25, 6 * 25), Blocks.Biases("C1.b", 6), Window.Unit, Activation.Tanh, c1));
        Add(new MeanPoolingLayer(c1, s2));
        Add(new ActivatedConvolutionLayer(s2, Blocks.Weights("C3.w", [16, 6, 5, 5], 150, 16 * 25), Blocks.Biases("C3.b", 16), Window.Unit, Activation.Tanh, c3));
        Add(new MeanPoolingLayer(c3, s4));
        Add(new ActivatedConvolutionLayer(s4, Blocks.Weights("C5.w", [120, 16, 5, 5], 400, 120 * 25), Blocks.Biases("C5.b", 120), Window.Unit, Activation.Tanh, c5));
        Add(new FullyConnectedLayer(c5, Blocks.Weights("F6.w", [84, 120], 120, 84), Blocks.Biases("F6.b", 84), f6));
        Add(new TanhLayer(f6));
        Add(new FullyConnectedLayer(f6, Blocks.Weights("output.w", [10, 84], 84, 10), Blocks.Biases("output.b", 10), z));
        EndIn(z);
    }
}
