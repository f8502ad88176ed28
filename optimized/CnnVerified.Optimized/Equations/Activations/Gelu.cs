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
            x = L.Max(x, L.Create(Lowest));
            V below = Below<V, L>(x, out V correction);
            return L.Multiply(L.Multiply(x, correction), below);
        }
    }

    private readonly struct BackwardEach : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V, L>(V dy, V x) where V : unmanaged where L : struct, ILanes<V>
        {
            x = L.Max(x, L.Create(Lowest));
            V below = Below<V, L>(x, out V correction);
            // The rounding of x² is put back: e^−(s + r)/2 is e^(−s/2)·(1 − r/2).
            V near = L.Min(x, L.Create(-Lowest));
            V square = L.Multiply(near, near);
            V rest = L.Fma(near, near, L.Negate(square));
            V factor = L.Multiply(L.Multiply(near, L.Create(OverRootTwoPi)), L.Fma(rest, L.Create(-0.5f), L.Create(1f)));
            V density = Scaled.Exp<V, L>(factor, L.Multiply(square, L.Create(-0.5f)));
            return L.Multiply(dy, L.Fma(below, correction, density));
        }
    }

    /// <summary>erfc(−x/√2), rounding of the argument included: the product of the result and the correction is the probability
    /// that a standard normal number is below x, erfc(−x/√2)/2.</summary>
    /// <remarks>erfc(t + d) = erfc(t)·(1 − h·d), where h = 2/√π·e^(−t²)/erfc(t) lies between t + √(t² + 4/π) and t + √(t² + 2) for
    /// t ≥ 0 (Abramowitz and Stegun 7.1.13). d is below u·t, which without this costs 2t²·u: 170 u at x = −13. For t &lt; 0 it
    /// costs less than u.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Below<V, L>(V x, out V correction) where V : unmanaged where L : struct, ILanes<V>
    {
        V t = L.Multiply(x, L.Create(-OverRootTwo));
        V d = L.Fma(x, L.Create(-OverRootTwoRest), L.Fma(x, L.Create(-OverRootTwo), L.Negate(t)));
        V h = L.Add(t, L.Sqrt(L.Fma(t, t, L.Create(1.27323954f))));
        correction = L.IfGreater(t, L.Create(0f), L.Fma(L.Multiply(h, d), L.Create(-0.5f), L.Create(0.5f)), L.Create(0.5f));
        return Functions.Erfc<V, L>(t);
    }
}
