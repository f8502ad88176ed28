using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Celu. Outputs may be the inputs' own memory.</summary>
public static class Celu
{
    /// <summary>CELU, forward (AC-F21).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Minus the limit for large negative inputs, above 0.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F21")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, float a, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F21", x, y, on, new ForwardEach(a));

    /// <summary>CELU, backward data (AC-B21).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="a">Minus the limit for large negative inputs, above 0.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B21")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, float a, in TensorSpan<float> dx,
        Execution on) =>
        Elementwise.Backward("AC-B21", dy, "x", x, dx, on, new BackwardEach(a));

    private readonly struct ForwardEach(float a) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            L.IfGreater(x, L.Create(0f), x, L.Multiply(L.Create(a), Functions.ExpM1<V, L>(L.Divide(x, L.Create(a)))));
    }

    private readonly struct BackwardEach(float a) : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            // The rounding of x/a is put back: it costs |x/a| times as much in the power. Beyond −256 that is 0, and the rest may be NaN.
            V below = L.Min(L.Create(0f), x);
            V quotient = L.Divide(below, L.Create(a));
            V low = L.Multiply(L.Fma(L.Negate(quotient), L.Create(a), below), L.Create(1 / a));
            low = L.IfGreater(quotient, L.Create(-256f), low, L.Create(0f));
            return Scaled.Exp<V, L>(L.Multiply(dy, L.Add(L.Create(1f), low)), quotient);
        }
    }
}
