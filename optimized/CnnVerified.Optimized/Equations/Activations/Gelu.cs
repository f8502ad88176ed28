using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The vectorised twin of the reference's Gelu. Outputs may be the inputs' own memory.</summary>
public static class Gelu
{
    private const float Lowest = -32f;   // below about −14.5 results are 0, and −∞·0 would be NaN
    private const float OverRootTwo = 0.707106769f;
    private const float OverRootTwoRest = 1.21016175e-8f;   // 1/√2 less the float above
    private const float OverRootTwoPi = 0.398942292f;

    /// <summary>GELU, forward (AC-F8).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="y">Output, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <remarks>For x = −∞ the limit 0.</remarks>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-F8")]
    public static void Forward(in ReadOnlyTensorSpan<float> x, in TensorSpan<float> y, Execution on) =>
        Elementwise.Forward("AC-F8", x, y, on, new ForwardEach());

    /// <summary>GELU, backward data (AC-B8).</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="dx">Derivative by x, N; every element is written.</param>
    /// <param name="on">Where to compute.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a tensor has gaps.</exception>
    [Equation("AC-B8")]
    public static void BackwardData(in ReadOnlyTensorSpan<float> dy, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> dx, Execution on) =>
        Elementwise.Backward("AC-B8", dy, "x", x, dx, on, new BackwardEach());

    private readonly struct ForwardEach : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.AtLeast(x, L.Create(Lowest));
            V t = Argument<V, L>(x, out V low);
            return Functions.TimesErfc<V, L>(L.Multiply(x, L.Create(0.5f)), t, low);
        }
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.AtLeast(x, L.Create(Lowest));
            V below = L.Multiply(Functions.Erfc<V, L>(Argument<V, L>(x, out V low), low), L.Create(0.5f));
            // The rounding of x² is put back: e^−(s + r)/2 is e^(−s/2)·(1 − r/2).
            V near = L.AtMost(x, L.Create(-Lowest));
            V square = L.Multiply(near, near);
            V rest = L.Fma(near, near, L.Negate(square));
            V factor = L.Multiply(L.Multiply(near, L.Create(OverRootTwoPi)), L.Fma(rest, L.Create(-0.5f), L.Create(1f)));
            V density = Scaled.Exp<V, L>(factor, L.Multiply(square, L.Create(-0.5f)));
            return L.Multiply(dy, L.Add(below, density));
        }
    }

    /// <summary>−x/√2 in two floats: erfc turns an error of u in its argument t into 2t²·u, 170 u at x = −13.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Argument<V, L>(V x, out V low) where V : unmanaged where L : struct, ILanes<V>
    {
        x = L.AtMost(x, L.Create(-Lowest));   // erfc is 2 there, and ∞ has no low part
        V t = L.Multiply(x, L.Create(-OverRootTwo));
        low = L.Fma(x, L.Create(-OverRootTwoRest), L.Fma(x, L.Create(-OverRootTwo), L.Negate(t)));
        return t;
    }
}
