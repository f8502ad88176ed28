using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>exp, tanh and the logistic sigmoid as fixed sequences of IEEE operations, so that a value depends neither on its
/// position nor on the vector width.</summary>
/// <remarks>
/// All three rest on one reduction: a = n·ln 2 + r with whole n, |r| ≤ 0.3467, and e^r − 1 = p = r + r²·q(r), q the Taylor
/// polynomial of degree 6. Errors, with u = 2⁻²⁴: truncation is below |r|⁹/9! (0.01 u of r); n·Ln2Hi is subtracted exactly
/// (Ln2Hi has 15 bits and enters the fused operation unrounded), n·Ln2Lo with one rounding, at most u/4 as |r| &lt; 1/2; p adds
/// u/4 for its own rounding and 3u·r²q ≤ 0.2 u for r² and q. Then 1 + p rounds once more, and e^a is off by at most 1.6 u
/// (worst near r = −0.3467). The errors stated in the reference's Binary32 format are 2 u for exp and 4 u for tanh; a test
/// samples them in every binade. Measured once on all 2³² inputs against binary64: tanh 2.96 u, sigmoid 2.97 u.
/// </remarks>
internal static class Functions
{
    private const float Log2E = 1.44269504f;
    private const float Ln2Hi = 0.693145752f;      // 22713·2⁻¹⁵
    private const float Ln2Lo = 1.42860677e-6f;    // ln 2 − Ln2Hi
    private const float Shift = 12582912f;         // 1.5·2²³: adding it rounds to a whole number

