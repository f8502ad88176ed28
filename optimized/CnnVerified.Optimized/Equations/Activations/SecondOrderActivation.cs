using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's SecondOrderActivation: the same operations in the same order. Outputs may be the inputs' own
/// memory.</summary>
public static unsafe class SecondOrderActivation
{
    /// <summary>Second derivative through the scaled tanh (OP-B8).</summary>
    /// <param name="hy">Second derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F3, N.</param>
    /// <param name="amp">Amplitude, not 0.</param>
    /// <param name="slope">Slope of the argument.</param>
    /// <param name="hx">Second derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("OP-B8")]
    public static void ScaledTanh(in ReadOnlyTensorSpan<float> hy, in ReadOnlyTensorSpan<float> y, float amp, float slope,
        in TensorSpan<float> hx, Execution on)
    {
        Lengths.ExpectRank("OP-B8", "hy", "N", hy.Lengths, 1);
        Contract.Dense("OP-B8", "hy", hy);
        Contract.Shape("OP-B8", "y", "N", y, hy.Lengths);
        Contract.Shape("OP-B8", "hx", "N", hx, hy.Lengths);
        using var lease = on.Enter();
        fixed (float* phy = hy, py = y, phx = hx)
            Pointwise.Run(on, hy.FlattenedLength, new ScaledTanhEach(phy, py, amp, slope, phx));
    }

    private readonly struct ScaledTanhEach(float* hy, float* y, float amp, float slope, float* hx) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V each = L.Load(y + i);
            V first = L.Multiply(L.Create(slope), L.Subtract(L.Create(amp), L.Divide(L.Multiply(each, each), L.Create(amp))));
            L.Store(L.Multiply(L.Load(hy + i), L.Multiply(first, first)), hx + i);
        }
    }
}
