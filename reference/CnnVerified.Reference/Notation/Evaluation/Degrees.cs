using System.Numerics;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>How large a rational function with whole coefficients can be: bounds on the degree of its numerator and denominator, and
/// on the bits of the sum of their absolute coefficients.</summary>
/// <param name="Top">Degree of the numerator; −1 for the function 0.</param>
/// <param name="Bottom">Degree of the denominator.</param>
/// <param name="TopBits">Bits of the numerator's coefficients.</param>
/// <param name="BottomBits">Bits of the denominator's coefficients.</param>
public readonly record struct Degree(int Top, int Bottom, double TopBits, double BottomBits)
{
    /// <summary>A variable.</summary>
    public static Degree Variable => new(1, 0, 0, 0);
}

/// <summary>Evaluates an equation to the degree of the rational function that it is: what the Schwartz–Zippel bound needs.</summary>
public sealed class Degrees : Arithmetic<Degree>
{
    /// <inheritdoc/>
    public override Degree Zero => new(-1, 0, 0, 0);

    /// <inheritdoc/>
    public override Degree One => new(0, 0, 0, 0);

    /// <inheritdoc/>
    public override Degree Pi => NotDefined();

    /// <inheritdoc/>
    public override Degree Constant(Rational value) => value == default ? Zero
        : new(0, 0, Bits(value.Numerator), Bits(value.Denominator));

    /// <inheritdoc/>
    public override Degree Add(Degree a, Degree b)
    {
        if (a.Top < 0)
            return b;
        if (b.Top < 0)
            return a;
        bool same = a.Bottom == 0 && b.Bottom == 0 && a.BottomBits == 0 && b.BottomBits == 0;
        return new(Math.Max(a.Top + b.Bottom, b.Top + a.Bottom), a.Bottom + b.Bottom,
            Math.Max(a.TopBits + b.BottomBits, b.TopBits + a.BottomBits) + 1, same ? 0 : a.BottomBits + b.BottomBits);
    }

    /// <inheritdoc/>
    public override Degree Subtract(Degree a, Degree b) => Add(a, b);

    /// <inheritdoc/>
    public override Degree Negate(Degree a) => a;

    /// <inheritdoc/>
    public override Degree Multiply(Degree a, Degree b) => a.Top < 0 || b.Top < 0 ? Zero
        : new(a.Top + b.Top, a.Bottom + b.Bottom, a.TopBits + b.TopBits, a.BottomBits + b.BottomBits);

    /// <inheritdoc/>
    public override Degree Divide(Degree a, Degree b) => b.Top < 0 ? NotDefined()
        : a.Top < 0 ? Zero
        : new(a.Top + b.Bottom, a.Bottom + b.Top, a.TopBits + b.BottomBits, a.BottomBits + b.TopBits);

    /// <inheritdoc/>
    public override Degree Apply(Function function, Degree x) => NotDefined();

    /// <inheritdoc/>
    public override Degree Power(Degree a, Degree exponent) => NotDefined();

    /// <inheritdoc/>
    public override int Compare(Degree a, Degree b) => throw new InvalidOperationException("degrees have no order.");

    /// <inheritdoc/>
    public override bool AreEqual(Degree a, Degree b) => true;

    /// <inheritdoc/>
    public override Degree Floor(Degree a) => throw new InvalidOperationException("degrees have no order.");

    private static double Bits(BigInteger value) => BigInteger.Abs(value).IsOne ? 0 : value.GetBitLength();
}