    /// <summary>eˣ. Overflows to ∞ and underflows through the subnormals to 0 where eˣ does; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        // Beyond these the result is 0 or ∞ anyway, and n must stay within what PowerOfTwo can halve.
        x = L.IfGreater(L.Create(-104f), x, L.Create(-104f), L.IfGreater(x, L.Create(89f), L.Create(89f), x));
        V p = ReducedExpM1<V, L>(x, out V n);
        // Two factors, because 2ⁿ itself may be subnormal or overflow; only the last product can round.
        V half = L.Subtract(L.Fma(n, L.Create(0.5f), L.Create(Shift)), L.Create(Shift));
        V e = L.Multiply(L.Add(L.Create(1f), p), L.PowerOfTwo(half));
        return L.Multiply(e, L.PowerOfTwo(L.Subtract(n, half)));
    }

    /// <summary>tanh x = (e^2|x| − 1)/(e^2|x| + 1) with the sign of x; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        // tanh rounds to 1 from 9.02 on.
        V magnitude = L.Min(L.Abs(x), L.Create(10f));
        V p = ReducedExpM1<V, L>(L.Add(magnitude, magnitude), out V n);
        V scale = L.PowerOfTwo(n);
        V e = L.Fma(scale, p, L.Subtract(scale, L.Create(1f)));
        return L.CopySign(L.Divide(e, L.Add(e, L.Create(2f))), x);
    }

    /// <summary>1/(1 + e⁻ˣ), for x &lt; 0 as eˣ/(1 + eˣ), so that small values keep their digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V e = Exp<V, L>(L.Negate(L.Abs(x)));
        V numerator = L.IfGreater(L.Create(0f), x, e, L.Create(1f));
        return L.Divide(numerator, L.Add(e, L.Create(1f)));
    }

    /// <summary>eˣ − 1, which keeps its digits near 0; −1 and ∞ at the ends, NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpM1<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V a = L.IfGreater(L.Create(-40f), x, L.Create(-40f), L.IfGreater(x, L.Create(89f), L.Create(89f), x));
        V p = ReducedExpM1<V, L>(a, out V n);
        V scale = L.PowerOfTwo(L.Subtract(n, L.Create(1f)));
        V e = L.Fma(scale, p, L.Subtract(scale, L.Create(0.5f)));
        return L.IfEqual(x, L.Create(0f), x, L.Add(e, e));
    }

    /// <summary>ln x: −∞ at ±0, NaN below, ∞ at ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V tiny = L.Create(1.17549435e-38f);
        V normal = L.IfGreater(tiny, x, L.Multiply(x, L.Create(16777216f)), x);
        V n = L.Exponent(normal, L.Create(0.75f));
        V m = L.ShiftExponent(normal, L.Negate(n));
        n = L.IfGreater(tiny, x, L.Subtract(n, L.Create(24f)), n);
        V value = LogOnePlus<V, L>(L.Subtract(m, L.Create(1f)), n);
        return LogEnds<V, L>(x, L.Create(0f), value);
    }

    /// <summary>ln(1 + x): −∞ at −1, NaN below, ∞ at ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V n = L.Exponent(L.Add(x, L.Create(1f)), L.Create(0.75f));
        V a = L.ShiftExponent(x, L.Negate(n));
        // 2⁻ⁿ − 1 is exact up to n = 24; beyond, the 1 of 1 + x no longer counts.
        V b = L.Subtract(L.PowerOfTwo(L.Max(L.Negate(n), L.Create(-126f))), L.Create(1f));
        V value = LogOnePlus<V, L>(L.Add(a, b), n);
        return L.IfEqual(x, L.Create(0f), x, LogEnds<V, L>(x, L.Create(-1f), value));
    }

    /// <summary>The complementary error function, 1 − erf x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V a = L.Min(L.Abs(x), L.Create(11f));
        V t = L.Divide(L.Create(1f), L.Fma(a, L.Create(0.5f), L.Create(1f)));
        V q = L.Create(0.17087277f);
        q = L.Fma(q, t, L.Create(-0.82215223f));
        q = L.Fma(q, t, L.Create(1.48851587f));
        q = L.Fma(q, t, L.Create(-1.13520398f));
        q = L.Fma(q, t, L.Create(0.27886807f));
        q = L.Fma(q, t, L.Create(-0.18628806f));
        q = L.Fma(q, t, L.Create(0.09678418f));
        q = L.Fma(q, t, L.Create(0.37409196f));
        q = L.Fma(q, t, L.Create(1.00002368f));
        q = L.Fma(q, t, L.Create(-1.26551223f));
        V square = L.Multiply(a, a);
        V rest = L.Fma(a, a, L.Negate(square));
        V e = L.Multiply(Exp<V, L>(L.Negate(square)), L.Multiply(t, Exp<V, L>(L.Subtract(q, rest))));
        return L.IfGreater(L.Create(0f), x, L.Subtract(L.Create(2f), e), e);
    }

    /// <summary>xʸ for x ≥ 0, as IEEE 754 says; NaN for x &lt; 0 (except y = 0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Pow<V, L>(V x, V y) where V : unmanaged where L : struct, ILanes<V>
    {
        V one = L.Create(1f);
        V value = Exp<V, L>(L.Multiply(y, Log<V, L>(x)));
        value = L.IfEqual(x, one, one, value);
        return L.IfEqual(y, L.Create(0f), one, value);
    }

    /// <summary>ln((1 + f)·2ⁿ) for f in [−1/4, 1/2].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOnePlus<V, L>(V f, V n) where V : unmanaged where L : struct, ILanes<V>
    {
        V s = L.Divide(f, L.Add(f, L.Create(2f)));
        V z = L.Multiply(s, s);
        V q = L.Create(2f / 9);
        q = L.Fma(q, z, L.Create(2f / 7));
        q = L.Fma(q, z, L.Create(2f / 5));
        q = L.Fma(q, z, L.Create(2f / 3));
        V half = L.Multiply(L.Multiply(f, f), L.Create(0.5f));
        V t = L.Fma(s, L.Fma(q, z, half), L.Negate(half));
        V high = L.Fma(n, L.Create(Ln2Hi), f);
        V low = L.Subtract(f, L.Subtract(high, L.Multiply(n, L.Create(Ln2Hi))));
        return L.Add(high, L.Add(low, L.Fma(n, L.Create(Ln2Lo), t)));
    }

    /// <summary>−∞ at <paramref name="start"/>, NaN below it and at NaN, ∞ at ∞, else the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogEnds<V, L>(V x, V start, V value) where V : unmanaged where L : struct, ILanes<V>
    {
        value = L.IfGreater(x, L.Create(float.MaxValue), x, value);
        value = L.IfGreater(x, start, value, L.Create(float.NaN));
        return L.IfEqual(x, start, L.Create(float.NegativeInfinity), value);
    }

    /// <summary>e^r − 1 for x = n·ln 2 + r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ReducedExpM1<V, L>(V x, out V n) where V : unmanaged where L : struct, ILanes<V>
    {
        n = L.Subtract(L.Fma(x, L.Create(Log2E), L.Create(Shift)), L.Create(Shift));
        V r = L.Fma(n, L.Create(-Ln2Hi), x);
        r = L.Fma(n, L.Create(-Ln2Lo), r);
        V q = L.Create(1f / 40320);
        q = L.Fma(q, r, L.Create(1f / 5040));
        q = L.Fma(q, r, L.Create(1f / 720));
        q = L.Fma(q, r, L.Create(1f / 120));
        q = L.Fma(q, r, L.Create(1f / 24));
        q = L.Fma(q, r, L.Create(1f / 6));
        q = L.Fma(q, r, L.Create(1f / 2));
        return L.Fma(L.Multiply(r, r), q, r);
    }
}
