using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>The twin of the reference's Rasterisation: in row-major memory both directions are a copy.</summary>
public static unsafe class Rasterisation
{
    /// <summary>Rasterisation, forward (FL-F1).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output, N×(C·H·W); every element is written.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("FL-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y)
    {
        Lengths.ExpectRank("FL-F1", "x", "N×C×H×W", x.Lengths, 4);
        Contract.Dense("FL-F1", "x", x);
        Contract.Shape("FL-F1", "y", "N×(C·H·W)", y, [x.Lengths[0], x.Lengths[1] * x.Lengths[2] * x.Lengths[3]]);
        fixed (float* px = x, py = y)
            Copy(px, py, x.FlattenedLength);
    }

    /// <summary>Rasterisation, backward data (FL-B1).</summary>
    /// <param name="dy">Derivative of the loss by y, N×(C·H·W).</param>
    /// <param name="dx">Derivative by x, N×C×H×W; every element is written.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("FL-B1")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dx)
    {
        Lengths.ExpectRank("FL-B1", "dx", "N×C×H×W", dx.Lengths, 4);
        Contract.Dense("FL-B1", "dx", dx);
        Contract.Shape("FL-B1", "dy", "N×(C·H·W)", dy, [dx.Lengths[0], dx.Lengths[1] * dx.Lengths[2] * dx.Lengths[3]]);
        fixed (float* pdy = dy, pdx = dx)
            Copy(pdy, pdx, dy.FlattenedLength);
    }

    private static void Copy(float* from, float* to, nint count) => Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));
}
