using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ClippedRectifier. Outputs may be the inputs' own memory.</summary>
public static class ClippedRectifier
{
    /// <summary>Clipped rectifier, forward (AC-F20).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="bound">The largest output, above 0.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F20")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float bound, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F20", x, y, on, new ForwardEach(bound));

    /// <summary>Clipped rectifier, backward data (AC-B20).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly 0 and the bound the derivative is 0.</param>
    /// <param name="bound">The largest output, above 0.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B20")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, float bound, in TensorSpan<float> dx,
        Execution on) =>
        Elementwise.Backward("AC-B20", dy, "x", x, dx, on, new BackwardEach(bound));

    private readonly struct ForwardEach(float bound) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.Min(L.Create(bound), L.Max(L.Create(0f), x));
    }

    private readonly struct BackwardEach(float bound) : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), L.IfGreater(L.Create(bound), x, dy, L.Create(0f)), L.Create(0f));
    }
}
