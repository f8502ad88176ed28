using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GlobalAveragePooling3D. Sums in the order of <see cref="Sums"/>. Outputs must not overlap inputs.</summary>
public static unsafe class GlobalAveragePooling3D
{
    /// <summary>Global average pooling in three dimensions, forward (PL-F29).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="y">Output, N×C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F29, or a tensor has gaps.</exception>
    [Equation("PL-F29")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape3.Global("PL-F29", x.Lengths);
        Contract.Dense("PL-F29", "x", x);
        Contract.Shape("PL-F29", "y", "N×C", y, [shape.N, shape.C]);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            on.Run(shape.N * shape.C, new MapMeans(shape.D * shape.H * shape.W, on.Width, px, py));
    }

    /// <summary>Global average pooling in three dimensions, backward data (PL-B29).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="dx">Derivative by x, N×C×D×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F29, or a tensor has gaps.</exception>
    [Equation("PL-B29")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape3.Global("PL-B29", dx.Lengths);
        Contract.Shape("PL-B29", "dy", "N×C", dy, [shape.N, shape.C]);
        Contract.Dense("PL-B29", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            on.Run(shape.N * shape.C, new MapShares(shape.D * shape.H * shape.W, pdy, pdx));
    }
}
