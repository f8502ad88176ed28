using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's MaxPooling. Outputs must not overlap inputs.</summary>
public static unsafe class MaxPooling
{
    /// <summary>Max pooling, forward (PL-F1).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F1, or a tensor has gaps.</exception>
    [Equation("PL-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Of("PL-F1", x.Lengths, R, S, window, clipped: true);
        shape.ExpectOutput("PL-F1", "y", y.Lengths);
        Contract.Dense("PL-F1", "x", x);
        Contract.Dense("PL-F1", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MaxForward.Run(on, new PoolingGeometry(shape, window), px, py);
    }

    /// <summary>Max pooling, backward data (PL-B1).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F1, N×C×P×Q.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F1, or a tensor has gaps.</exception>
    [Equation("PL-B1")]
    [Equation("PL-F2")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Of("PL-B1", dx.Lengths, R, S, window, clipped: true);
        shape.ExpectOutput("PL-B1", "dy", dy.Lengths);
        Contract.Shape("PL-B1", "x", "N×C×H×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B1", "y", y.Lengths);
        Contract.Dense("PL-B1", "y", y);
        Contract.Dense("PL-B1", "dy", dy);
        Contract.Dense("PL-B1", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MaxBackward.Run(on, "PL-B1", new PoolingGeometry(shape, window), pdy, px, py, pdx);
    }
}
