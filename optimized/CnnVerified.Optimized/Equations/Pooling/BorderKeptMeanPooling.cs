using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's BorderKeptMeanPooling: the kernels of ClippedMeanPooling with more windows.
/// Outputs must not overlap inputs.</summary>
public static unsafe class BorderKeptMeanPooling
{
    /// <summary>Mean pooling, border kept, forward (PL-F16).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F16, or a tensor has gaps.</exception>
    [Equation("PL-F16")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.BorderKept("PL-F16", x.Lengths, R, S, window);
        shape.ExpectOutput("PL-F16", "y", y.Lengths);
        Contract.Dense("PL-F16", "x", x);
        Contract.Dense("PL-F16", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MeanForward.Run(on, new PoolingGeometry(shape, window), clipped: true, px, py);
    }

    /// <summary>Mean pooling, border kept, backward data (PL-B16).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F16, or a tensor has gaps.</exception>
    [Equation("PL-B16")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.BorderKept("PL-B16", dx.Lengths, R, S, window);
        shape.ExpectOutput("PL-B16", "dy", dy.Lengths);
        Contract.Dense("PL-B16", "dy", dy);
        Contract.Dense("PL-B16", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MeanBackward.Run(on, new PoolingGeometry(shape, window), clipped: true, pdy, pdx);
    }
}
