using System.Numerics;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <summary>The value of expressions that hold nothing but numbers.</summary>
public static class Constants
{
    // A tower of powers is a short text for a number that no memory holds.
    private const int MostBits = 4096;

    /// <summary>The exact value, or null where the expression holds anything else, divides by 0 or is unreasonably large.</summary>
    /// <param name="expression">The expression.</param>
    /// <returns>Its value.</returns>
    public static Rational? Value(Expression expression) => Any(expression) is { } value && Bits(value) <= MostBits ? value : null;

    private static long Bits(Rational value) => Math.Max(value.Numerator.GetBitLength(), value.Denominator.GetBitLength());

    private static Rational? Any(Expression expression)
    {
        switch (expression)
        {
            case Number number:
                return number.Value;
            case Negation negation:
                return Value(negation.Operand) is { } operand ? -operand : null;
            case Operation { Operator: var kind } operation when Value(operation.Left) is { } left && Value(operation.Right) is { } right:
                return kind switch
                {
                    Operator.Add => left + right,
                    Operator.Subtract => left - right,
                    Operator.Multiply => left * right,
                    Operator.Divide => right == default ? null : left / right,
                    _ => Power(left, right),
                };
            default:
                return null;
        }
    }

    private static Rational? Power(Rational value, Rational exponent)
    {
        if (exponent.Denominator != 1 || BigInteger.Abs(exponent.Numerator) * Bits(value) > MostBits)
            return null;
        int n = (int)exponent.Numerator;
        if (n < 0 && value == default)
            return null;
        var power = new Rational(BigInteger.Pow(value.Numerator, Math.Abs(n)), BigInteger.Pow(value.Denominator, Math.Abs(n)));
        return n < 0 ? new Rational(1, 1) / power : power;
    }
}
