using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's UsedTwice; sum and product are fused, one rounding less. Outputs may be the
/// inputs' own memory.</summary>
public static unsafe class UsedTwice
{
    /// <summary>A value used twice, forward (GR-F3).</summary>
    /// <param name="x">The value, N×D.</param>
    /// <param name="z">Its factor on the second path, N×D.</param>
    /// <param name="y">Output, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("GR-F3")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> z, in TensorSpan<float> y, Execution on)
    {
        Lengths.ExpectRank("GR-F3", "x", "N×D", x.Lengths, 2);
        Contract.Dense("GR-F3", "x", x);
        Contract.Shape("GR-F3", "z", "N×D", z, x.Lengths);
        Contract.Shape("GR-F3", "y", "N×D", y, x.Lengths);
        using var lease = on.Enter();
        fixed (float* px = x, pz = z, py = y)
            Pointwise.Run(on, x.FlattenedLength, new AndProductEach(px, pz, py));
    }

    /// <summary>A value used twice, backward data (GR-B1).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="z">The factor, N×D.</param>
    /// <param name="dx">Derivative by x, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("GR-B1")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> z, in TensorSpan<float> dx, Execution on)
    {
        Lengths.ExpectRank("GR-B1", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("GR-B1", "dy", dy);
        Contract.Shape("GR-B1", "z", "N×D", z, dy.Lengths);
        Contract.Shape("GR-B1", "dx", "N×D", dx, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, pz = z, pdx = dx)
            Pointwise.Run(on, dy.FlattenedLength, new AndProductEach(pdy, pz, pdx));
    }

    /// <summary>A value used twice, backward to the factor (GR-B6).</summary>
    /// <param name="dy">Derivative of the loss by y, N×D.</param>
    /// <param name="x">The value, N×D.</param>
    /// <param name="dz">Derivative by z, N×D; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("GR-B6")]
    public static void BackwardFactor(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dz, Execution on)
    {
        Lengths.ExpectRank("GR-B6", "dy", "N×D", dy.Lengths, 2);
        Contract.Dense("GR-B6", "dy", dy);
        Contract.Shape("GR-B6", "x", "N×D", x, dy.Lengths);
        Contract.Shape("GR-B6", "dz", "N×D", dz, dy.Lengths);
        using var lease = on.Enter();
        fixed (float* pdy = dy, px = x, pdz = dz)
            Pointwise.Run(on, dy.FlattenedLength, new ProductEach(pdy, px, pdz));
    }

    // to = a + a·b: the forward direction and its gradient by x have the same form.
    private readonly struct AndProductEach(float* a, float* b, float* to) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(a + i);
            L.Store(L.Fma(each, L.Load(b + i), each), to + i);
        }
    }

    private readonly struct ProductEach(float* a, float* b, float* to) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Multiply(L.Load(a + i), L.Load(b + i)), to + i);
    }
}
