using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's HardSigmoid. Outputs may be the inputs' own memory.</summary>
public static class HardSigmoid
{
    /// <summary>Hard sigmoid, forward (AC-F16).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Slope of the line.</param>
    /// <param name="b">Its value at 0.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F16")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float a, float b, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F16", x, y, on, new ForwardEach(a, b));

    /// <summary>Hard sigmoid, backward data (AC-B16).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly the two corners of the line the derivative is 0.</param>
    /// <param name="a">Slope of the line.</param>
    /// <param name="b">Its value at 0.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B16")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, float a, float b,
        in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B16", dy, "x", x, dx, on, new BackwardEach(a, b));

    private readonly struct ForwardEach(float a, float b) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.Max(L.Create(0f), L.Min(L.Create(1f), L.Fma(L.Create(a), x, L.Create(b))));
    }

    private readonly struct BackwardEach(float a, float b) : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            // Above 0 and below 1, each by the sign of one fused operation: the line itself could round to 1. For b from 1/2 to 2,
            // b − 1 is exact.
            V line = L.Fma(L.Create(a), x, L.Create(b)), lessOne = L.Fma(L.Create(a), x, L.Create(b - 1f)), zero = L.Create(0f);
            return L.IfGreater(line, zero, L.IfGreater(zero, lessOne, L.Multiply(L.Create(a), dy), zero), zero);
        }
    }
}
