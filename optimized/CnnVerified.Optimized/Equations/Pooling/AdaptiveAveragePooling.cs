using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's AdaptiveAveragePooling. Outputs must not overlap inputs.</summary>
public static unsafe class AdaptiveAveragePooling
{
    /// <summary>Adaptive average pooling, forward (PL-F12).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output, N×C×P×Q, which says P and Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F12, or a tensor has gaps.</exception>
    [Equation("PL-F12")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("PL-F12", "y", "N×C×P×Q", y.Lengths, 4);
        var shape = PoolingShape.Adaptive("PL-F12", x.Lengths, (int)y.Lengths[2], (int)y.Lengths[3]);
        shape.ExpectOutput("PL-F12", "y", y.Lengths);
        Contract.Dense("PL-F12", "x", x);
        Contract.Dense("PL-F12", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new AdaptiveForward<AdaptiveMean>(shape, px, py));
    }

    /// <summary>Adaptive average pooling, backward data (PL-B12).</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F12, or a tensor has gaps.</exception>
    [Equation("PL-B12")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("PL-B12", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.Adaptive("PL-B12", dx.Lengths, (int)dy.Lengths[2], (int)dy.Lengths[3]);
        shape.ExpectOutput("PL-B12", "dy", dy.Lengths);
        Contract.Dense("PL-B12", "dy", dy);
        Contract.Dense("PL-B12", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new AdaptiveMeanBackward(shape, pdy, pdx));
    }
}
