using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's AbsoluteError: summed over batch and elements. Outputs may be the inputs' own
/// memory.</summary>
public static class AbsoluteError
{
    /// <summary>Absolute error, forward (LS-F17).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Added in blocks of 4096 elements, each in 16 virtual lanes, the blocks ascending.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F17")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> L, Execution on) =>
        Loss.OfElements("LS-F17", 2, "y", y, t, L, on, new Each());

    /// <summary>Absolute error, backward data (LS-B19).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="dy">Derivative by y, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B19")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> dy, Execution on) =>
        Loss.Slopes("LS-B19", 2, "y", y, t, "dy", dy, on, new Each());

    private readonly struct Each : IElementLoss
    {
        public V Add<V, L>(V sum, V y, V t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Add(sum, L.Abs(L.Subtract(y, t)));

        public V Slope<V, L>(V y, V t) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(y, t), zero = L.Create(0f);
            return L.IfGreater(difference, zero, L.Create(1f), L.IfGreater(zero, difference, L.Create(-1f), difference));   // 0 or NaN
        }
    }
}
