using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Mish. Outputs may be the inputs' own memory.</summary>
public static class Mish
{
    /// <summary>Mish, forward (AC-F17).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F17")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F17", x, y, on, new ForwardEach());

    /// <summary>Mish, backward data (AC-B17).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="s">The softplus of x (AC-F7), N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B17")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in ReadOnlyTensorSpan<float> s,
        in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B17", dy, x, "s", s, dx, on, new BackwardEach());

    private readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> =>
            Scaled.Mish<V, L>(x);
    }

    private readonly struct BackwardEach : ITernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x, V s) where V : unmanaged where L : struct, ILanes<V>
        {
            // 1 − tanh² s is the square of 2q/(1 + q²) with q = e⁻ˢ, which does not cancel. From 512 on it is 0, and ∞·0 would be NaN.
            V q = Functions.Exp<V, L>(L.Negate(s));
            V sech = L.Divide(L.Add(q, q), L.Fma(q, q, L.Create(1f)));
            V held = L.Min(L.Max(x, L.Create(-512f)), L.Create(512f));
            return L.Multiply(dy, L.Add(Functions.Tanh<V, L>(s), Scaled.Sigmoid<V, L>(L.Multiply(held, L.Multiply(sech, sech)), held)));
        }
    }
}
