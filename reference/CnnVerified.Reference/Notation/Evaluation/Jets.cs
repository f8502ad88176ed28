using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>a + b·ε with ε² = 0: a value and its derivative along one direction.</summary>
/// <param name="Value">The value.</param>
/// <param name="Slope">The derivative.</param>
/// <typeparam name="T">The number type.</typeparam>
public readonly record struct Jet<T>(T Value, T Slope);

/// <summary>Dual numbers over any arithmetic: automatic differentiation of whatever is evaluated over them.</summary>
/// <remarks>A choice takes the derivative of the branch that the value takes. Where two candidates are equal in value but not along
/// the direction, there is no derivative: <see cref="Arithmetic{T}.Kink"/>.</remarks>
/// <param name="of">The arithmetic of values and slopes.</param>
/// <typeparam name="T">The number type.</typeparam>
public sealed class Jets<T>(Arithmetic<T> of) : Arithmetic<Jet<T>>
{
    /// <inheritdoc/>
    public override Jet<T> Zero => new(of.Zero, of.Zero);

    /// <inheritdoc/>
    public override Jet<T> One => new(of.One, of.Zero);

    /// <inheritdoc/>
    public override Jet<T> Pi => Flagged(new(of.Pi, of.Zero));

    /// <inheritdoc/>
    public override Jet<T> Constant(Rational value) => new(of.Constant(value), of.Zero);

    /// <inheritdoc/>
    public override Jet<T> Constant(Fraction value) => new(of.Constant(value), of.Zero);

    /// <inheritdoc/>
    public override Jet<T> Add(Jet<T> a, Jet<T> b) => new(of.Add(a.Value, b.Value), of.Add(a.Slope, b.Slope));

    /// <inheritdoc/>
    public override Jet<T> Subtract(Jet<T> a, Jet<T> b) => new(of.Subtract(a.Value, b.Value), of.Subtract(a.Slope, b.Slope));

    /// <inheritdoc/>
    public override Jet<T> Negate(Jet<T> a) => new(of.Negate(a.Value), of.Negate(a.Slope));

    /// <inheritdoc/>
    public override Jet<T> Multiply(Jet<T> a, Jet<T> b) =>
        new(of.Multiply(a.Value, b.Value), of.Add(of.Multiply(a.Value, b.Slope), of.Multiply(a.Slope, b.Value)));

    /// <inheritdoc/>
    public override Jet<T> Divide(Jet<T> a, Jet<T> b)
    {
        T quotient = of.Divide(a.Value, b.Value);
        return Flagged(new(quotient, of.Divide(of.Subtract(a.Slope, of.Multiply(quotient, b.Slope)), b.Value)));
    }

    /// <inheritdoc/>
    public override Jet<T> Apply(Function function, Jet<T> x)
    {
        T value = of.Apply(function, x.Value);
        return Flagged(new(value, of.Multiply(Derivative(function, x.Value, value), x.Slope)));
    }

    /// <inheritdoc/>
    public override Jet<T> Power(Jet<T> a, Jet<T> exponent)
    {
        // d(a^b) = b·a^(b−1)·da + a^b·log(a)·db. What does not move is not asked for its factor, which may not exist.
        T value = of.Power(a.Value, exponent.Value), slope = of.Zero;
        if (Moves(a))
            slope = of.Multiply(of.Multiply(exponent.Value, of.Power(a.Value, of.Subtract(exponent.Value, of.One))), a.Slope);
        if (Moves(exponent))
            slope = of.Add(slope, of.Multiply(of.Multiply(value, of.Apply(Function.Log, a.Value)), exponent.Slope));
        return Flagged(new(value, slope));
    }

    /// <inheritdoc/>
    public override int Compare(Jet<T> a, Jet<T> b)
    {
        int sign = of.Compare(a.Value, b.Value);
        Kink |= of.Kink;
        of.Kink = false;
        return sign;
    }

    /// <inheritdoc/>
    public override bool AreInterchangeable(Jet<T> a, Jet<T> b) => of.AreInterchangeable(a.Value, b.Value) && EqualityComparer<T>.Default.Equals(a.Slope, b.Slope);

    /// <inheritdoc/>
    public override Jet<T> Floor(Jet<T> a)
    {
        T floor = of.Floor(a.Value);
        if (of.Compare(floor, a.Value) == 0 && Moves(a))
            Kink = true;
        return new(floor, of.Zero);
    }

    private bool Moves(Jet<T> a) => !EqualityComparer<T>.Default.Equals(a.Slope, of.Zero);

    private T Derivative(Function function, T x, T value)
    {
        T two = of.Constant(new Fraction(2));
        return function switch
        {
            Function.Exp => value,
            Function.Log => of.Divide(of.One, x),
            Function.Log1p => of.Divide(of.One, of.Add(of.One, x)),
            Function.Sqrt => of.Divide(of.One, of.Multiply(two, value)),
            // 4/(e^x + e^-x)², not 1 − tanh²: AC-B2 is judged by this slope and must not be its source.
            Function.Tanh => of.Divide(of.Constant(new Fraction(4)), of.Power(of.Add(of.Apply(Function.Exp, x), of.Apply(Function.Exp, of.Negate(x))), 2)),
            Function.Erf => of.Divide(of.Multiply(two, of.Apply(Function.Exp, of.Negate(of.Multiply(x, x)))), of.Apply(Function.Sqrt, of.Pi)),
            Function.Erfc => of.Negate(Derivative(Function.Erf, x, value)),
            Function.Cos => of.Negate(of.Apply(Function.Sin, x)),
            Function.Sin => of.Apply(Function.Cos, x),
            _ => throw new InvalidOperationException($"{function} is a choice."),
        };
    }

    private Jet<T> Flagged(Jet<T> jet)
    {
        Undefined |= of.Undefined;
        of.Undefined = false;
        return jet;
    }
}
