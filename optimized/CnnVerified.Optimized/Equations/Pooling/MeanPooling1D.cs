using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's MeanPooling1D: padding counted. Outputs must not overlap inputs.</summary>
public static unsafe class MeanPooling1D
{
    /// <summary>Mean pooling in one dimension, forward (PL-F22).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns.</param>
    /// <param name="y">Output, N×C×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F22, or a tensor has gaps.</exception>
    [Equation("PL-F22")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape1.Of("PL-F22", x.Lengths, S, window, clipped: false);
        shape.ExpectOutput("PL-F22", "y", y.Lengths);
        Contract.Dense("PL-F22", "x", x);
        Contract.Dense("PL-F22", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MeanForward.Run(on, new PoolingGeometry(shape, window), clipped: false, px, py);
    }

    /// <summary>Mean pooling in one dimension, backward data (PL-B22).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns.</param>
    /// <param name="dx">Derivative by x, N×C×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F22, or a tensor has gaps.</exception>
    [Equation("PL-B22")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape1.Of("PL-B22", dx.Lengths, S, window, clipped: false);
        shape.ExpectOutput("PL-B22", "dy", dy.Lengths);
        Contract.Dense("PL-B22", "dy", dy);
        Contract.Dense("PL-B22", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MeanBackward.Run(on, new PoolingGeometry(shape, window), clipped: false, pdy, pdx);
    }
}
