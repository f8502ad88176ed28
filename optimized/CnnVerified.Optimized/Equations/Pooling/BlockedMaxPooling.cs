using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>Max pooling on maps that stay in blocks of 16 channels between layers (<see cref="BlockedConvolution"/>): the bits of <see cref="MaxPooling"/>. Outputs must not overlap inputs.</summary>
/// <remarks>Unused channels of the last block hold the maxima of what stands there.</remarks>
public static unsafe class BlockedMaxPooling
{
    /// <summary>Max pooling, forward (PL-F1).</summary>
    /// <param name="xBlocked">Input, N×⌈C/16⌉×H×W×16.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="yBlocked">Output, N×⌈C/16⌉×P×Q×16; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F1, or a tensor has gaps.</exception>
    public static void Forward(in ReadOnlyTensorSpan<float> xBlocked, int R, int S, Window window, in TensorSpan<float> yBlocked, Execution on)
    {
        PoolingShape shape = Shape("PL-F1", "xBlocked", xBlocked, R, S, window);
        ExpectOutput("PL-F1", "yBlocked", yBlocked, shape);
        using var lease = on.Enter();
        fixed (float* px = xBlocked, py = yBlocked)
            ChannelMaximum.Forward(on, new PoolingGeometry(shape, window), px, py);
    }

    /// <summary>Max pooling, backward data (PL-B1).</summary>
    /// <param name="dyBlocked">Derivative of the loss by y, N×⌈C/16⌉×P×Q×16.</param>
    /// <param name="xBlocked">Input, N×⌈C/16⌉×H×W×16.</param>
    /// <param name="yBlocked">Output of PL-F1, N×⌈C/16⌉×P×Q×16.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dxBlocked">Derivative by x, N×⌈C/16⌉×H×W×16; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F1, or a tensor has gaps.</exception>
    public static void BackwardData(in ReadOnlyTensorSpan<float> dyBlocked, in ReadOnlyTensorSpan<float> xBlocked, in ReadOnlyTensorSpan<float> yBlocked, int R, int S, Window window,
        in TensorSpan<float> dxBlocked, Execution on)
    {
        PoolingShape shape = Shape("PL-B1", "dxBlocked", dxBlocked, R, S, window);
        Contract.Shape("PL-B1", "xBlocked", "N×⌈C/16⌉×H×W×16", xBlocked, dxBlocked.Lengths);
        ExpectOutput("PL-B1", "yBlocked", yBlocked, shape);
        ExpectOutput("PL-B1", "dyBlocked", dyBlocked, shape);
        using var lease = on.Enter();
        fixed (float* pdy = dyBlocked, px = xBlocked, py = yBlocked, pdx = dxBlocked)
            ChannelMaximum.Backward(on, new PoolingGeometry(shape, window), pdy, px, py, pdx);
    }

    // Of the blocks: each is pooled like a map.
    private static PoolingShape Shape(string id, string name, in ReadOnlyTensorSpan<float> x, int R, int S, Window window)
    {
        Lengths.ExpectRank(id, name, "N×⌈C/16⌉×H×W×16", x.Lengths, 5);
        Lengths.Expect(id, name, "N×⌈C/16⌉×H×W×16", x.Lengths, [x.Lengths[0], x.Lengths[1], x.Lengths[2], x.Lengths[3], BlockedConvolution.Channels]);
        Contract.Dense(id, name, x);
        return PoolingShape.Of(id, x.Lengths[..4], R, S, window, clipped: true);
    }

    private static void ExpectOutput(string id, string name, in ReadOnlyTensorSpan<float> y, in PoolingShape s) =>
        Contract.Shape(id, name, "N×⌈C/16⌉×P×Q×16", y, [s.N, s.C, s.P, s.Q, BlockedConvolution.Channels]);
}
