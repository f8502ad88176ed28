using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Clipping.</summary>
public static unsafe class Clipping
{
    /// <summary>Gradient clipping by norm (OP-10).</summary>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="clip">The greatest length that stays, above 0.</param>
    /// <param name="gc">The gradient, D, no longer than clip up to rounding; every element is written. It may be dw's own memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Fused squares in the order of BlockSums; then every element is multiplied by one factor. A gradient of length 0 stays.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-10")]
    public static void ByNorm(in ReadOnlyTensorSpan<float> dw, float clip, in TensorSpan<float> gc, Execution on)
    {
        Lengths.ExpectRank("OP-10", "dw", "D", dw.Lengths, 1);
        Contract.Dense("OP-10", "dw", dw);
        Contract.Shape("OP-10", "gc", "D", gc, dw.Lengths);
        using var lease = on.Enter();
        fixed (float* pdw = dw, pgc = gc)
        {
            float gn = MathF.Sqrt(BlockSums.Run(on, dw.FlattenedLength, new Squares(pdw)));
            Pointwise.Run(on, dw.FlattenedLength, new ScaleEach(pdw, MathF.Min(1, clip / gn), pgc));
        }
    }

    private readonly struct Squares(float* dw) : IBlockSum
    {
        public float Of(VectorWidth width, nint from, nint count) => Sums.Dot(width, dw + from, dw + from, count);
    }

    private readonly struct ScaleEach(float* dw, float factor, float* gc) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Multiply(L.Load(dw + i), L.Create(factor)), gc + i);
    }
}
