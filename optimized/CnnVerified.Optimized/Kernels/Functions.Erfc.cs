using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <content>The complementary error function.</content>
internal static partial class Functions
{
    /// <summary>erfc x = 1 − erf x: 2 at −∞, underflows through the subnormals to 0; NaN stays NaN.</summary>
    /// <remarks>The error is that of the function with a low part.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V, L>(V x) where V : unmanaged where L : struct, ILanes<V> => Erfc<V, L>(x, L.Create(0f));

    /// <summary>erfc(x + low) for a low below the last place of x. erfc doubles an error of x 2x² times relatively: an x with two roundings
    /// behind it needs the low part to keep its digits far to the right.</summary>
    /// <remarks>
    /// With a = |x|: (1 + 2a)·e^(a²)·erfc a = 1 + v·q(v), v = a/(a + 2), lies in [1, 1.29] (the sum with its rounding error),
    /// divided by 1 + 2a with one correcting step, times e^(−a²), for which a², eʳ and the product are kept with their rounding errors
    /// (a second division is saved by dividing 1 by the product of both divisors). Left are the polynomial's own error (2⁻²⁶)
    /// 0.25, its rounding 0.9, that of a + 2 0.2, r 0.25, p 0.35, eʳ's polynomial 0.06, the last rounding 0.5; together below 2.6 ULP (3
    /// below 2⁻¹²⁶), measured 2.56. For x &lt; 0 the result is 2 − erfc a, and better. Without v's low part it would rise in places.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V, L>(V x, V low) where V : unmanaged where L : struct, ILanes<V>
    {
        V result = L.Scale(ErfcReduced<V, L>(x, low, out V n), n);
        return L.IfGreater(L.Create(0f), x, L.Subtract(L.Create(2f), result), result);
    }

    /// <summary>factor·erfc(x + low), where |factor| is below 1000 for x ≥ 0: keeps its digits where erfc alone is subnormal.</summary>
    /// <remarks>One rounding more than erfc.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V TimesErfc<V, L>(V factor, V x, V low) where V : unmanaged where L : struct, ILanes<V>
    {
        V reduced = ErfcReduced<V, L>(x, low, out V n);
        V left = L.Multiply(factor, L.Subtract(L.Create(2f), L.Scale(reduced, n)));
        return L.IfGreater(L.Create(0f), x, left, L.Scale(L.Multiply(factor, reduced), n));
    }

    /// <summary>m and n with erfc |x + low| = m·2ⁿ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfcReduced<V, L>(V x, V low, out V n) where V : unmanaged where L : struct, ILanes<V>
    {
        V one = L.Create(1f), two = L.Create(2f);
        V a = L.AtMost(L.Abs(x), L.Create(10.5f));   // erfc rounds to 0 from 10.06 on
        V aLow = L.IfGreater(L.Create(0f), x, L.Negate(low), low);

        V above = L.Add(a, two);
        V divisor = L.Fma(two, a, one);
        V divisorLow = L.Fma(two, a, L.Subtract(one, divisor));
        V both = L.Divide(one, L.Multiply(above, divisor));
        V inverseAbove = L.Multiply(both, divisor);
        V inverse = L.Multiply(both, above);
        V v = L.Multiply(a, inverseAbove);
        V vLow = L.Multiply(L.Fma(L.Negate(v), above, a), inverseAbove);

        V q = L.Create(-0.205341652f);
        q = L.Fma(q, v, L.Create(0.609112442f));
        q = L.Fma(q, v, L.Create(-0.420161605f));
        q = L.Fma(q, v, L.Create(-0.0846912116f));
        q = L.Fma(q, v, L.Create(-0.444724768f));
        q = L.Fma(q, v, L.Create(0.544007063f));
        q = L.Fma(q, v, L.Create(1.67063665f));
        q = L.Fma(q, v, L.Create(-3.28379059f));
        q = L.Fma(q, v, L.Create(1.74324238f));
        V top = L.Fma(q, v, one);
        V topLow = L.Fma(q, vLow, L.Fma(q, v, L.Subtract(one, top)));
        V w = L.Multiply(top, inverse);
        V rest = L.Add(L.Fma(L.Negate(w), divisorLow, L.Fma(L.Negate(w), divisor, top)), topLow);
        V wLow = L.Multiply(rest, inverse);

        V square = L.Multiply(a, a);
        V squareLow = L.Fma(L.Add(a, a), aLow, L.Fma(a, a, L.Negate(square)));
        V r = Reduce<V, L>(L.Negate(square), out n, out _);
        V m = ExpReduced<V, L>(r, out V mLow);
        mLow = L.Fma(L.Negate(squareLow), m, mLow);

        V product = L.Multiply(w, m);
        V productLow = L.Fma(w, mLow, L.Fma(wLow, m, L.Fma(w, m, L.Negate(product))));
        return L.Add(product, productLow);
    }
}
