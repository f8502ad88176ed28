namespace CnnVerified.Reference.Numbers;

/// <summary>A floating-point format, as far as an error bound needs to know it.</summary>
public interface IFormat
{
    /// <summary>Unit roundoff u: the largest relative error of one rounding.</summary>
    static abstract double U { get; }

    /// <summary>Half the smallest subnormal number: the largest absolute error of a rounding that underflows.</summary>
    static abstract double Underflow { get; }

    /// <summary>Stated relative errors of exp, log and tanh, in units of u.</summary>
    static abstract (double Exp, double Log, double Tanh) Functions { get; }
}

/// <summary>IEEE 754 binary32. u carries 2⁻⁵² on top of 2⁻²⁴, because the values beside the bound are themselves computed in
/// binary64.</summary>
/// <remarks>The functions: the glibc manual lists for x86-64 at most 1 ULP for expf and logf and 2 ULP for tanhf; the
/// engine's own are derived in its Kernels/Functions.cs. One ULP is at most 2u.</remarks>
public readonly struct Binary32 : IFormat
{
    /// <inheritdoc/>
    public static double U => Math.ScaleB(1, -24) + Math.ScaleB(1, -52);

    /// <inheritdoc/>
    public static double Underflow => Math.ScaleB(1, -150);

    /// <inheritdoc/>
    public static (double Exp, double Log, double Tanh) Functions => (2, 2, 4);
}

/// <summary>IEEE 754 binary64, two computations of the same value apart: u is doubled.</summary>
/// <remarks>The functions: the glibc manual lists for x86-64 at most 1 ULP for exp and log and 2 ULP for tanh.</remarks>
public readonly struct Binary64 : IFormat
{
    /// <inheritdoc/>
    public static double U => Math.ScaleB(1, -52);

    /// <inheritdoc/>
    public static double Underflow => double.Epsilon;

    /// <inheritdoc/>
    public static (double Exp, double Log, double Tanh) Functions => (2, 2, 4);
}

