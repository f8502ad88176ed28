using System.Numerics;

namespace CnnVerified.Reference.Numbers;

/// <summary>An exact fraction in lowest terms, denominator positive; <c>default</c> is 0.</summary>
public readonly struct Rational
    : IAdditionOperators<Rational, Rational, Rational>, ISubtractionOperators<Rational, Rational, Rational>,
      IMultiplyOperators<Rational, Rational, Rational>, IDivisionOperators<Rational, Rational, Rational>,
      IUnaryNegationOperators<Rational, Rational>, IComparisonOperators<Rational, Rational, bool>,
      IAdditiveIdentity<Rational, Rational>, IMultiplicativeIdentity<Rational, Rational>, IEquatable<Rational>
{
    private readonly BigInteger _denominatorLessOne;

    /// <summary>numerator / denominator, reduced.</summary>
    /// <param name="numerator">Any whole number.</param>
    /// <param name="denominator">Any whole number but 0.</param>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
            throw new DivideByZeroException($"{numerator}/0 is not a rational number.");
        // Most sums of a checker are of whole numbers, or in lowest terms as they are: dividing by 1 costs as much as any division.
        BigInteger common = denominator.IsOne ? denominator : BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = common.IsOne ? numerator : numerator / common;
        _denominatorLessOne = (common.IsOne ? denominator : denominator / common) - 1;
    }

    private Rational(BigInteger whole) => Numerator = whole;

    /// <summary>The numerator in lowest terms; it carries the sign.</summary>
    public BigInteger Numerator { get; }

    /// <summary>The denominator in lowest terms, at least 1.</summary>
    public BigInteger Denominator => _denominatorLessOne + 1;

    /// <summary>0.</summary>
    public static Rational AdditiveIdentity => default;

    /// <summary>1.</summary>
    public static Rational MultiplicativeIdentity => new(1, 1);

    /// <summary>The exact value of a double.</summary>
    /// <param name="value">A finite number.</param>
    /// <returns>The same number as a fraction.</returns>
    /// <exception cref="ArgumentException">NaN or infinite.</exception>
    public static Rational Of(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException($"a rational number expects a finite value, got {value}.", nameof(value));
        int exponent = value == 0 ? 0 : Math.ILogB(value) - 52;
        // Two steps: 2^-exponent alone overflows for subnormals.
        double whole = Math.ScaleB(Math.ScaleB(value, -exponent / 2), -exponent + exponent / 2);
        BigInteger mantissa = new(whole);
        return exponent >= 0 ? new(mantissa << exponent, 1) : new(mantissa, BigInteger.One << -exponent);
    }

    /// <summary>The nearest double, ties to even, for fractions whose parts are below 2^53; otherwise within two roundings.</summary>
    /// <returns>The value.</returns>
    public double ToDouble()
    {
        // Scale so that the integer quotient has 64 bits or more; its low bit records a remainder, so the conversion rounds once.
        int shift = (int)(66 - (Numerator.GetBitLength() - Denominator.GetBitLength()));
        BigInteger scaled = shift >= 0 ? BigInteger.Abs(Numerator) << shift : BigInteger.Abs(Numerator);
        BigInteger divisor = shift >= 0 ? Denominator : Denominator << -shift;
        BigInteger quotient = BigInteger.DivRem(scaled, divisor, out BigInteger remainder);
        if (!remainder.IsZero)
            quotient |= 1;
        return Numerator.Sign * Math.ScaleB(RoundToDouble(quotient), -shift);
    }

    private static double RoundToDouble(BigInteger positive)
    {
        long excess = positive.GetBitLength() - 53;
        if (excess <= 0)
            return (double)(long)positive;
        BigInteger kept = positive >> (int)excess;
        BigInteger dropped = positive - (kept << (int)excess);
        int versusHalf = dropped.CompareTo(BigInteger.One << (int)(excess - 1));
        if (versusHalf > 0 || versusHalf == 0 && !kept.IsEven)
            kept += 1;
        return Math.ScaleB((double)(long)kept, (int)excess);
    }

    /// <inheritdoc/>
    public static Rational operator +(Rational left, Rational right) => AreWhole(left, right)
        ? new(left.Numerator + right.Numerator)
        : left._denominatorLessOne == right._denominatorLessOne ? new(left.Numerator + right.Numerator, left.Denominator)
        : new(left.Numerator * right.Denominator + right.Numerator * left.Denominator, left.Denominator * right.Denominator);

    /// <inheritdoc/>
    public static Rational operator -(Rational left, Rational right) => left + -right;

    /// <inheritdoc/>
    public static Rational operator *(Rational left, Rational right) => AreWhole(left, right)
        ? new(left.Numerator * right.Numerator)
        : new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <inheritdoc/>
    public static Rational operator /(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    /// <inheritdoc/>
    public static Rational operator -(Rational value) => value._denominatorLessOne.IsZero ? new(-value.Numerator) : new(-value.Numerator, value.Denominator);

    /// <inheritdoc/>
    public static bool operator <(Rational left, Rational right) => AreWhole(left, right)
        ? left.Numerator < right.Numerator
        : left.Numerator * right.Denominator < right.Numerator * left.Denominator;

    /// <inheritdoc/>
    public static bool operator >(Rational left, Rational right) => right < left;

    /// <inheritdoc/>
    public static bool operator <=(Rational left, Rational right) => !(right < left);

    /// <inheritdoc/>
    public static bool operator >=(Rational left, Rational right) => !(left < right);

    /// <inheritdoc/>
    public static bool operator ==(Rational left, Rational right) => left.Equals(right);

    /// <inheritdoc/>
    public static bool operator !=(Rational left, Rational right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Rational other) => Numerator == other.Numerator && _denominatorLessOne == other._denominatorLessOne;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Numerator, _denominatorLessOne);

    // Whole numbers need no greatest common divisor, which is most of the time that fractions take.
    private static bool AreWhole(Rational left, Rational right) => left._denominatorLessOne.IsZero && right._denominatorLessOne.IsZero;

    /// <inheritdoc/>
    public override string ToString() => _denominatorLessOne.IsZero ? Numerator.ToString() : $"{Numerator}/{Denominator}";
}
