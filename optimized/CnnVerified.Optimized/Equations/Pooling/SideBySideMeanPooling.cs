using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's SideBySideMeanPooling. Outputs must not overlap inputs.</summary>
public static unsafe class SideBySideMeanPooling
{
    /// <summary>Mean pooling, windows side by side, forward (PL-F9).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F9, or a tensor has gaps.</exception>
    [Equation("PL-F9")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, int R, int S, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.SideBySide("PL-F9", x.Lengths, R, S);
        shape.ExpectOutput("PL-F9", "y", y.Lengths);
        Contract.Dense("PL-F9", "x", x);
        Contract.Dense("PL-F9", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new BlockFold<SumOver>(shape, new SumOver((float)R * S), px, py));
    }
}
