using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LpPooling1D; m = 1 and m = 2 without powers. Outputs must not overlap inputs.</summary>
public static unsafe class LpPooling1D
{
    /// <summary>Lp pooling in one dimension, forward (PL-F26): each power once, the sum ascending in s.</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride of columns.</param>
    /// <param name="y">Output, N×C×Q; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F26, or a tensor has gaps.</exception>
    [Equation("PL-F26")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float m, int S, Window window, in TensorSpan<float> y, Execution on)
    {
        var shape = PoolingShape1.Unpadded("PL-F26", x.Lengths, S, window);
        shape.ExpectOutput("PL-F26", "y", y.Lengths);
        Contract.Dense("PL-F26", "x", x);
        Contract.Dense("PL-F26", "y", y);
        using var lease = on.Enter();
        fixed (float* px = x, py = y)
            MapPass.Run(on, shape.N * shape.C, new WindowFold<Norm>(new PoolingGeometry(shape, window), new Norm(m), px, py));
    }

    /// <summary>Lp pooling in one dimension, backward data (PL-B26): what depends on x alone is multiplied once, at the end.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="y">Output of PL-F26, N×C×Q.</param>
    /// <param name="m">The norm's exponent, at least 1.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride of columns.</param>
    /// <param name="dx">Derivative by x, N×C×W; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F26, or a tensor has gaps.</exception>
    [Equation("PL-B26")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        float m, int S, Window window, in TensorSpan<float> dx, Execution on)
    {
        var shape = PoolingShape1.Unpadded("PL-B26", dx.Lengths, S, window);
        shape.ExpectOutput("PL-B26", "dy", dy.Lengths);
        Contract.Shape("PL-B26", "x", "N×C×W", x, dx.Lengths);
        shape.ExpectOutput("PL-B26", "y", y.Lengths);
        Contract.Dense("PL-B26", "dy", dy);
        Contract.Dense("PL-B26", "y", y);
        Contract.Dense("PL-B26", "dx", dx);
        var geometry = new PoolingGeometry(shape, window);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, py = y, pdx = dx)
            MapPass.Run(on, shape.N * shape.C, new WindowSpread<NormSlope>(geometry, new NormSlope(m, px), pdy, py, pdx));
    }
}