/// <summary>A value with a bound on how far a computation of it in a floating-point format can be off: the derived error bound
/// of an equation is the equation itself, run on this type.</summary>
/// <remarks>
/// A computed number is within γ_k·Magnitude + Absolute of <see cref="Value"/>, with γ_k = k·u/(1 − k·u) (Higham, Accuracy and
/// Stability of Numerical Algorithms, 2002, lemma 3.1 and section 3.1). Magnitude is the same expression on absolute
/// values, k (<see cref="Roundings"/>) counts the roundings on the longest path. In a sum of m terms the naive order makes
/// the longest path, m − 1 additions, so the bound holds in any order of summation, fused multiply-adds included.
/// Absolute carries what is not a product of roundings: errors through division, exp, log and tanh, and underflow.
/// </remarks>
/// <param name="Value">The value, computed in binary64.</param>
/// <param name="Magnitude">The same expression on absolute values.</param>
/// <param name="Roundings">Roundings on the longest path.</param>
/// <param name="Absolute">Error that comes on top.</param>
/// <typeparam name="TFormat">The format of the computation that is bounded.</typeparam>
public readonly record struct Bounded<TFormat>(double Value, double Magnitude, double Roundings, double Absolute)
    : IReal<Bounded<TFormat>>
    where TFormat : struct, IFormat
{
    /// <summary>A value that is known to within an absolute error.</summary>
    /// <param name="value">The value.</param>
    /// <param name="absolute">The error.</param>
    public Bounded(double value, double absolute = 0) : this(value, Math.Abs(value), 0, absolute) { }

    /// <summary>The largest distance between <see cref="Value"/> and the computed number.</summary>
    public double Error => Gamma(Roundings) * Magnitude + Absolute;

    private double Largest => (1 + Gamma(Roundings)) * Magnitude + Absolute;

    private static double Gamma(double k) => k * TFormat.U / (1 - k * TFormat.U);

    /// <inheritdoc/>
    public static Bounded<TFormat> Constant(double value) => new(value);

    /// <inheritdoc/>
    public double ToDouble() => Value;

    /// <inheritdoc/>
    public static Bounded<TFormat> operator +(Bounded<TFormat> left, Bounded<TFormat> right)
    {
        // 0 + x is exact, and every sum begins so.
        if (left.Largest == 0) return right;
        if (right.Largest == 0) return left;
        return new(left.Value + right.Value, left.Magnitude + right.Magnitude, Math.Max(left.Roundings, right.Roundings) + 1,
            (left.Absolute + right.Absolute) * (1 + TFormat.U));
    }

    /// <inheritdoc/>
    public static Bounded<TFormat> operator -(Bounded<TFormat> left, Bounded<TFormat> right) => left + -right;

    /// <inheritdoc/>
    public static Bounded<TFormat> operator -(Bounded<TFormat> value) => value with { Value = -value.Value };

    /// <inheritdoc/>
    public static Bounded<TFormat> operator *(Bounded<TFormat> left, Bounded<TFormat> right)
    {
        if (left.Largest == 0 || right.Largest == 0) return default;
        double absolute = left.Absolute == 0 && right.Absolute == 0
            ? 0
            : left.Absolute * right.Largest + right.Absolute * (left.Largest - left.Absolute);
        return new(left.Value * right.Value, left.Magnitude * right.Magnitude, left.Roundings + right.Roundings + 1,
            absolute * (1 + TFormat.U) + TFormat.Underflow);
    }

    /// <inheritdoc/>
    public static Bounded<TFormat> operator /(Bounded<TFormat> left, Bounded<TFormat> right)
    {
        double size = Math.Abs(right.Value), error = right.Error;
        // The divisor may be zero within its error: nothing is known of the quotient.
        if (error >= size)
            return new(left.Value / right.Value, double.PositiveInfinity, 1, double.PositiveInfinity);
        double drift = error / (size - error);   // |b/b̂ − 1| ≤ drift
        double absolute = (left.Absolute + drift * left.Largest) / size;
        return new(left.Value / right.Value, left.Magnitude / size, left.Roundings + 1,
            absolute * (1 + TFormat.U) + TFormat.Underflow);
    }

    /// <inheritdoc/>
    public static Bounded<TFormat> Exp(Bounded<TFormat> x)
    {
        // e^E − 1 ≤ E + E² for E ≤ 1; the difference itself would cancel.
        double value = Math.Exp(x.Value), error = x.Error;
        return Function(value, value * (error <= 1 ? error * (1 + error) : Math.Exp(error)), TFormat.Functions.Exp);
    }

    /// <inheritdoc/>
    public static Bounded<TFormat> Log(Bounded<TFormat> x)
    {
        // −log(1 − r) ≤ r + r² for r ≤ 1/2.
        double relative = x.Error / x.Value;
        return Function(Math.Log(x.Value), relative <= 0.5 ? relative * (1 + relative) : double.PositiveInfinity, TFormat.Functions.Log);
    }

    /// <inheritdoc/>
    public static Bounded<TFormat> Tanh(Bounded<TFormat> x)
    {
        // The derivative 1/cosh² is largest where |x| is smallest.
        double cosh = Math.Cosh(Math.Max(0, Math.Abs(x.Value) - x.Error));
        return Function(Math.Tanh(x.Value), x.Error / (cosh * cosh) * (1 + 16 * Binary64.U), TFormat.Functions.Tanh);
    }

    private static Bounded<TFormat> Function(double value, double fromArgument, double stated) =>
        new(value, Math.Abs(value), stated, fromArgument * (1 + stated * TFormat.U) + TFormat.Underflow);

    /// <inheritdoc/>
    public static bool operator <(Bounded<TFormat> left, Bounded<TFormat> right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(Bounded<TFormat> left, Bounded<TFormat> right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(Bounded<TFormat> left, Bounded<TFormat> right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(Bounded<TFormat> left, Bounded<TFormat> right) => left.Value >= right.Value;
}
