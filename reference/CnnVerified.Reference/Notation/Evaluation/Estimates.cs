using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>A double and a bound on how far it is from the value of the expression it was computed from.</summary>
/// <param name="Value">The computed value.</param>
/// <param name="Error">The bound; infinite or NaN where nothing is known.</param>
public readonly record struct Estimate(double Value, double Error)
{
    /// <summary>A number without error.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Estimate(double value) => new(value, 0);
}

/// <summary>Doubles with a running error bound (Higham 2002, section 3.3): each operation adds its own rounding to what its operands
/// bring along. Two formulas of the same value differ by no more than the sum of their bounds. What a function makes of the error of its
/// argument is no more than the mean value theorem allows: that error times the steepest slope within it.</summary>
/// <remarks>Stated errors of the functions: the glibc manual lists at most 2 ULP for exp, log, log1p, pow, sin, cos and tanh on x86-64;
/// we allow twice that. erf and erfc are computed here, with the error derived beside them.</remarks>
public sealed class Estimates : Arithmetic<Estimate>
{
    private const double U = 1.0 / (1L << 52);   // twice the unit roundoff: covers products of roundings and the bound's own
    private const double Function = 8 * U;

    /// <inheritdoc/>
    public override Estimate Zero => 0;

    /// <inheritdoc/>
    public override Estimate One => 1;

    /// <inheritdoc/>
    public override Estimate Pi => new(Math.PI, Math.PI * U);

    /// <inheritdoc/>
    public override Estimate Constant(Rational value)
    {
        double nearest = value.ToDouble();
        return new(nearest, Rational.Of(nearest) == value ? 0 : Math.Abs(nearest) * U);
    }

    /// <inheritdoc/>
    public override Estimate Constant(Fraction value)
    {
        if (value.IsWhole && Math.Abs(value.Numerator) <= 1L << 53)
            return value.Numerator;
        double quotient = (double)value.Numerator / value.Denominator;
        return new(quotient, Math.Abs(quotient) * 3 * U);
    }

    /// <inheritdoc/>
    public override Estimate Add(Estimate a, Estimate b)
    {
        if (a is { Value: 0, Error: 0 })
            return b;
        if (b is { Value: 0, Error: 0 })
            return a;
        return Rounded(a.Value + b.Value, a.Error + b.Error);
    }

    /// <inheritdoc/>
    public override Estimate Subtract(Estimate a, Estimate b) => Add(a, Negate(b));

    /// <inheritdoc/>
    public override Estimate Negate(Estimate a) => a with { Value = -a.Value };

    /// <inheritdoc/>
    public override Estimate Multiply(Estimate a, Estimate b)
    {
        if (a is { Value: 0, Error: 0 } || b is { Value: 0, Error: 0 })
            return 0;
        if (a is { Value: 1, Error: 0 })
            return b;
        if (b is { Value: 1, Error: 0 })
            return a;
        return Small(Rounded(a.Value * b.Value, Math.Abs(a.Value) * b.Error + Math.Abs(b.Value) * a.Error + a.Error * b.Error));
    }

    /// <inheritdoc/>
    public override Estimate Divide(Estimate a, Estimate b)
    {
        double size = Math.Abs(b.Value), least = size - b.Error;
        if (!(least > 0))
            return NotDefined();
        double quotient = a.Value / b.Value;
        Estimate rounded = Rounded(quotient, (a.Error + Math.Abs(quotient) * b.Error) / least);
        return a.Value == 0 ? rounded : Small(rounded);
    }

    /// <inheritdoc/>
    public override Estimate Apply(Function function, Estimate x)
    {
        double v = x.Value, e = x.Error;
        switch (function)
        {
            case Notation.Function.Exp:
                double exp = Math.Exp(v);
                return Small(Computed(exp, exp * Growth(e)));
            case Notation.Function.Log:
                return v - e > 0 ? Computed(Math.Log(v), e / (v - e)) : NotDefined();
            case Notation.Function.Log1p:
                return 1 + v - e > 0 ? Computed(Log1p(v), e / (1 + v - e)) : NotDefined();
            case Notation.Function.Sqrt:
                if (v - e < 0)
                    return NotDefined();
                double root = Math.Sqrt(v);
                return Computed(root, e == 0 ? 0 : e / (root + Math.Sqrt(v - e)));
            case Notation.Function.Tanh:
                double cosh = Math.Cosh(Math.Max(0, Math.Abs(v) - e));
                return Computed(Math.Tanh(v), e / (cosh * cosh));
            case Notation.Function.Erf:
                return v < -1 ? Negate(Subtract(1, Erfc(new(-v, e)))) : v > 1 ? Subtract(1, Erfc(x)) : Erf(x);
            case Notation.Function.Erfc:
                return v < -1 ? Subtract(2, Erfc(new(-v, e))) : v > 1 ? Erfc(x) : Subtract(1, Erf(x));
            case Notation.Function.Cos:
                return Computed(Math.Cos(v), e) is var cos ? cos with { Error = cos.Error + U } : default;
            case Notation.Function.Sin:
                return Computed(Math.Sin(v), e) is var sin ? sin with { Error = sin.Error + U } : default;
            default:
                throw new InvalidOperationException($"{function} is a choice.");
        }
    }

