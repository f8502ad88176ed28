using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <content>The logarithms and the power.</content>
/// <remarks>
/// A positive x is (1 + f)·2ⁿ; log and log1p take f in [−1/4, 1/2], for which f is exact also where x is 1 + something: the sum of
/// x·2⁻ⁿ and 2⁻ⁿ − 1 has no rounding then, up to n = 24, and beyond that the 1 no longer counts.
/// </remarks>
internal static partial class Functions
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>ln x: −∞ at ±0, NaN below, ∞ at ∞; NaN stays NaN.</summary>
    /// <remarks>n·Ln2Hi + f is kept with its rounding error. Worst for n = −1 near f = 1/2, where the result is −0.29: the
    /// polynomial's own error (2⁻²⁷·⁶ of f) 0.08, its rounding 0.2, the sum with the low parts 0.12, the last sum 0.5; together
    /// below 1 ULP, measured 0.92.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V m = Split<V, L>(x, L.Create(0.75f), out V n);
        return LogEnds<V, L>(x, L.Create(0f), LogReduced<V, L>(L.Subtract(m, L.Create(1f)), n));
    }

    /// <summary>ln(1 + x), which keeps its digits near 0: −∞ at −1, NaN below, ∞ at ∞; ±0 and NaN stay.</summary>
    /// <remarks>f is exact, so the error is that of <see cref="Log"/>; measured 0.92 ULP.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V n = L.Exponent(L.Add(x, L.Create(1f)), L.Create(0.75f));
        V less = L.Subtract(L.PowerOfTwo(L.AtLeast(L.Negate(n), L.Create(-126f))), L.Create(1f));
        V value = LogReduced<V, L>(L.Add(L.ShiftExponent(x, L.Negate(n)), less), n);
        return L.IfEqual(x, L.Create(0f), x, LogEnds<V, L>(x, L.Create(-1f), value));
    }

    /// <summary>xʸ for x ≥ 0: 1 for y = 0 and for x = 1, else NaN where x or y is NaN; 0 and ∞ to a positive power stay, to a negative one
    /// they change places; overflows to ∞ and underflows through the subnormals to 0. NaN for x &lt; 0.</summary>
    /// <remarks>2^(y·log₂ x) with log₂ x and the product in two floats each, right to 2⁻⁴⁰ of themselves. Left are the low part's sum with
    /// the reduced exponent (2⁻²⁶, that is 0.18), the polynomial's own error (2⁻²⁸·³) 0.06, its rounding 0.25, the last rounding 0.5;
    /// together below 1.1 ULP (1.6 below 2⁻¹²⁶). Measured 0.94 over all x for four exponents.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Pow<V, L>(V x, V y) where V : unmanaged where L : struct, ILanes<V>
    {
        V zero = L.Create(0f), one = L.Create(1f);
        V log = Log2<V, L>(x, out V logLow);
        log = L.IfEqual(x, zero, L.Create(float.NegativeInfinity), log);
        log = L.IfGreater(x, L.Create(float.MaxValue), x, log);
        V e = L.Multiply(y, log);
        V low = L.Fma(y, logLow, L.Fma(y, log, L.Negate(e)));
        // Beyond ±200 the result is 0 or ∞, and low may be anything.
        low = L.IfGreater(L.Abs(e), L.Create(200f), zero, low);
        e = L.AtMost(L.AtLeast(e, L.Create(-200f)), L.Create(200f));
        V n = L.Subtract(L.Add(e, L.Create(Shift)), L.Create(Shift));
        V r = L.Add(L.Subtract(e, n), low);
        V q = L.Create(0.000153293324f);
        q = L.Fma(q, r, L.Create(0.00133909751f));
        q = L.Fma(q, r, L.Create(0.00961849932f));
        q = L.Fma(q, r, L.Create(0.0555035956f));
        q = L.Fma(q, r, L.Create(0.240226477f));
        q = L.Fma(q, r, L.Create(0.693147182f));
        V value = L.Scale(L.Fma(q, r, one), n);
        value = L.IfEqual(L.Abs(x), x, value, L.Create(float.NaN));   // NaN for x < 0, and NaN stays NaN
        value = L.IfEqual(x, one, one, value);
        return L.IfEqual(y, zero, one, value);
    }

    /// <summary>log₂ x in two floats, for positive finite x.</summary>
    /// <remarks>log₂((1 + f)·2ⁿ) = n + s·(C + s²·(c + s²·q(s²))) with s = f/(2 + f), C = 2/ln 2 and c = C/3; only s²·q, below 2⁻⁵ of c,
    /// is a single float.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Log2<V, L>(V x, out V low) where V : unmanaged where L : struct, ILanes<V>
    {
        V first = L.Create(2.88539004f), firstLow = L.Create(3.85192607e-8f);     // 2/ln 2
        V third = L.Create(0.961796701f), thirdLow = L.Create(-7.02846181e-9f);    // 2/(3·ln 2)
        V two = L.Create(2f);
        V f = L.Subtract(Split<V, L>(x, L.Create(0.707106769f), out V n), L.Create(1f));

        V divisor = L.Add(f, two);
        V divisorLow = L.Subtract(f, L.Subtract(divisor, two));
        V inverse = L.Divide(L.Create(1f), divisor);
        V s = L.Multiply(f, inverse);
        V sLow = L.Multiply(L.Fma(L.Negate(s), divisorLow, L.Fma(L.Negate(s), divisor, f)), inverse);

        V z = L.Multiply(s, s);
        V zLow = L.Fma(L.Add(s, s), sLow, L.Fma(s, s, L.Negate(z)));
        V q = L.Create(0.33782083f);
        q = L.Fma(q, z, L.Create(0.411849916f));
        q = L.Fma(q, z, L.Create(0.57708019f));
        V t = L.Fma(q, z, third);
        V tLow = L.Add(L.Fma(q, z, L.Subtract(third, t)), thirdLow);
        V u = L.Multiply(z, t);
        V uLow = L.Fma(z, tLow, L.Fma(zLow, t, L.Fma(z, t, L.Negate(u))));
        V v = L.Add(first, u);
        V vLow = L.Add(L.Subtract(u, L.Subtract(v, first)), L.Add(firstLow, uLow));
        V w = L.Multiply(s, v);
        V wLow = L.Fma(s, vLow, L.Fma(sLow, v, L.Fma(s, v, L.Negate(w))));

        V sum = L.Add(n, w);
        low = L.Add(L.Subtract(w, L.Subtract(sum, n)), wLow);
        return sum;
    }

    /// <summary>m in [from, 2·from) and n with x = m·2ⁿ, for positive finite x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Split<V, L>(V x, V from, out V n) where V : unmanaged where L : struct, ILanes<V>
    {
        V smallest = L.Create(SmallestNormal);
        V normal = L.IfGreater(smallest, x, L.Multiply(x, L.Create(16777216f)), x);
        V exponent = L.Exponent(normal, from);
        n = L.IfGreater(smallest, x, L.Subtract(exponent, L.Create(24f)), exponent);
        return L.ShiftExponent(normal, L.Negate(exponent));
    }

    /// <summary>ln((1 + f)·2ⁿ) for f in [−1/4, 1/2].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogReduced<V, L>(V f, V n) where V : unmanaged where L : struct, ILanes<V>
    {
        V q = L.Create(-0.0461758561f);
        q = L.Fma(q, f, L.Create(0.105830558f));
        q = L.Fma(q, f, L.Create(-0.131863847f));
        q = L.Fma(q, f, L.Create(0.144674674f));
        q = L.Fma(q, f, L.Create(-0.16643776f));
        q = L.Fma(q, f, L.Create(0.199911132f));
        q = L.Fma(q, f, L.Create(-0.250001937f));
        q = L.Fma(q, f, L.Create(0.333334476f));
        q = L.Fma(q, f, L.Create(-0.5f));
        V high = L.Fma(n, L.Create(Ln2Hi), f);
        V low = L.Subtract(f, L.Subtract(high, L.Multiply(n, L.Create(Ln2Hi))));
        return L.Add(high, L.Fma(q, L.Multiply(f, f), L.Fma(n, L.Create(Ln2Lo), low)));
    }

    /// <summary>−∞ at <paramref name="start"/>, NaN below it and at NaN, ∞ at ∞, else the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogEnds<V, L>(V x, V start, V value) where V : unmanaged where L : struct, ILanes<V>
    {
        value = L.IfGreater(x, L.Create(float.MaxValue), x, value);
        value = L.IfGreater(x, start, value, L.Create(float.NaN));
        return L.IfEqual(x, start, L.Create(float.NegativeInfinity), value);
    }
}
