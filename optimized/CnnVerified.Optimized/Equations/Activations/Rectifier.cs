using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Rectifier. Outputs may be the inputs' own memory.</summary>
public static class Rectifier
{
    /// <summary>Rectifier, forward (AC-F4).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F4")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F4", x, y, on, new ForwardEach());

    /// <summary>Rectifier, backward data (AC-B4).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly 0 the derivative is 0.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B4")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B4", dy, "x", x, dx, on, new BackwardEach());

    internal readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), x, L.Create(0f));
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), dy, L.Create(0f));
    }
}
