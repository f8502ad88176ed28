using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's MeanPooling3D: padding counted. Outputs must not overlap inputs.</summary>
public static unsafe class MeanPooling3D
{
    /// <summary>Mean pooling in three dimensions, forward (PL-F23).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×O×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F23, or a tensor has gaps.</exception>
    [Equation("PL-F23")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int T, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape3.Of("PL-F23", x.Lengths, T, R, S, window, clipped: false);
        shape.ExpectOutput("PL-F23", "y", y.Lengths);
        Contract.Dense("PL-F23", "x", x);
        Contract.Dense("PL-F23", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MeanForward.Run(on, new PoolingGeometry(shape, window), clipped: false, px, py);
    }

    /// <summary>Mean pooling in three dimensions, backward data (PL-B23).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×D×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F23, or a tensor has gaps.</exception>
    [Equation("PL-B23")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int T, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape3.Of("PL-B23", dx.Lengths, T, R, S, window, clipped: false);
        shape.ExpectOutput("PL-B23", "dy", dy.Lengths);
        Contract.Dense("PL-B23", "dy", dy);
        Contract.Dense("PL-B23", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MeanBackward.Run(on, new PoolingGeometry(shape, window), clipped: false, pdy, pdx);
    }
}
