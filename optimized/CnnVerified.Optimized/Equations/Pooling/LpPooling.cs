using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LpPooling; m = 1 and m = 2 without powers. Outputs must not overlap inputs.</summary>
public static unsafe class LpPooling
{
    /// <summary>Lp pooling, forward (PL-F7): each power once, the sum ascending in (r, s).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <param name="y">Output, N×C×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F7, or a tensor has gaps.</exception>
    [Equation("PL-F7")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float m, int R, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape.Unpadded("PL-F7", x.Lengths, R, S, window);
        shape.ExpectOutput("PL-F7", "y", y.Lengths);
        Contract.Dense("PL-F7", "x", x);
        Contract.Dense("PL-F7", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new WindowFold<Norm>(new PoolingGeometry(shape, window), new Norm(m), px, py));
    }

    /// <summary>Lp pooling, backward data (PL-B8): what depends on x alone is multiplied once, at the end.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F7, N×C×P×Q.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F7, or a tensor has gaps.</exception>
    [Equation("PL-B8")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        float m, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape.Unpadded("PL-B8", dx.Lengths, R, S, window);
        shape.ExpectOutput("PL-B8", "dy", dy.Lengths);
        Contract.Shape("PL-B8", "x", "N×C×H×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B8", "y", y.Lengths);
        Contract.Dense("PL-B8", "dy", dy);
        Contract.Dense("PL-B8", "y", y);
        Contract.Dense("PL-B8", "dx", dx);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new WindowSpread<NormSlope>(new PoolingGeometry(shape, window), new NormSlope(m, px), pdy, py, pdx));
    }
}
