using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's LeakyRectifier. Outputs may be the inputs' own memory.</summary>
public static class LeakyRectifier
{
    /// <summary>Leaky rectifier, forward (AC-F5).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Slope for negative inputs.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F5")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float a, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F5", x, y, on, new ForwardEach(a));

    /// <summary>Leaky rectifier, backward data (AC-B5).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly 0 the derivative is a.</param>
    /// <param name="a">Slope for negative inputs.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B5")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, float a, in TensorSpan<float> dx,
        Execution on) =>
        Elementwise.Backward("AC-B5", dy, "x", x, dx, on, new BackwardEach(a));

    private readonly struct ForwardEach(float a) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), x, L.Multiply(L.Create(a), x));
    }

    private readonly struct BackwardEach(float a) : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), dy, L.Multiply(L.Create(a), dy));
    }
}
