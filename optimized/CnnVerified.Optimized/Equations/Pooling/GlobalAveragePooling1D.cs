using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's GlobalAveragePooling1D. Sums in the order of <see cref="Sums"/>. Outputs must not overlap inputs.</summary>
public static unsafe class GlobalAveragePooling1D
{
    /// <summary>Global average pooling in one dimension, forward (PL-F28).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="y">Output, N×C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F28, or a tensor has gaps.</exception>
    [Equation("PL-F28")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape1.Global("PL-F28", x.Lengths);
        Contract.Dense("PL-F28", "x", x);
        Contract.Shape("PL-F28", "y", "N×C", y, [shape.N, shape.C]);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            on.Run(shape.N * shape.C, new MapMeans(shape.W, on.Width, px, py));
    }

    /// <summary>Global average pooling in one dimension, backward data (PL-B28).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="dx">Derivative by x, N×C×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F28, or a tensor has gaps.</exception>
    [Equation("PL-B28")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape1.Global("PL-B28", dx.Lengths);
        Contract.Shape("PL-B28", "dy", "N×C", dy, [shape.N, shape.C]);
        Contract.Dense("PL-B28", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            on.Run(shape.N * shape.C, new MapShares(shape.W, pdy, pdx));
    }
}
