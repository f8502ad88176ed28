using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The twin of the reference's Concatenation: rows are copied whole, and threads split them. Outputs must not overlap inputs.</summary>
public static unsafe class Concatenation
{
    /// <summary>Concatenation, forward (GR-F2).</summary>
    /// <param name="x">First part, N×C.</param>
    /// <param name="z">Second part, N×E.</param>
    /// <param name="y">Both parts, N×(C+E); every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("GR-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> z, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("GR-F2", "x", "N×C", x.Lengths, 2);
        Lengths.ExpectRank("GR-F2", "z", "N×E", z.Lengths, 2);
        var (N, C, E) = ((int)x.Lengths[0], (int)x.Lengths[1], (int)z.Lengths[1]);
        Contract.Dense("GR-F2", "x", x);
        Contract.Shape("GR-F2", "z", "N×E", z, [N, E]);
        Contract.Shape("GR-F2", "y", "N×(C+E)", y, [N, C + E]);
        using var lease = on.Enter();
        fixed (float* px = x, pz = z, py = y)
        {
            on.Run(N, new Columns(C, px, C, py, C + E));
            on.Run(N, new Columns(E, pz, E, py + C, C + E));
        }
    }

    /// <summary>Concatenation, backward to the first part (GR-B5).</summary>
    /// <param name="dy">Derivative of the loss by y, N×(C+E).</param>
    /// <param name="dx">Derivative by x, N×C; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("GR-B5")]
    public static void BackwardFirst(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dx, Execution on)
    {
        Check("GR-B5", dy, "dx", "N×C", dx);
        var (N, C, all) = ((int)dx.Lengths[0], (int)dx.Lengths[1], (int)dy.Lengths[1]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdx = dx)
            on.Run(N, new Columns(C, pdy, all, pdx, C));
    }

    /// <summary>Concatenation, backward to the second part (GR-B2).</summary>
    /// <param name="dy">Derivative of the loss by y, N×(C+E).</param>
    /// <param name="dz">Derivative by z, N×E; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("GR-B2")]
    public static void BackwardSecond(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dz, Execution on)
    {
        Check("GR-B2", dy, "dz", "N×E", dz);
        var (N, E, all) = ((int)dz.Lengths[0], (int)dz.Lengths[1], (int)dy.Lengths[1]);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pdz = dz)
            on.Run(N, new Columns(E, pdy + (all - E), all, pdz, E));
    }

    private static void Check(string id, in ReadOnlyTensorSpan<float> dy, string name, string form, in ReadOnlyTensorSpan<float> part)
    {
        Lengths.ExpectRank(id, "dy", "N×(C+E)", dy.Lengths, 2);
        Lengths.ExpectRank(id, name, form, part.Lengths, 2);
        Contract.Dense(id, "dy", dy);
        Contract.Shape(id, name, form, part, [dy.Lengths[0], Math.Min(part.Lengths[1], dy.Lengths[1])]);
    }

    // The same number of columns of every row, from one matrix to another of other row lengths.
    private readonly struct Columns(int columns, float* from, nint fromStride, float* to, nint toStride) : IWork
    {
        public void Do(int first, int end, int thread)
        {
            for (int n = first; n < end; n++)
                new ReadOnlySpan<float>(from + n * fromStride, columns).CopyTo(new Span<float>(to + n * toStride, columns));
        }
    }
}
