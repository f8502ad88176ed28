using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>A factor times a function that decays exponentially, without losing the digits of a product whose function alone would
/// be subnormal: −95·e⁻⁹⁵ is a normal number, e⁻⁹⁵ is not.</summary>
/// <remarks>Below <see cref="Far"/>, e^a is e^(a + 55.5)·e^−55.5. The sum is exact, since a there is a multiple of 2⁻¹⁷ and the sum is
/// smaller; the constant is e^−55.5 to 0.009 u, so that only its product rounds, the last operation.</remarks>
internal static class Scaled
{
    private const float Far = -64f;
    private const float Shift = 55.5f;
    private const float Rest = 7.88235979e-25f;   // e^−55.5

    /// <summary>f·e^a for a ≤ 0, for a = −∞ too if f is finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, L>(V f, V a) where V : unmanaged where L : struct, ILanes<V>
    {
        V far = L.Create(Far);
        V e = Functions.Exp<V, L>(L.IfGreater(far, a, L.Add(a, L.Create(Shift)), a));
        return L.Multiply(L.Multiply(f, e), L.IfGreater(far, a, L.Create(Rest), L.Create(1f)));
    }

    /// <summary>f/(1 + e⁻ˣ), for x = ±∞ too if f is finite.</summary>
    /// <remarks>For x in the far range the 1 does not count, and e⁻ˣ would overflow. Error: e 1.6 u, its sum and the quotient one
    /// rounding each; in the far range e and two products.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V, L>(V f, V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V far = L.Create(Far);
        V e = Functions.Exp<V, L>(L.IfGreater(far, x, L.Add(x, L.Create(Shift)), L.Negate(x)));
        return L.IfGreater(far, x, L.Multiply(L.Multiply(f, e), L.Create(Rest)), L.Divide(f, L.Add(e, L.Create(1f))));
    }

    /// <summary>dy·p·(1 + g·(1 − p)) with p = 1/(1 + e⁻ᶻ): the derivative of x·p(z(x)), g = x·z'(x). g must be finite.</summary>
    /// <remarks>With e = e^−|z| both p and 1 − p are quotients by 1 + e, of 1 and e or of e and 1: neither cancels, and e never
    /// overflows. All is brought over (1 + e)².</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GateSlope<V, L>(V dy, V z, V g) where V : unmanaged where L : struct, ILanes<V>
    {
        V far = L.Create(Far), zero = L.Create(0f), one = L.Create(1f);
        V e = Functions.Exp<V, L>(L.IfGreater(far, z, L.Add(z, L.Create(Shift)), L.Negate(L.Abs(z))));
        V whole = L.Add(e, one);
        V bracket = L.Fma(g, L.IfGreater(z, zero, e, one), whole);
        V near = L.Divide(L.Multiply(L.Multiply(dy, L.IfGreater(z, zero, one, e)), bracket), L.Multiply(whole, whole));
        V beyond = L.Multiply(L.Multiply(L.Multiply(dy, e), L.Add(g, one)), L.Create(Rest));
        return L.IfGreater(far, z, beyond, near);
    }

    /// <summary>x·tanh(log(1 + eˣ)), for x = −∞ too.</summary>
    /// <remarks>tanh of a softplus is a quotient of polynomials in eˣ, (e² + 2e)/(e² + 2e + 2); for x &gt; 0 in e⁻ˣ, (1 + 2e)/(1 + 2e +
    /// 2e²), so that e never overflows. All terms are positive.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Mish<V, L>(V x) where V : unmanaged where L : struct, ILanes<V>
    {
        V far = L.Create(Far), zero = L.Create(0f), one = L.Create(1f), two = L.Create(2f);
        x = L.Max(x, L.Create(-512f));   // the result is 0 there, and would be −∞·0 at −∞
        V e = Functions.Exp<V, L>(L.IfGreater(far, x, L.Add(x, L.Create(Shift)), L.Negate(L.Abs(x))));
        V numerator = L.IfGreater(x, zero, L.Fma(two, e, one), L.Multiply(e, L.Add(e, two)));
        V denominator = L.Add(numerator, L.IfGreater(x, zero, L.Multiply(L.Multiply(two, e), e), two));
        V beyond = L.Multiply(L.Multiply(x, e), L.Create(Rest));
        return L.IfGreater(far, x, beyond, L.Divide(L.Multiply(x, numerator), denominator));
    }
}
