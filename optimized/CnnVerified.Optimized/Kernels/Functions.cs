using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Elementary functions as fixed sequences of IEEE operations, so that a value depends neither on its position nor on the
/// vector width: here exp and what follows from it.</summary>
/// <remarks>
/// All of this file rest on one reduction: a = n·ln 2 + r with whole n and |r| ≤ 0.3467, and eʳ = 1 + r + r²·q(r) with a polynomial q whose
/// largest error is the smallest that its degree allows (computed in 113 bits by reweighted least squares, then rounded coefficient by
/// coefficient, each time refitting the rest). n·Ln2Hi is subtracted exactly, because Ln2Hi has 15 bits and enters the fused operation
/// unrounded; n·Ln2Lo leaves one rounding in r, at most 2⁻²⁶, which is 0 for n = 0. The errors below are in units in the last place of
/// the exact result (ULP): first what the roundings add up to, then what <c>cnnverify verify --exhaustive</c> measured on all 2³²
/// inputs (docs/elementwise.md). One ULP is between u and 2u, u = 2⁻²⁴, so that all stay within what the reference's Binary32 format states:
/// 2u for exp and the logarithms, 4u for tanh and the power. Where two floats high + low carry a value, low holds the exact error of high.
/// </remarks>
internal static partial class Functions
{
    private const float Log2E = 1.44269504f;
    private const float Ln2Hi = 0.693145752f;      // 22713·2⁻¹⁵
    private const float Ln2Lo = 1.42860677e-6f;    // ln 2 − Ln2Hi
    private const float Shift = 12582912f;         // 1.5·2²³: adding it rounds to a whole number

