using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's MaxPooling1D. Outputs must not overlap inputs.</summary>
public static unsafe class MaxPooling1D
{
    /// <summary>Max pooling in one dimension, forward (PL-F20).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation of columns.</param>
    /// <param name="y">Output, N×C×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F20, or a tensor has gaps.</exception>
    [Equation("PL-F20")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape1.Dilated("PL-F20", x.Lengths, S, window, clipped: true);
        shape.ExpectOutput("PL-F20", "y", y.Lengths);
        Contract.Dense("PL-F20", "x", x);
        Contract.Dense("PL-F20", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MaxForward.Run(on, new PoolingGeometry(shape, window), px, py);
    }

    /// <summary>Max pooling in one dimension, backward data (PL-B20).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="y">Output of PL-F20, N×C×Q.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation of columns.</param>
    /// <param name="dx">Derivative by x, N×C×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F20, the window has more than 2^24 elements, or a tensor has gaps.</exception>
    [Equation("PL-B20")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y, int S,
        Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape1.Dilated("PL-B20", dx.Lengths, S, window, clipped: true);
        shape.ExpectOutput("PL-B20", "dy", dy.Lengths);
        Contract.Shape("PL-B20", "x", "N×C×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B20", "y", y.Lengths);
        Contract.Dense("PL-B20", "y", y);
        Contract.Dense("PL-B20", "dy", dy);
        Contract.Dense("PL-B20", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MaxBackward.Run(on, "PL-B20", new PoolingGeometry(shape, window), pdy, px, py, pdx);
    }
}
