using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's HuberLoss: summed over the batch. Outputs may be the inputs' own memory.</summary>
public static class HuberLoss
{
    /// <summary>Huber loss, forward (LS-F6).</summary>
    /// <param name="y">Outputs, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <param name="delta">Where the straight line begins, positive.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Added in blocks of 4096 elements, each in 16 virtual lanes, the blocks ascending.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F6")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, float delta, in TensorSpan<float> L,
        Execution on) =>
        Loss.OfElements("LS-F6", 1, "y", y, t, L, on, new Each(delta));

    /// <summary>Huber loss, backward data (LS-B6).</summary>
    /// <param name="y">Outputs, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <param name="delta">Where the straight line begins, positive.</param>
    /// <param name="dy">Derivative by y, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B6")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, float delta, in TensorSpan<float> dy,
        Execution on) =>
        Loss.Slopes("LS-B6", 1, "y", y, t, "dy", dy, on, new Each(delta));

    private readonly struct Each(float delta) : IElementLoss
    {
        public V Add<V, L>(V sum, V y, V t) where V : unmanaged where L : struct, ILanes<V>
        {
            V size = L.Abs(L.Subtract(y, t)), half = L.Create(0.5f), edge = L.Create(delta);
            V square = L.Multiply(L.Multiply(size, half), size);
            V line = L.Multiply(edge, L.Fma(L.Negate(edge), half, size));
            return L.Add(sum, L.IfGreater(size, edge, line, square));
        }

        public V Slope<V, L>(V y, V t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Max(L.Create(-delta), L.Min(L.Create(delta), L.Subtract(y, t)));
    }
}