    /// <summary>eˣ. Overflows to ∞ and underflows through the subnormals to 0 where eˣ does; NaN stays NaN.</summary>
    /// <remarks>With m = eʳ &lt; 1 (the worse side): r 0.25, the polynomial's own error 0.06, rounding r²·q and its sum with what 1 + r
    /// lost 0.1, the last sum 0.5; together below 1 ULP, measured 0.81. The four operations more than Horner's rule to its end keep
    /// the noise before the last rounding below the function's step, so that it never falls where eˣ rises.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        // Beyond these the result is 0 or ∞ anyway, and n must stay small enough for its bits.
        x = L.AtMost(L.AtLeast(x, L.Create(-104f)), L.Create(89f));
        V r = Reduce<V, L>(x, out V n, out _);
        return L.Scale(ExpReduced<V, L>(r), n);
    }

    /// <summary>eˣ − 1, which keeps its digits near 0; −1 and ∞ at the ends, ±0 and NaN stay.</summary>
    /// <remarks>2ⁿ·r + (2ⁿ − 1) is kept with its rounding error, and so is r, so that what rounds before the last sum is 2ⁿ·r²·q
    /// alone. Worst for n = 1 near r = −0.35, where the result is 0.41: r²·q 0.4, its sum with the low parts 0.25, the product of
    /// r's low part and r that is left out 0.3, the last sum 0.5; together below 1.5 ULP, measured 0.95.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpM1<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V r = Reduce<V, L>(L.AtMost(L.AtLeast(x, L.Create(-40f)), L.Create(89f)), out V n, out V rLow);
        V q = L.Create(0.000199442249f);
        q = L.Fma(q, r, L.Create(0.00139326695f));
        q = L.Fma(q, r, L.Create(0.00833320804f));
        q = L.Fma(q, r, L.Create(0.0416664891f));
        q = L.Fma(q, r, L.Create(0.166666672f));
        q = L.Fma(q, r, L.Create(0.5f));
        V t = L.Fma(L.Multiply(q, r), r, rLow);
        // Half of everything, because 2ⁿ overflows before the result does.
        V scale = L.PowerOfTwo(L.Subtract(n, L.Create(1f)));
        V less = L.Subtract(scale, L.Create(0.5f));
        V lessLow = L.Subtract(L.Subtract(scale, less), L.Create(0.5f));
        V high = L.Fma(scale, r, less);
        V low = L.Add(L.Fma(scale, r, L.Subtract(less, high)), lessLow);
        V half = L.Add(high, L.Fma(scale, t, low));
        // Half of a subnormal may be none.
        return L.IfGreater(L.Create(1e-30f), L.Abs(x), x, L.Add(half, half));
    }

    /// <summary>1/(1 + e⁻ˣ), for x &lt; 0 as eˣ/(1 + eˣ), so that small values keep their digits; NaN stays NaN.</summary>
    /// <remarks>eʳ = m and 1 + 2ⁿ·m are kept with their rounding errors, and one step corrects the quotient with them; 2ⁿ multiplies
    /// at the end, so that subnormal results round once more at most. Left are r 0.25, the polynomial 0.06, p's rounding 0.25 and the last
    /// rounding 0.5; together below 1.1 ULP (1.6 below 2⁻¹²⁶), measured 1.02.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V r = Reduce<V, L>(L.AtLeast(L.Negate(L.Abs(x)), L.Create(-104f)), out V n, out _);
        V m = ExpReduced<V, L>(r, out V mLow);
        V one = L.Create(1f), zero = L.Create(0f);
        V scale = L.PowerOfTwo(L.AtLeast(n, L.Create(-60f)));   // below, the power no longer counts beside 1
        V divisor = L.Fma(scale, m, one);
        V divisorLow = L.Fma(scale, mLow, L.Fma(scale, m, L.Subtract(one, divisor)));
        V numerator = L.IfGreater(zero, x, m, one);
        V numeratorLow = L.IfGreater(zero, x, mLow, zero);
        V inverse = L.Divide(one, divisor);
        V quotient = L.Multiply(numerator, inverse);
        V rest = L.Add(L.Fma(L.Negate(quotient), divisorLow, L.Fma(L.Negate(quotient), divisor, numerator)), numeratorLow);
        return L.Scale(L.Fma(rest, inverse, quotient), L.IfGreater(zero, x, n, zero));
    }

    /// <summary>r and n with x = n·ln 2 + r; r + low is closer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Reduce<V, L>(V x, out V n, out V low) where V : unmanaged where L : struct, ILanes<V>
    {
        n = L.Subtract(L.Fma(x, L.Create(Log2E), L.Create(Shift)), L.Create(Shift));
        V most = L.Fma(n, L.Create(-Ln2Hi), x);
        V r = L.Fma(n, L.Create(-Ln2Lo), most);
        low = L.Fma(n, L.Create(-Ln2Lo), L.Subtract(most, r));
        return r;
    }

    /// <summary>eʳ for a reduced r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpReduced<V, L>(V r) where V : unmanaged where L : struct, ILanes<V>
    {
        V one = L.Create(1f);
        V high = L.Add(one, r);
        V low = L.Subtract(r, L.Subtract(high, one));
        return L.Add(high, L.Fma(L.Multiply(ExpTail<V, L>(r), r), r, low));
    }

    /// <summary>eʳ for a reduced r, as a float and what its last rounding lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpReduced<V, L>(V r, out V low) where V : unmanaged where L : struct, ILanes<V>
    {
        V p = L.Fma(L.Multiply(ExpTail<V, L>(r), r), r, r);
        V m = L.Add(L.Create(1f), p);
        low = L.Subtract(p, L.Subtract(m, L.Create(1f)));
        return m;
    }

    /// <summary>q with eʳ = 1 + r + r²·q(r), relative error of that below 2⁻²⁸.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpTail<V, L>(V r) where V : unmanaged where L : struct, ILanes<V>
    {
        V q = L.Create(0.00138210552f);
        q = L.Fma(q, r, L.Create(0.00836867467f));
        q = L.Fma(q, r, L.Create(0.0416682623f));
        q = L.Fma(q, r, L.Create(0.166665211f));
        return L.Fma(q, r, L.Create(0.49999994f));
    }
}
