using System.Numerics;

namespace CnnVerified.Reference.Numbers;

/// <summary>a + b·ε with ε² = 0 over a real number type: a value and one directional derivative, through division, roots, powers, exp,
/// log, tanh, erfc and choices.</summary>
/// <remarks>Comparisons look at the value alone, so a choice has the slope of the branch taken. A choice between equal values that move apart
/// is counted in <see cref="DualChoices"/>.</remarks>
/// <param name="Value">The value a.</param>
/// <param name="Slope">The derivative b along the direction that the inputs were seeded with.</param>
/// <typeparam name="T"><c>double</c>, or <see cref="Bounded{TFormat}"/> where the slope's own rounding must be known.</typeparam>
public readonly record struct DualReal<T>(T Value, T Slope) : IReal<DualReal<T>>
    where T : struct, IExponentialFunctions<T>, ILogarithmicFunctions<T>, IHyperbolicFunctions<T>, ITrigonometricFunctions<T>,
        IRootFunctions<T>, IPowerFunctions<T>, IComparisonOperators<T, T, bool>
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
    public static DualReal<T> Sqrt(DualReal<T> x)
    {
        T root = T.Sqrt(x.Value);
        return new(root, x.Slope / (root + root));
    }

    /// <summary>xʸ. Where the exponent has no slope, the slope is y·xʸ⁻¹; at x = 0 that is 0 for y &gt; 1.</summary>
    /// <param name="x">The base.</param>
    /// <param name="y">The exponent.</param>
    /// <returns>The power.</returns>
    public static DualReal<T> Pow(DualReal<T> x, DualReal<T> y)
    {
        T value = T.Pow(x.Value, y.Value), slope = T.Zero;
        if (!T.IsZero(x.Slope))
            slope += y.Value * T.Pow(x.Value, y.Value - T.One) * x.Slope;
        if (!T.IsZero(y.Slope))
            slope += value * T.Log(x.Value) * y.Slope;
        return new(value, slope);
    }

    /// <inheritdoc/>
    public static DualReal<T> Cos(DualReal<T> x) => new(T.Cos(x.Value), -T.Sin(x.Value) * x.Slope);

    /// <inheritdoc/>
    public static DualReal<T> Sin(DualReal<T> x) => new(T.Sin(x.Value), T.Cos(x.Value) * x.Slope);

    /// <inheritdoc/>
    public DualReal<T> Erfc() => new(RealFunctions.Erfc(Value), -(T.Exp(-(Value * Value)) * Slope * T.CreateChecked(2)) / T.Sqrt(T.Pi));

    /// <inheritdoc/>
    public DualReal<T> Log1p() => new(RealFunctions.Log1p(Value), Slope / (T.One + Value));

    /// <inheritdoc/>
    public static bool operator <(DualReal<T> left, DualReal<T> right) => Watch(left, right) && left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(DualReal<T> left, DualReal<T> right) => Watch(left, right) && left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(DualReal<T> left, DualReal<T> right) => Watch(left, right) && left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(DualReal<T> left, DualReal<T> right) => Watch(left, right) && left.Value >= right.Value;

    // Equal values that move apart: on one side of this point the choice is another.
    private static bool Watch(DualReal<T> left, DualReal<T> right)
    {
        if (left.Value <= right.Value && left.Value >= right.Value && (left.Slope < right.Slope || left.Slope > right.Slope))
            DualChoices.Ties++;
        return true;
    }
}

/// <summary>Choices at which a derivative need not exist.</summary>
public static class DualChoices
{
    /// <summary>How many comparisons on this thread were of equal values with different slopes: after one, a slope is that of one side.</summary>
    [field: ThreadStatic]
    public static int Ties { get; internal set; }
}
