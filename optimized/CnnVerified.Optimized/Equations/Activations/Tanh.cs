using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Tanh. Outputs may be the inputs' own memory.</summary>
public static class Tanh
{
    /// <summary>Hyperbolic tangent, forward (AC-F2).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F2")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F2", x, y, on, new ForwardEach());

    /// <summary>Hyperbolic tangent, backward data (AC-B2).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F2, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B2")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> y, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B2", dy, "y", y, dx, on, new BackwardEach());

    internal readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            Functions.Tanh<V, L>(x);

        public static int AtOnce<V>() => Functions.TanhTakesBytes<V>() ? Functions.TanhAtOnce : 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static unsafe void Some(float* x, float* y) => Functions.TanhByBytes(x, y);
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V y) where V : unmanaged where L : struct, ILanes<V> =>
            L.Multiply(dy, L.Fma(L.Negate(y), y, L.Create(1f)));
    }
}
