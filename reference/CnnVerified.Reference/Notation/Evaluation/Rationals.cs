using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>Exact fractions: everything but transcendental functions.</summary>
public sealed class Rationals : Arithmetic<Rational>
{
    private static readonly Rational Unit = new(1, 1);

    /// <inheritdoc/>
    public override Rational Zero => default;

    /// <inheritdoc/>
    public override Rational One => Unit;

    /// <inheritdoc/>
    public override Rational Pi => NotDefined();

    /// <inheritdoc/>
    public override Rational Constant(Rational value) => value;

    /// <inheritdoc/>
    public override Rational Add(Rational a, Rational b) => a + b;

    /// <inheritdoc/>
    public override Rational Subtract(Rational a, Rational b) => a - b;

    /// <inheritdoc/>
    public override Rational Multiply(Rational a, Rational b) => a * b;

    /// <inheritdoc/>
    public override Rational Divide(Rational a, Rational b) => b == default ? NotDefined() : a / b;

    /// <inheritdoc/>
    public override Rational Negate(Rational a) => -a;

    /// <inheritdoc/>
    public override Rational Apply(Function function, Rational x) => NotDefined();

    /// <inheritdoc/>
    public override Rational Power(Rational a, Rational exponent) =>
        exponent.Denominator == 1 && System.Numerics.BigInteger.Abs(exponent.Numerator) <= 64 ? Power(a, (long)exponent.Numerator) : NotDefined();

    /// <inheritdoc/>
    public override int Compare(Rational a, Rational b) => a < b ? -1 : a == b ? 0 : 1;

    /// <inheritdoc/>
    public override Rational Floor(Rational a) =>
        new(a.Numerator >= 0 ? a.Numerator / a.Denominator : -((a.Denominator - 1 - a.Numerator) / a.Denominator), 1);
}
