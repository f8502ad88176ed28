using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's BilinearUpsampling: rows first, then columns. Outputs must not overlap inputs.</summary>
public static unsafe class BilinearUpsampling
{
    /// <summary>Bilinear upsampling, forward (PL-F19).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <param name="y">Output, N×C×(H·R)×(W·S); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F19, or a tensor has gaps.</exception>
    [Equation("PL-F19")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Enlarged("PL-F19", x.Lengths, R, S);
        shape.ExpectOutput("PL-F19", "y", y.Lengths);
        Contract.Dense("PL-F19", "x", x);
        Contract.Dense("PL-F19", "y", y);
        if (y.FlattenedLength == 0)
            return;
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new BilinearForward(shape, px, py));
    }

    /// <summary>Bilinear upsampling, backward data (PL-B19).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×(H·R)×(W·S).</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F19, or a tensor has gaps.</exception>
    [Equation("PL-B19")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, int R, int S, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Enlarged("PL-B19", dx.Lengths, R, S);
        shape.ExpectOutput("PL-B19", "dy", dy.Lengths);
        Contract.Dense("PL-B19", "dy", dy);
        Contract.Dense("PL-B19", "dx", dx);
        if (dx.FlattenedLength == 0)
            return;
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new BilinearBackward(shape, pdy, pdx));
    }
}
