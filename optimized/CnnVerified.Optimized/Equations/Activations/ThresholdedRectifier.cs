using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's ThresholdedRectifier. Outputs may be the inputs' own memory.</summary>
public static class ThresholdedRectifier
{
    /// <summary>Thresholded rectifier, forward (AC-F22).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="theta">Inputs up to here become 0.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F22")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float theta, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F22", x, y, on, new ForwardEach(theta));

    /// <summary>Thresholded rectifier, backward data (AC-B22).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly theta the derivative is 0.</param>
    /// <param name="theta">Inputs up to here become 0.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B22")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, float theta, in TensorSpan<float> dx,
        Execution on) =>
        Elementwise.Backward("AC-B22", dy, "x", x, dx, on, new BackwardEach(theta));

    private readonly struct ForwardEach(float theta) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(theta), x, L.Create(0f));
    }

    private readonly struct BackwardEach(float theta) : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(theta), dy, L.Create(0f));
    }
}
