using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>Plain doubles.</summary>
public sealed class Doubles : Arithmetic<double>
{
    private readonly Estimates _estimates = new();

    /// <inheritdoc/>
    public override double Zero => 0;

    /// <inheritdoc/>
    public override double One => 1;

    /// <inheritdoc/>
    public override double Pi => Math.PI;

    /// <inheritdoc/>
    public override double Constant(Rational value) => value.ToDouble();

    /// <inheritdoc/>
    public override double Constant(Fraction value) => (double)value.Numerator / value.Denominator;

    /// <inheritdoc/>
    public override double Add(double a, double b) => a + b;

    /// <inheritdoc/>
    public override double Subtract(double a, double b) => a - b;

    /// <inheritdoc/>
    public override double Multiply(double a, double b) => a * b;

    /// <inheritdoc/>
    public override double Divide(double a, double b) => b == 0 ? NotDefined() : a / b;

    /// <inheritdoc/>
    public override double Negate(double a) => -a;

    /// <inheritdoc/>
    public override double Apply(Function function, double x)
    {
        double value = function switch
        {
            Function.Exp => Math.Exp(x),
            Function.Log => Math.Log(x),
            Function.Sqrt => Math.Sqrt(x),
            Function.Tanh => Math.Tanh(x),
            Function.Cos => Math.Cos(x),
            Function.Sin => Math.Sin(x),
            _ => _estimates.Apply(function, x).Value,   // erf, erfc and log1p, which .NET does not have
        };
        return double.IsFinite(value) ? value : NotDefined();
    }

    /// <inheritdoc/>
    public override double Power(double a, double exponent) => Math.Pow(a, exponent) is var power && double.IsFinite(power) ? power : NotDefined();

    /// <inheritdoc/>
    public override int Compare(double a, double b) => a.CompareTo(b);

    /// <inheritdoc/>
    public override double Floor(double a) => Math.Floor(a);
}
