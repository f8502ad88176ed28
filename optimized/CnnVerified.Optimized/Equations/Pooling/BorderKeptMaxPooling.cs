using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's BorderKeptMaxPooling: the kernels of MaxPooling with more windows.
/// Outputs must not overlap inputs.</summary>
public static unsafe class BorderKeptMaxPooling
{
    /// <summary>Max pooling, border kept, forward (PL-F15).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F15, or a tensor has gaps.</exception>
    [Equation("PL-F15")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.BorderKept("PL-F15", x.Lengths, R, S, window);
        shape.ExpectOutput("PL-F15", "y", y.Lengths);
        Contract.Dense("PL-F15", "x", x);
        Contract.Dense("PL-F15", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MaxForward.Run(on, new PoolingGeometry(shape, window), px, py);
    }

    /// <summary>Max pooling, border kept, backward data (PL-B15).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F15, N×C×P×Q.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F15, or a tensor has gaps.</exception>
    [Equation("PL-B15")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y, int R,
        int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.BorderKept("PL-B15", dx.Lengths, R, S, window);
        shape.ExpectOutput("PL-B15", "dy", dy.Lengths);
        Contract.Shape("PL-B15", "x", "N×C×H×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B15", "y", y.Lengths);
        Contract.Dense("PL-B15", "y", y);
        Contract.Dense("PL-B15", "dy", dy);
        Contract.Dense("PL-B15", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MaxBackward.Run(on, "PL-B15", new PoolingGeometry(shape, window), pdy, px, py, pdx);
    }
}
