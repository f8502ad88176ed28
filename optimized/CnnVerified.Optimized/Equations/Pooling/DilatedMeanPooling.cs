using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's DilatedMeanPooling: padding counted. Outputs must not overlap inputs.</summary>
public static unsafe class DilatedMeanPooling
{
    /// <summary>Mean pooling with dilation, forward (PL-F14).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F14, or a tensor has gaps.</exception>
    [Equation("PL-F14")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Dilated("PL-F14", x.Lengths, R, S, window, clipped: false);
        shape.ExpectOutput("PL-F14", "y", y.Lengths);
        Contract.Dense("PL-F14", "x", x);
        Contract.Dense("PL-F14", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MeanForward.Run(on, new PoolingGeometry(shape, window), clipped: false, px, py);
    }

    /// <summary>Mean pooling with dilation, backward data (PL-B14).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F14, or a tensor has gaps.</exception>
    [Equation("PL-B14")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Dilated("PL-B14", dx.Lengths, R, S, window, clipped: false);
        shape.ExpectOutput("PL-B14", "dy", dy.Lengths);
        Contract.Dense("PL-B14", "dy", dy);
        Contract.Dense("PL-B14", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MeanBackward.Run(on, new PoolingGeometry(shape, window), clipped: false, pdy, pdx);
    }
}
