using System.Numerics;

namespace CnnVerified.Verification.Exhaustive;

/// <summary>A number that the exact formulas are written over, once for binary64 and once for double-double.</summary>
/// <typeparam name="T">The type itself.</typeparam>
public interface IOracleNumber<T> : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
    IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IComparisonOperators<T, T, bool>
    where T : struct, IOracleNumber<T>
{
    /// <summary>π.</summary>
    static abstract T Pi { get; }

    /// <summary>A binary64 number, exactly.</summary>
    /// <param name="value">The number.</param>
    static abstract implicit operator T(double value);

    /// <summary>eˣ.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>The power.</returns>
    static abstract T Exp(T x);

    /// <summary>eˣ − 1.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>The power less one, with its digits near 0.</returns>
    static abstract T ExpM1(T x);

    /// <summary>ln x.</summary>
    /// <param name="x">A number from 0 on.</param>
    /// <returns>The logarithm.</returns>
    static abstract T Log(T x);

    /// <summary>ln(1 + x).</summary>
    /// <param name="x">A number from −1 on.</param>
    /// <returns>The logarithm, with its digits near 0.</returns>
    static abstract T Log1p(T x);

    /// <summary>tanh x.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>The hyperbolic tangent.</returns>
    static abstract T Tanh(T x);

    /// <summary>1 − erf x.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>The complementary error function, with its digits for large x.</returns>
    static abstract T Erfc(T x);

    /// <summary>xʸ.</summary>
    /// <param name="x">A number from 0 on.</param>
    /// <param name="y">Any number.</param>
    /// <returns>The power.</returns>
    static abstract T Pow(T x, T y);

    /// <summary>√x.</summary>
    /// <param name="x">A number from 0 on.</param>
    /// <returns>The root.</returns>
    static abstract T Sqrt(T x);
}
