using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Elu. Outputs may be the inputs' own memory.</summary>
public static class Elu
{
    /// <summary>Exponential linear unit, forward (AC-F6).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Minus the limit for large negative inputs.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F6")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float a, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F6", x, y, on, new ForwardEach(a));

    /// <summary>Exponential linear unit, backward data (AC-B6).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N; at exactly 0 the derivative is a.</param>
    /// <param name="y">Output of AC-F6, N.</param>
    /// <param name="a">Minus the limit for large negative inputs.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B6")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> y,
        float a, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B6", dy, x, "y", y, dx, on, new BackwardEach(a));

    private readonly struct ForwardEach(float a) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), x, L.Multiply(L.Create(a), Functions.ExpM1<V, L>(x)));
    }

    private readonly struct BackwardEach(float a) : ITernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x, V y) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), dy, L.Multiply(dy, L.Add(y, L.Create(a))));
    }
}
