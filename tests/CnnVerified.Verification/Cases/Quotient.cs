using System.Numerics;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Verification.Cases;

/// <summary>How a fraction came about, for a computation in binary32 that starts from whole numbers.</summary>
internal enum Rounded
{
    /// <summary>Every step was exact.</summary>
    Never,

    /// <summary>It is a quotient of exact numbers: rounded once, as IEEE 754 says.</summary>
    Once,

    /// <summary>It was computed from a rounded quotient.</summary>
    More,
}

/// <summary>A fraction that knows whether a computation in binary32 would have rounded it: the reference run over it tells which results must be
/// met exactly, and of what numbers the data must be multiples for all of them to be.</summary>
/// <remarks>Sixteenths and coarser fractions count as exact: they leave room below 2²⁴ for what the magnitude allows.</remarks>
internal readonly record struct Quotient(Rational Value, Rounded Rounded)
    : IAdditionOperators<Quotient, Quotient, Quotient>, ISubtractionOperators<Quotient, Quotient, Quotient>,
      IMultiplyOperators<Quotient, Quotient, Quotient>, IDivisionOperators<Quotient, Quotient, Quotient>,
      IUnaryNegationOperators<Quotient, Quotient>, IComparisonOperators<Quotient, Quotient, bool>,
      IAdditiveIdentity<Quotient, Quotient>, IMultiplicativeIdentity<Quotient, Quotient>
{
    /// <summary>The least common denominator of all quotients on this thread since it was set to 1.</summary>
    [field: ThreadStatic]
    public static BigInteger CommonDenominator { get; set; }

    public static Quotient AdditiveIdentity => default;

    public static Quotient MultiplicativeIdentity => new(Rational.MultiplicativeIdentity, Rounded.Never);

    // What makes the number types of ReferenceMethods: a whole number.
    public static Quotient Constant(double value) => new(Rational.Of(value), Rounded.Never);

    // 0 is exact, and changes nothing.
    public static Quotient operator +(Quotient left, Quotient right) =>
        left == default ? right : right == default ? left : new(left.Value + right.Value, Worse(left, right));

    public static Quotient operator -(Quotient left, Quotient right) => left + -right;

    public static Quotient operator *(Quotient left, Quotient right) => new(left.Value * right.Value, Worse(left, right));

    public static Quotient operator /(Quotient left, Quotient right)
    {
        Rational value = left.Value / right.Value;
        CommonDenominator = CommonDenominator / BigInteger.GreatestCommonDivisor(CommonDenominator, value.Denominator) * value.Denominator;
        return new(value, Worse(left, right) == Rounded.More ? Rounded.More : value.Denominator <= 16 && value.Denominator.IsPowerOfTwo ? Rounded.Never : Rounded.Once);
    }

    public static Quotient operator -(Quotient value) => value with { Value = -value.Value };

    public static bool operator <(Quotient left, Quotient right) => left.Value < right.Value;

    public static bool operator >(Quotient left, Quotient right) => left.Value > right.Value;

    public static bool operator <=(Quotient left, Quotient right) => left.Value <= right.Value;

    public static bool operator >=(Quotient left, Quotient right) => left.Value >= right.Value;

    private static Rounded Worse(Quotient left, Quotient right) => left.Rounded == Rounded.Never && right.Rounded == Rounded.Never ? Rounded.Never : Rounded.More;
}
