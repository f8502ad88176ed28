using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's MaxPooling3D. Outputs must not overlap inputs.</summary>
public static unsafe class MaxPooling3D
{
    /// <summary>Max pooling in three dimensions, forward (PL-F21).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="y">Output, N×C×O×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F21, or a tensor has gaps.</exception>
    [Equation("PL-F21")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int T, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape3.Dilated("PL-F21", x.Lengths, T, R, S, window, clipped: true);
        shape.ExpectOutput("PL-F21", "y", y.Lengths);
        Contract.Dense("PL-F21", "x", x);
        Contract.Dense("PL-F21", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MaxForward.Run(on, new PoolingGeometry(shape, window), px, py);
    }

    /// <summary>Max pooling in three dimensions, backward data (PL-B21).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="y">Output of PL-F21, N×C×O×P×Q.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <param name="dx">Derivative by x, N×C×D×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F21, the window has more than 2^24 elements, or a tensor has gaps.</exception>
    [Equation("PL-B21")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y, int T,
        int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape3.Dilated("PL-B21", dx.Lengths, T, R, S, window, clipped: true);
        shape.ExpectOutput("PL-B21", "dy", dy.Lengths);
        Contract.Shape("PL-B21", "x", "N×C×D×H×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B21", "y", y.Lengths);
        Contract.Dense("PL-B21", "y", y);
        Contract.Dense("PL-B21", "dy", dy);
        Contract.Dense("PL-B21", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MaxBackward.Run(on, "PL-B21", new PoolingGeometry(shape, window), pdy, px, py, pdx);
    }
}
