using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ClippedMeanPooling3D. Outputs must not overlap inputs.</summary>
public static unsafe class ClippedMeanPooling3D
{
    /// <summary>Mean pooling in three dimensions, padding not counted, forward (PL-F25).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×O×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F25, or a tensor has gaps.</exception>
    [Equation("PL-F25")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int T, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape3.Of("PL-F25", x.Lengths, T, R, S, window, clipped: true);
        shape.ExpectOutput("PL-F25", "y", y.Lengths);
        Contract.Dense("PL-F25", "x", x);
        Contract.Dense("PL-F25", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MeanForward.Run(on, new PoolingGeometry(shape, window), clipped: true, px, py);
    }

    /// <summary>Mean pooling in three dimensions, padding not counted, backward data (PL-B25).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×D×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F25, or a tensor has gaps.</exception>
    [Equation("PL-B25")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int T, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape3.Of("PL-B25", dx.Lengths, T, R, S, window, clipped: true);
        shape.ExpectOutput("PL-B25", "dy", dy.Lengths);
        Contract.Dense("PL-B25", "dy", dy);
        Contract.Dense("PL-B25", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MeanBackward.Run(on, new PoolingGeometry(shape, window), clipped: true, pdy, pdx);
    }
}
