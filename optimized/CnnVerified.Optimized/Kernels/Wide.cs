using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Elementary functions in binary64, for compositions that would lose digits in binary32: they round once, at the end.</summary>
/// <remarks>
/// Results need not be good to the last place of binary64, only so good that the one rounding to binary32 is all that shows: a relative
/// error of 2⁻³² is at most 0.004 units in the last place (ULP) there. So the series are Taylor's, cut where the first term left out is below
/// that, and erfc has a polynomial fitted to it. Binary64 has no overflow and no subnormals where binary32 has results.
/// </remarks>
internal static class Wide
{
    private const double Shift = 6755399441055744;   // 1.5·2⁵²: adding it rounds to a whole number
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;
    private const double Reach = 200;                // e^±200 is far beyond binary32, and its square is not beyond binary64
    private const double ErfcReach = 10.5;           // erfc rounds to 0 in binary32 from 10.06 on

    /// <summary>eˣ for |x| up to 200, and e^±200 beyond. Relative error below 1.1·10⁻¹¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W Exp<W, D>(W x) where W : unmanaged where D : struct, IWideLanes<W>
    {
        W tail = ExpTail<W, D>(x, out W scale);
        return D.Fma(scale, tail, scale);
    }

    /// <summary>eˣ − 1, with its digits near 0; the range of <see cref="Exp"/>. Relative error below 3.1·10⁻¹¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W ExpM1<W, D>(W x) where W : unmanaged where D : struct, IWideLanes<W>
    {
        W tail = ExpTail<W, D>(x, out W scale);
        return D.Fma(scale, tail, D.Negate(D.Subtract(D.Create(1), scale)));   // −0 for scale 1, so that −0 stays
    }

    /// <summary>1/(1 + e⁻ˣ). Relative error below 1.1·10⁻¹¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W Sigmoid<W, D>(W x) where W : unmanaged where D : struct, IWideLanes<W>
    {
        W one = D.Create(1);
        return D.Divide(one, D.Add(one, Exp<W, D>(D.Negate(x))));
    }

    /// <summary>tanh x, as (e²ˣ − 1)/(e²ˣ + 1), with its digits near 0. Relative error below 3.1·10⁻¹¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W Tanh<W, D>(W x) where W : unmanaged where D : struct, IWideLanes<W>
    {
        W less = ExpM1<W, D>(D.Add(x, x));
        return D.Divide(less, D.Add(less, D.Create(2)));
    }

    /// <summary>ln(1 + e^−|x|): 2·artanh(s) = 2s·(1 + s²/3 + s⁴/5 + …) with s = t/(2 + t) ≤ 1/3 for t = e^−|x|. Relative error
    /// below 1.9·10⁻¹⁰, nearly all for what is left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W LogOfOnePlusExp<W, D>(W x) where W : unmanaged where D : struct, IWideLanes<W>
    {
        W t = Exp<W, D>(D.Negate(D.Abs(x)));
        W s = D.Divide(t, D.Add(t, D.Create(2)));
        W z = D.Multiply(s, s);
        W q = D.Create(1.0 / 17);
        q = D.Fma(q, z, D.Create(1.0 / 15));
        q = D.Fma(q, z, D.Create(1.0 / 13));
        q = D.Fma(q, z, D.Create(1.0 / 11));
        q = D.Fma(q, z, D.Create(1.0 / 9));
        q = D.Fma(q, z, D.Create(1.0 / 7));
        q = D.Fma(q, z, D.Create(1.0 / 5));
        q = D.Fma(q, z, D.Create(1.0 / 3));
        q = D.Fma(q, z, D.Create(1));
        return D.Multiply(D.Add(s, s), q);
    }

    /// <summary>erfc x, given e^(−x²); as erfc 10.5 beyond that. Relative error below 2.7·10⁻¹⁰, and that of the power.</summary>
    /// <remarks>For a = |x| and v = a/(a + 2) the function (1 + 2a)·e^(a²)·erfc a = 1 + v·q(v) is smooth and between 1 and 1.29; q
    /// interpolates it at Chebyshev's nodes (computed in 60 digits). One division serves both quotients. For x &lt; 0 it is 2 − erfc a.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W Erfc<W, D>(W x, W power) where W : unmanaged where D : struct, IWideLanes<W>
    {
        W one = D.Create(1), two = D.Create(2);
        W a = D.AtMost(D.Abs(x), D.Create(ErfcReach));
        W above = D.Add(a, two), divisor = D.Fma(two, a, one);
        W inverse = D.Divide(one, D.Multiply(above, divisor));
        W v = D.Multiply(a, D.Multiply(inverse, divisor));
        W q = D.Create(-0.03870039381792258);
        q = D.Fma(q, v, D.Create(0.2900565679773054));
        q = D.Fma(q, v, D.Create(-0.7393436761618932));
        q = D.Fma(q, v, D.Create(0.8478951612522271));
        q = D.Fma(q, v, D.Create(-0.5487491885115654));
        q = D.Fma(q, v, D.Create(0.3933574519476329));
        q = D.Fma(q, v, D.Create(-0.08260295052943054));
        q = D.Fma(q, v, D.Create(-0.26773191244828015));
        q = D.Fma(q, v, D.Create(-0.39254992974677405));
        q = D.Fma(q, v, D.Create(0.5361624220668533));
        q = D.Fma(q, v, D.Create(1.6711459128315187));
        q = D.Fma(q, v, D.Create(-3.2837915671366877));
        q = D.Fma(q, v, D.Create(1.7432416655504734));
        W right = D.Multiply(D.Multiply(D.Fma(q, v, one), D.Multiply(inverse, above)), power);
        return D.IfGreater(D.Create(0), x, D.Subtract(two, right), right);
    }

    /// <summary>eʳ − 1 and 2ⁿ with x = n·ln 2 + r, |r| ≤ 0.3467: r + r²/2 + … + r⁹/9!, whose rest is below 10⁻¹¹ of eʳ and
    /// 3·10⁻¹¹ of eʳ − 1. The rounding of ln 2 costs at most 2·10⁻¹⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static W ExpTail<W, D>(W x, out W scale) where W : unmanaged where D : struct, IWideLanes<W>
    {
        x = D.AtMost(D.AtLeast(x, D.Create(-Reach)), D.Create(Reach));
        W shifted = D.Fma(x, D.Create(Log2E), D.Create(Shift));
        scale = D.PowerOfTwo(shifted);
        W r = D.Fma(D.Subtract(shifted, D.Create(Shift)), D.Create(-Ln2), x);
        W q = D.Create(1.0 / 362880);
        q = D.Fma(q, r, D.Create(1.0 / 40320));
        q = D.Fma(q, r, D.Create(1.0 / 5040));
        q = D.Fma(q, r, D.Create(1.0 / 720));
        q = D.Fma(q, r, D.Create(1.0 / 120));
        q = D.Fma(q, r, D.Create(1.0 / 24));
        q = D.Fma(q, r, D.Create(1.0 / 6));
        q = D.Fma(q, r, D.Create(0.5));
        q = D.Fma(q, r, D.Create(1));
        return D.Multiply(q, r);
    }
}
