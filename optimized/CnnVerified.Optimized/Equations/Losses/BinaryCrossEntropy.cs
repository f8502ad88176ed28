using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's BinaryCrossEntropy: summed over the batch. Outputs may be the inputs' own memory.</summary>
public static class BinaryCrossEntropy
{
    /// <summary>Binary cross-entropy with logits, forward (LS-F4).</summary>
    /// <param name="z">Scores, N.</param>
    /// <param name="t">Targets, N, from 0 to 1.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Added in blocks of 4096 elements, each in 16 virtual lanes, the blocks ascending.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F4")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> L, Execution on) =>
        Loss.OfElements("LS-F4", 1, "z", z, t, L, on, new Each());

    /// <summary>Binary cross-entropy with logits, backward data (LS-B4).</summary>
    /// <param name="z">Scores, N.</param>
    /// <param name="t">Targets, N, from 0 to 1.</param>
    /// <param name="dz">Derivative by z, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B4")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> dz, Execution on) =>
        Loss.Slopes("LS-B4", 1, "z", z, t, "dz", dz, on, new Each());

    private readonly struct Each : IElementLoss
    {
        public V Add<V, L>(V sum, V z, V t) where V : unmanaged where L : struct, ILanes<V>
        {
            V linear = L.Fma(L.Negate(z), t, L.Max(L.Create(0f), z));
            return L.Add(sum, L.Add(linear, Functions.Log1p<V, L>(Functions.Exp<V, L>(L.Negate(L.Abs(z))))));
        }

        public V Slope<V, L>(V z, V t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Subtract(Functions.Sigmoid<V, L>(z), t);
    }
}
