using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GlobalAveragePooling. Sums in the order of Sums. Outputs must not overlap inputs.</summary>
public static unsafe class GlobalAveragePooling
{
    /// <summary>Global average pooling, forward (PL-F8).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output, N×C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F8, or a tensor has gaps.</exception>
    [Equation("PL-F8")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Global("PL-F8", x.Lengths);
        Contract.Dense("PL-F8", "x", x);
        Contract.Shape("PL-F8", "y", "N×C", y, [shape.N, shape.C]);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            on.Run(shape.N * shape.C, new MapMeans((nint)shape.H * shape.W, on.Width, px, py));
    }

    /// <summary>Global average pooling, backward data (PL-B9).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F8, or a tensor has gaps.</exception>
    [Equation("PL-B9")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Global("PL-B9", dx.Lengths);
        Contract.Shape("PL-B9", "dy", "N×C", dy, [shape.N, shape.C]);
        Contract.Dense("PL-B9", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            on.Run(shape.N * shape.C, new MapShares(shape.H * shape.W, pdy, pdx));
    }
}
