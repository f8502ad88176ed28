using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's SquaredPenalty.</summary>
public static unsafe class SquaredPenalty
{
    /// <summary>Squared weight penalty, forward (LS-F9).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="lam">Strength λ.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Fused squares in the order of BlockSums. Each block is halved, which is exact.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("LS-F9")]
    public static void Forward(in ReadOnlyTensorSpan<float> w, float lam, in TensorSpan<float> L, Execution on)
    {
        Lengths.ExpectRank("LS-F9", "w", "D", w.Lengths, 1);
        Contract.Dense("LS-F9", "w", w);
        Contract.Shape("LS-F9", "L", "one element", L, [1]);
        using var lease = on.Enter();
        fixed (float* pw = w)
            L[0] = lam * BlockSums.Run(on, w.FlattenedLength, new Block(pw));
    }

    /// <summary>Squared weight penalty, backward weights (LS-B10).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="lam">Strength λ.</param>
    /// <param name="dw">Derivative by w, D; every element is written. It may be w's own memory.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a tensor has gaps.</exception>
    [Equation("LS-B10")]
    public static void BackwardWeights(in ReadOnlyTensorSpan<float> w, float lam, in TensorSpan<float> dw, Execution on)
    {
        Lengths.ExpectRank("LS-B10", "w", "D", w.Lengths, 1);
        Contract.Dense("LS-B10", "w", w);
        Contract.Shape("LS-B10", "dw", "D", dw, w.Lengths);
        using var lease = on.Enter();
        fixed (float* pw = w, pdw = dw)
            Pointwise.Run(on, w.FlattenedLength, new BackwardEach(pw, lam, pdw));
    }

    private readonly struct Block(float* w) : IBlockSum
    {
        public float Of(VectorWidth width, nint from, nint count) => 0.5f * Sums.Dot(width, w + from, w + from, count);
    }

    private readonly struct BackwardEach(float* w, float lam, float* dw) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V> =>
            L.Store(L.Multiply(L.Create(lam), L.Load(w + i)), dw + i);
    }
}
