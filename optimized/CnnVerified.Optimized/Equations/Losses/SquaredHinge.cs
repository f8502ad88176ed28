using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's SquaredHinge: summed over batch and classes. Outputs may be the inputs' own memory.</summary>
public static class SquaredHinge
{
    /// <summary>Squared hinge, forward (LS-F19).</summary>
    /// <param name="z">Scores, N×K.</param>
    /// <param name="t">Targets, N×K: 1 for the right class, −1 for the others.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Added in blocks of 4096 elements, each in 16 virtual lanes, the blocks ascending.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F19")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> L, Execution on) =>
        Loss.OfElements("LS-F19", 2, "z", z, t, L, on, new Each());

    /// <summary>Squared hinge, backward data (LS-B21).</summary>
    /// <param name="z">Scores, N×K.</param>
    /// <param name="t">Targets, N×K: 1 for the right class, −1 for the others.</param>
    /// <param name="dz">Derivative by z, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B21")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> z, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> dz, Execution on) =>
        Loss.Slopes("LS-B21", 2, "z", z, t, "dz", dz, on, new Each());

    private readonly struct Each : IElementLoss
    {
        public V Add<V, L>(V sum, V z, V t) where V : unmanaged where L : struct, ILanes<V>
        {
            V shortfall = Shortfall<V, L>(z, t);
            return L.Fma(shortfall, shortfall, sum);
        }

        public V Slope<V, L>(V z, V t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Multiply(L.Multiply(L.Create(-2f), t), Shortfall<V, L>(z, t));

        private static V Shortfall<V, L>(V z, V t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Max(L.Create(0f), L.Fma(L.Negate(z), t, L.Create(1f)));
    }
}
