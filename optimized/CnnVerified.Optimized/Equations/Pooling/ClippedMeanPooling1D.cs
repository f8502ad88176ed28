using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ClippedMeanPooling1D. Outputs must not overlap inputs.</summary>
public static unsafe class ClippedMeanPooling1D
{
    /// <summary>Mean pooling in one dimension, padding not counted, forward (PL-F24).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns.</param>
    /// <param name="y">Output, N×C×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F24, or a tensor has gaps.</exception>
    [Equation("PL-F24")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape1.Of("PL-F24", x.Lengths, S, window, clipped: true);
        shape.ExpectOutput("PL-F24", "y", y.Lengths);
        Contract.Dense("PL-F24", "x", x);
        Contract.Dense("PL-F24", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MeanForward.Run(on, new PoolingGeometry(shape, window), clipped: true, px, py);
    }

    /// <summary>Mean pooling in one dimension, padding not counted, backward data (PL-B24).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns.</param>
    /// <param name="dx">Derivative by x, N×C×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F24, or a tensor has gaps.</exception>
    [Equation("PL-B24")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape1.Of("PL-B24", dx.Lengths, S, window, clipped: true);
        shape.ExpectOutput("PL-B24", "dy", dy.Lengths);
        Contract.Dense("PL-B24", "dy", dy);
        Contract.Dense("PL-B24", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MeanBackward.Run(on, new PoolingGeometry(shape, window), clipped: true, pdy, pdx);
    }
}
