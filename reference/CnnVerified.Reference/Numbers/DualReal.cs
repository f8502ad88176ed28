using System.Numerics;

namespace CnnVerified.Reference.Numbers;

/// <summary>a + b·ε with ε² = 0 over a real number type: a value and one directional derivative, through division, exp, log,
/// tanh and choices.</summary>
/// <remarks>Comparisons look at the value alone, so a choice has the slope of the branch taken.</remarks>
/// <param name="Value">The value a.</param>
/// <param name="Slope">The derivative b along the direction that the inputs were seeded with.</param>
/// <typeparam name="T"><c>double</c>, or <see cref="Bounded{TFormat}"/> where the slope's own rounding must be known.</typeparam>
public readonly record struct DualReal<T>(T Value, T Slope) : IReal<DualReal<T>>
    where T : struct, IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>, IComparisonOperators<T, T, bool>
{
    /// <inheritdoc/>
    public static DualReal<T> Constant(double value) => new(T.CreateChecked(value), T.Zero);

    /// <inheritdoc/>
    public double ToDouble() => double.CreateChecked(Value);

    /// <inheritdoc/>
    public static DualReal<T> operator +(DualReal<T> left, DualReal<T> right) => new(left.Value + right.Value, left.Slope + right.Slope);

    /// <inheritdoc/>
    public static DualReal<T> operator -(DualReal<T> left, DualReal<T> right) => new(left.Value - right.Value, left.Slope - right.Slope);

    /// <inheritdoc/>
    public static DualReal<T> operator -(DualReal<T> value) => new(-value.Value, -value.Slope);

    /// <inheritdoc/>
    public static DualReal<T> operator *(DualReal<T> left, DualReal<T> right) =>
        new(left.Value * right.Value, left.Value * right.Slope + left.Slope * right.Value);

    /// <inheritdoc/>
    public static DualReal<T> operator /(DualReal<T> left, DualReal<T> right)
    {
        T quotient = left.Value / right.Value;
        return new(quotient, (left.Slope - quotient * right.Slope) / right.Value);
    }

    /// <inheritdoc/>
    public static DualReal<T> Exp(DualReal<T> x)
    {
        T value = T.Exp(x.Value);
        return new(value, value * x.Slope);
    }

    /// <inheritdoc/>
    public static DualReal<T> Log(DualReal<T> x) => new(T.Log(x.Value), x.Slope / x.Value);

    /// <inheritdoc/>
    public static DualReal<T> Tanh(DualReal<T> x)
    {
        // sech² from cosh, not from 1 − tanh²: AC-B2 is judged by this slope and must not be its source.
        T cosh = T.Cosh(x.Value);
        return new(T.Tanh(x.Value), x.Slope / (cosh * cosh));
    }

    /// <inheritdoc/>
    public static bool operator <(DualReal<T> left, DualReal<T> right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(DualReal<T> left, DualReal<T> right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(DualReal<T> left, DualReal<T> right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(DualReal<T> left, DualReal<T> right) => left.Value >= right.Value;
}
