using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LpPooling3D; m = 1 and m = 2 without powers. Outputs must not overlap inputs.</summary>
public static unsafe class LpPooling3D
{
    /// <summary>Lp pooling in three dimensions, forward (PL-F27): each power once, the sum ascending in (t, r, s).</summary>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <param name="y">Output, N×C×O×P×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F27, or a tensor has gaps.</exception>
    [Equation("PL-F27")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float m, int T, int R, int S, Window window, in TensorSpan<float> y,
        Execution on)
    {
        var shape = PoolingShape3.Unpadded("PL-F27", x.Lengths, T, R, S, window);
        shape.ExpectOutput("PL-F27", "y", y.Lengths);
        Contract.Dense("PL-F27", "x", x);
        Contract.Dense("PL-F27", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new WindowFold<Norm>(new PoolingGeometry(shape, window), new Norm(m), px, py));
    }

    /// <summary>Lp pooling in three dimensions, backward data (PL-B27): what depends on x alone is multiplied once, at the end.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×O×P×Q.</param>
    /// <param name="x">Input, N×C×D×H×W.</param>
    /// <param name="y">Output of PL-F27, N×C×O×P×Q.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="T">Window frames.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride.</param>
    /// <param name="dx">Derivative by x, N×C×D×H×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F27, or a tensor has gaps.</exception>
    [Equation("PL-B27")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        float m, int T, int R, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape3.Unpadded("PL-B27", dx.Lengths, T, R, S, window);
        shape.ExpectOutput("PL-B27", "dy", dy.Lengths);
        Contract.Shape("PL-B27", "x", "N×C×D×H×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B27", "y", y.Lengths);
        Contract.Dense("PL-B27", "dy", dy);
        Contract.Dense("PL-B27", "y", y);
        Contract.Dense("PL-B27", "dx", dx);
        var geometry = new PoolingGeometry(shape, window);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new WindowSpread<NormSlope>(geometry, new NormSlope(m, px), pdy, py, pdx));
    }
}
