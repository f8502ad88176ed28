using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's BranchSum. The sum may be a branch's own memory.</summary>
public static unsafe class BranchSum
{
    /// <summary>Sum of branches, forward (GR-F1).</summary>
    /// <param name="x">First branch, N×D.</param>
    /// <param name="z">Second branch, N×D.</param>
    /// <param name="y">Sum, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("GR-F1")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> z, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("GR-F1", "x", "N×D", x.Lengths, 2);
        Contract.Dense("GR-F1", "x", x);
        Contract.Shape("GR-F1", "z", "N×D", z, x.Lengths);
        Contract.Shape("GR-F1", "y", "N×D", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pz = z, py = y)
            Pointwise.Run(on, x.FlattenedLength, new SumEach(px, pz, py));
    }

    /// <summary>Sum of branches, backward to the first branch (GR-B3).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="dx">Derivative by x, N×D; every element is written.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("GR-B3")]
    public static void BackwardFirst(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dx)
    {
        Lengths.ExpectRank("GR-B3", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("GR-B3", "dy", dy);
        Contract.Shape("GR-B3", "dx", "N×D", dx, dy.Lengths);
        dy.CopyTo(dx);
    }

    /// <summary>Sum of branches, backward to the second branch (GR-B4).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="dz">Derivative by z, N×D; every element is written.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("GR-B4")]
    public static void BackwardSecond(in ReadOnlyTensorSpan<float> dy, in TensorSpan<float> dz)
    {
        Lengths.ExpectRank("GR-B4", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("GR-B4", "dy", dy);
        Contract.Shape("GR-B4", "dz", "N×D", dz, dy.Lengths);
        dy.CopyTo(dz);
    }

    private readonly struct SumEach(float* x, float* z, float* y) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Add(L.Load(x + i), L.Load(z + i)), y + i);
    }
}
