namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>An exact fraction of 64-bit whole numbers in lowest terms: index arithmetic.</summary>
/// <remarks>Index arithmetic is small; where it is not, an <see cref="OverflowException"/> says so rather than a wrong index.</remarks>
public readonly struct Fraction : IEquatable<Fraction>
{
    private readonly long _denominatorLessOne;

    /// <summary>numerator / denominator, reduced.</summary>
    /// <param name="numerator">Any whole number.</param>
    /// <param name="denominator">Any whole number but 0.</param>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    /// <exception cref="OverflowException">Beyond 64 bits.</exception>
    public Fraction(long numerator, long denominator = 1)
    {
        if (denominator == 0)
            throw new DivideByZeroException($"{numerator}/0 is not a fraction.");
        if (denominator != 1)
        {
            long common = CommonDivisor(numerator, denominator);
            if (denominator < 0)
                common = -common;
            (numerator, denominator) = (checked(numerator / common), denominator / common);
        }
        Numerator = numerator;
        _denominatorLessOne = denominator - 1;
    }

    /// <summary>The numerator in lowest terms; it carries the sign.</summary>
    public long Numerator { get; }

    /// <summary>The denominator in lowest terms, at least 1.</summary>
    public long Denominator => _denominatorLessOne + 1;

    /// <summary>True for whole numbers.</summary>
    public bool IsWhole => _denominatorLessOne == 0;

    /// <summary>The largest whole number that is not above.</summary>
    public long Floor => FloorOf(Numerator, Denominator);

    /// <summary>a/b rounded down.</summary>
    /// <param name="a">The dividend.</param>
    /// <param name="b">The divisor, not 0.</param>
    public static long FloorOf(long a, long b)
    {
        long quotient = checked(a / b);
        return a % b != 0 && a < 0 != b < 0 ? quotient - 1 : quotient;
    }

    // Euclid. Sizes are what 64 bits hold, also that of the smallest number, which alone has no opposite.
    private static long CommonDivisor(long a, long b)
    {
        ulong larger = Size(a), smaller = Size(b);
        while (smaller != 0)
            (larger, smaller) = (smaller, larger % smaller);
        return checked((long)larger);

        static ulong Size(long value) => value < 0 ? unchecked(0 - (ulong)value) : (ulong)value;
    }

    /// <summary>Sum.</summary>
    public static Fraction operator +(Fraction a, Fraction b) => a.IsWhole && b.IsWhole
        ? new(checked(a.Numerator + b.Numerator))
        : new(checked(a.Numerator * b.Denominator + b.Numerator * a.Denominator), checked(a.Denominator * b.Denominator));

    /// <summary>Difference.</summary>
    public static Fraction operator -(Fraction a, Fraction b) => a + -b;

    /// <summary>Product.</summary>
    public static Fraction operator *(Fraction a, Fraction b) => new(checked(a.Numerator * b.Numerator), checked(a.Denominator * b.Denominator));

    /// <summary>Quotient.</summary>
    public static Fraction operator /(Fraction a, Fraction b) => new(checked(a.Numerator * b.Denominator), checked(a.Denominator * b.Numerator));

    /// <summary>Negative.</summary>
    public static Fraction operator -(Fraction a) => new(checked(-a.Numerator), a.Denominator);

    /// <summary>Sign of the difference.</summary>
    /// <param name="other">The other fraction.</param>
    public int CompareTo(Fraction other) => checked(Numerator * other.Denominator).CompareTo(checked(other.Numerator * Denominator));

    /// <summary>Equality.</summary>
    public static bool operator ==(Fraction a, Fraction b) => a.Equals(b);

    /// <summary>Inequality.</summary>
    public static bool operator !=(Fraction a, Fraction b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Fraction other) => Numerator == other.Numerator && _denominatorLessOne == other._denominatorLessOne;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fraction other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Numerator, _denominatorLessOne);

    /// <inheritdoc/>
    public override string ToString() => IsWhole ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}
