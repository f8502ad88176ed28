using CnnVerified.Optimized.Equations;
using CnnVerified.Optimized.Networks.Layers;

namespace CnnVerified.Optimized.Networks;

/// <summary>A small network in the manner of VGG: twice 16@3×3, max 2×2, twice 32@3×3, max 2×2, 128, 10; rectifiers; softmax with cross-entropy;
/// gradient descent with momentum.</summary>
/// <remarks>docs/networks.md. Images are N×1×28×28. Behind the image maps stay in blocks of channels up to the rasterisation, and rectifiers are the end of their convolutions.</remarks>
public sealed class SmallVgg : MomentumNetwork
{
    /// <summary>A network with zero weights and velocities.</summary>
    /// <param name="maxBatch">The largest batch it will see, N ≥ 1.</param>
    /// <param name="on">Where to compute; the caller keeps and disposes it.</param>
    /// <exception cref="ArgumentOutOfRangeException">maxBatch is below 1, or needs more memory than an array holds.</exception>
    public SmallVgg(int maxBatch, Execution on) : base("vgg", 28, maxBatch, on) { }

    /// <summary>Number of weights and biases.</summary>
    public static int ParameterCount => 218_490;

    private protected override int StateSize => ParameterCount;

    private protected override void Build()
    {
        var padded = new Window { Ph = 1, Pw = 1 };
        Maps c1 = NewMaps(16, 28, 28, areBlocked: true), c2 = NewMaps(16, 28, 28, areBlocked: true), p3 = NewMaps(16, 14, 14, areBlocked: true), c4 = NewMaps(32, 14, 14, areBlocked: true),
            c5 = NewMaps(32, 14, 14, areBlocked: true), blocks = NewMaps(32, 7, 7, areBlocked: true), p6 = NewMaps(32, 7, 7), f7 = NewMaps(128, 1, 1),
            z = NewMaps(10, 1, 1);
        Add(new ActivatedConvolutionLayer(Input, Blocks.Weights("C1.w", [16, 1, 3, 3], 9, 16 * 9), Blocks.Biases("C1.b", 16), padded, Activation.Rectifier, c1));
        Add(new ActivatedConvolutionLayer(c1, Blocks.Weights("C2.w", [16, 16, 3, 3], 144, 16 * 9), Blocks.Biases("C2.b", 16), padded, Activation.Rectifier, c2));
        Add(new BlockedMaxPoolingLayer(c2, p3));
        Add(new ActivatedConvolutionLayer(p3, Blocks.Weights("C4.w", [32, 16, 3, 3], 144, 32 * 9), Blocks.Biases("C4.b", 32), padded, Activation.Rectifier, c4));
        Add(new ActivatedConvolutionLayer(c4, Blocks.Weights("C5.w", [32, 32, 3, 3], 288, 32 * 9), Blocks.Biases("C5.b", 32), padded, Activation.Rectifier, c5));
        Add(new BlockedMaxPoolingLayer(c5, blocks));
        Add(new ToMapsLayer(blocks, p6));
        Add(new FullyConnectedLayer(p6, Blocks.Weights("F7.w", [128, p6.Size], p6.Size, 128), Blocks.Biases("F7.b", 128), f7));
        Add(new RectifierLayer(f7));
        Add(new FullyConnectedLayer(f7, Blocks.Weights("output.w", [10, 128], 128, 10), Blocks.Biases("output.b", 10), z));
        EndIn(z);
    }
}
