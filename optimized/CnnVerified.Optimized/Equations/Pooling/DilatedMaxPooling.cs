using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's DilatedMaxPooling. Outputs must not overlap inputs.</summary>
public static unsafe class DilatedMaxPooling
{
    /// <summary>Max pooling with dilation, forward (PL-F13).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F13, or a tensor has gaps.</exception>
    [Equation("PL-F13")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Dilated("PL-F13", x.Lengths, R, S, window, clipped: true);
        shape.ExpectOutput("PL-F13", "y", y.Lengths);
        Contract.Dense("PL-F13", "x", x);
        Contract.Dense("PL-F13", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MaxForward.Run(on, new PoolingGeometry(shape, window), px, py);
    }

    /// <summary>Max pooling with dilation, backward data (PL-B13).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F13, N×C×P×Q.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F13, the window has more than 2^24 elements, or a tensor has gaps.</exception>
    [Equation("PL-B13")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y, int R,
        int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Dilated("PL-B13", dx.Lengths, R, S, window, clipped: true);
        shape.ExpectOutput("PL-B13", "dy", dy.Lengths);
        Contract.Shape("PL-B13", "x", "N×C×H×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B13", "y", y.Lengths);
        Contract.Dense("PL-B13", "y", y);
        Contract.Dense("PL-B13", "dy", dy);
        Contract.Dense("PL-B13", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MaxBackward.Run(on, "PL-B13", new PoolingGeometry(shape, window), pdy, px, py, pdx);
    }
}
