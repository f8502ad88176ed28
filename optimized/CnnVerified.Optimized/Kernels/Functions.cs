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
