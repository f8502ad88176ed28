using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's AdaptiveMaxPooling. Outputs must not overlap inputs.</summary>
public static unsafe class AdaptiveMaxPooling
{
    /// <summary>Adaptive max pooling, forward (PL-F18).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output, N×C×P×Q, which says P and Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F18, or a tensor has gaps.</exception>
    [Equation("PL-F18")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("PL-F18", "y", "N×C×P×Q", y.Lengths, 4);
        var shape = PoolingShape.Adaptive("PL-F18", x.Lengths, (int)y.Lengths[2], (int)y.Lengths[3]);
        shape.ExpectOutput("PL-F18", "y", y.Lengths);
        Contract.Dense("PL-F18", "x", x);
        Contract.Dense("PL-F18", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new AdaptiveForward<AdaptiveMaximum>(shape, px, py));
    }

    /// <summary>Adaptive max pooling, backward data (PL-B18).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F18, N×C×P×Q.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F18, or a tensor has gaps.</exception>
    [Equation("PL-B18")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("PL-B18", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.Adaptive("PL-B18", dx.Lengths, (int)dy.Lengths[2], (int)dy.Lengths[3]);
        shape.ExpectOutput("PL-B18", "dy", dy.Lengths);
        Contract.Dense("PL-B18", "dy", dy);
        Contract.Shape("PL-B18", "x", "N×C×H×W", x, dx.Lengths);
        Contract.Shape("PL-B18", "y", "N×C×P×Q", y, dy.Lengths);
        Contract.Dense("PL-B18", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new AdaptiveMaxBackward(shape, pdy, px, py, pdx));
    }
}
