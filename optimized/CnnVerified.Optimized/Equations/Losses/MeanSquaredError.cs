using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's MeanSquaredError: the mean over batch and elements. Outputs may be the
/// inputs' own memory.</summary>
public static class MeanSquaredError
{
    /// <summary>Mean squared error, mean over all elements, forward (LS-F12).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Added in blocks of 4096 elements, each in 16 virtual lanes, the blocks ascending.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F12")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> L, Execution on) =>
        Loss.OfElements("LS-F12", 2, "y", y, t, L, on, new Each(), y.FlattenedLength);

    /// <summary>Mean squared error, mean over all elements, backward data (LS-B13).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="dy">Derivative by y, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B13")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> dy, Execution on) =>
        Loss.Slopes("LS-B13", 2, "y", y, t, "dy", dy, on, new Each(y.FlattenedLength));

    private readonly struct Each(float divisor) : IElementLoss
    {
        public V Add<V, L>(V sum, V y, V t) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(y, t);
            return L.Fma(difference, difference, sum);
        }

        public V Slope<V, L>(V y, V t) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(y, t);
            return L.Divide(L.Add(difference, difference), L.Create(divisor));
        }
    }
}