    /// <inheritdoc/>
    public override Estimate Power(Estimate a, Estimate exponent)
    {
        if (a is { Value: 0, Error: 0 })
            return exponent.Value - exponent.Error > 0 ? 0 : exponent is { Value: 0, Error: 0 } ? 1 : NotDefined();
        if (exponent.Error == 0 && exponent.Value == Math.Round(exponent.Value) && Math.Abs(exponent.Value) <= 64)
            return Power(a, (long)exponent.Value);
        if (!(a.Value - a.Error > 0))
            return NotDefined();
        double power = Math.Pow(a.Value, exponent.Value);
        double drift = Math.Abs(exponent.Value) * a.Error / (a.Value - a.Error)
            + exponent.Error * (Math.Abs(Math.Log(a.Value)) + a.Error / (a.Value - a.Error));
        return Small(Computed(power, power * Growth(drift)));
    }

    /// <inheritdoc/>
    public override int Compare(Estimate a, Estimate b)
    {
        if (a == b)
            return 0;
        if (!(Math.Abs(a.Value - b.Value) > a.Error + b.Error))
            Kink |= a.Error > 0 || b.Error > 0;
        return a.Value < b.Value ? -1 : a.Value == b.Value ? 0 : 1;
    }

    /// <inheritdoc/>
    public override bool AreEqual(Estimate a, Estimate b) => Math.Abs(a.Value - b.Value) <= a.Error + b.Error;

    /// <inheritdoc/>
    public override Estimate Floor(Estimate a)
    {
        double floor = Math.Floor(a.Value);
        if (a.Error > 0 && (a.Value - a.Error < floor || a.Value + a.Error >= floor + 1))
            Kink = true;
        return floor;
    }

    // e^d − 1 ≤ d + d² for d ≤ 1.
    private static double Growth(double d) => d <= 1 ? d * (1 + d) : Math.Exp(d);

    private Estimate Rounded(double value, double brought) => Finite(new(value, brought * (1 + 2 * U) + Math.Abs(value) * U));

    private Estimate Computed(double value, double brought) => Finite(new(value, brought * (1 + Function) + Math.Abs(value) * Function));

    // Below 2⁻¹⁰²² the rounding is absolute, and what underflows is not 0: a few of the smallest steps cover it.
    private static Estimate Small(Estimate estimate) => Math.Abs(estimate.Value) < 1e-300 ? estimate with { Error = estimate.Error + 16 * double.Epsilon } : estimate;

    private Estimate Finite(Estimate estimate) => double.IsFinite(estimate.Value) && double.IsFinite(estimate.Error) ? estimate : NotDefined();

    // log(1 + x) keeps its digits for small x: the rounding of 1 + x is divided out again (Kahan).
    private static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    // erf x = 2/√π·exp(−x²)·Σ 2ⁿx²ⁿ⁺¹/(1·3·…·(2n+1)): all terms have one sign. 30 terms for |x| ≤ 1 leave a rest below 2⁻⁶⁰ of the sum,
    // and each brings three roundings of which the sums weigh the later ones little: 64 roundings cover them.
    private Estimate Erf(Estimate x)
    {
        double v = x.Value, term = v, sum = v;
        for (int n = 1; n <= 30; n++)
        {
            term *= 2 * v * v / (2 * n + 1);
            sum += term;
        }
        double erf = 2 / Math.Sqrt(Math.PI) * Math.Exp(-v * v) * sum;
        return Finite(new(erf, Steepest(x) * x.Error + Math.Abs(erf) * 64 * U));
    }

    // The derivative 2/√π·e^(−x²) of both is largest where |x| is smallest.
    private static double Steepest(Estimate x)
    {
        double nearest = Math.Max(0, Math.Abs(x.Value) - x.Error);
        return 1.13 * Math.Exp(-nearest * nearest);
    }

    // erfc x = exp(−x²)/√π·1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))) for x > 1: positive terms, from the inside out. 400 levels leave
    // about exp(−4·x·√(400/2)) of the value. x² rounds by x²·u, which exp turns into a relative error of that size.
    private Estimate Erfc(Estimate x)
    {
        double v = x.Value, fraction = v;
        for (int n = 400; n >= 1; n--)
            fraction = v + n / 2.0 / fraction;
        double erfc = Math.Exp(-v * v) / Math.Sqrt(Math.PI) / fraction;
        return Small(Finite(new(erfc, Steepest(x) * x.Error * (1 + 4 * U * v * v) + erfc * (16 + v * v) * U)));
    }
}
