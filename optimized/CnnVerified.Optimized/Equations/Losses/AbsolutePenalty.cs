using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's AbsolutePenalty.</summary>
public static unsafe class AbsolutePenalty
{
    /// <summary>Absolute weight penalty, forward (LS-F10).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="lam">Strength λ.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Sizes in the order of BlockSums.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("LS-F10")]
    public static void Forward(in ReadOnlyTensorSpan<float> w, float lam, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F10", "w", "D", w.Lengths, 1);
        Contract.Dense("LS-F10", "w", w);
        Contract.Shape("LS-F10", "L", "one element", L, [1]);
        using var lease = on.Enter();
        fixed (float* pw = w)
            L[0] = lam * BlockSums.Run(on, w.FlattenedLength, new Block(pw));
    }

    /// <summary>Absolute weight penalty, backward weights (LS-B11).</summary>
    /// <param name="w">Weights, D; at exactly 0 the derivative is 0.</param>
    /// <param name="lam">Strength λ.</param>
    /// <param name="dw">Derivative by w, D; every element is written. It may be w's own memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("LS-B11")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> w, float lam, in TensorSpan<float> dw, Execution on)
    {
        Lengths.ExpectRank("LS-B11", "w", "D", w.Lengths, 1);
        Contract.Dense("LS-B11", "w", w);
        Contract.Shape("LS-B11", "dw", "D", dw, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw)
            Pointwise.Run(on, w.FlattenedLength, new BackwardEach(pw, lam, pdw));
    }

    private readonly struct Block(float* w) : IBlockSum
    {
        public float Of(VectorWidth width, nint from, nint count) => Sums.Sizes(width, w + from, count);
    }

    private readonly struct BackwardEach(float* w, float lam, float* dw) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(w + i);
            L.Store(L.IfGreater(each, L.Create(0f), L.Create(lam), L.IfGreater(L.Create(0f), each, L.Create(-lam), L.Create(0f))), dw + i);
        }
    }
}
