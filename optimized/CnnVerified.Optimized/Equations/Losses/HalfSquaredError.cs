using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's HalfSquaredError: summed over batch and elements. Outputs may be the inputs'
/// own memory.</summary>
public static class HalfSquaredError
{
    /// <summary>Half squared error, forward (LS-F2).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="L">The loss, one element.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>Added in blocks of 4096 elements, each in 16 virtual lanes, the blocks ascending.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> L, Execution on) =>
        Loss.OfElements("LS-F2", 2, "y", y, t, L, on, new Each());

    /// <summary>Half squared error, backward data (LS-B2).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <param name="dy">Derivative by y, N×K; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("LS-B2")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<float> t, in TensorSpan<float> dy, Execution on) =>
        Loss.Slopes("LS-B2", 2, "y", y, t, "dy", dy, on, new Each());

    /// <summary>Second derivative of the half squared error, diagonal (OP-B13).</summary>
    /// <param name="N">Samples.</param>
    /// <param name="K">Outputs of a sample.</param>
    /// <param name="hy">Second derivative by y, N×K: 1 everywhere.</param>
    /// <exception cref="ArgumentException">hy has another shape, or gaps.</exception>
    [Equation("OP-B13")]
    public static void SecondOrder(int N, int K, in TensorSpan<float> hy)
    {
        Contract.Shape("OP-B13", "hy", "N×K", hy, [N, K]);
        hy.Fill(1);
    }

    private readonly struct Each : IElementLoss
    {
        public V Add<V, L>(V sum, V y, V t) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(y, t);
            return L.Fma(L.Multiply(difference, L.Create(0.5f)), difference, sum);
        }

        public V Slope<V, L>(V y, V t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Subtract(y, t);
    }
}
