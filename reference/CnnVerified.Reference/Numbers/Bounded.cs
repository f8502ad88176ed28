namespace CnnVerified.Reference.Numbers;

/// <summary>A floating-point format, as far as an error bound needs to know it.</summary>
public interface IFormat
{
    /// <summary>Unit roundoff u: the largest relative error of one rounding.</summary>
    static abstract double U { get; }

    /// <summary>Half the smallest subnormal number: the largest absolute error of a rounding that underflows.</summary>
    static abstract double Underflow { get; }

    /// <summary>Stated relative errors of exp, log, tanh, log1p, erfc and powers, in units of u. A square root is rounded correctly.</summary>
    static abstract StatedErrors Functions { get; }
}

/// <summary>Stated relative errors of functions, in units of u.</summary>
/// <param name="Exp">Of exp.</param>
/// <param name="Log">Of the logarithm, and of log(1 + x).</param>
/// <param name="Tanh">Of tanh.</param>
/// <param name="Erfc">Of the complementary error function.</param>
/// <param name="Power">Of a power.</param>
/// <param name="Cosine">Of cosine and sine, in units of u of 1.</param>
public readonly record struct StatedErrors(double Exp, double Log, double Tanh, double Erfc, double Power, double Cosine);

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
    public static StatedErrors Functions => new(Exp: 2, Log: 2, Tanh: 4, Erfc: 8, Power: 4, Cosine: 2);
}

/// <summary>IEEE 754 binary64, two computations of the same value apart: u is doubled.</summary>
/// <remarks>The functions: the glibc manual lists for x86-64 at most 1 ULP for exp, log, pow, sin and cos and 2 ULP for tanh. log(1 + x)
/// and erfc are those of <see cref="RealFunctions"/>: (32 + 2x²)·2⁻⁵³ with |x| ≤ 28.</remarks>
public readonly struct Binary64 : IFormat
{
    /// <inheritdoc/>
    public static double U => Math.ScaleB(1, -52);

    /// <inheritdoc/>
    public static double Underflow => double.Epsilon;

    /// <inheritdoc/>
    public static StatedErrors Functions => new(Exp: 2, Log: 4, Tanh: 4, Erfc: 1600, Power: 2, Cosine: 2);
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
    public Bounded<TFormat> Log1p()
    {
        double relative = Error / (1 + Value);
        return Function(RealFunctions.Log1p(Value), relative <= 0.5 ? relative * (1 + relative) : double.PositiveInfinity, TFormat.Functions.Log);
    }

    /// <inheritdoc/>
    public static Bounded<TFormat> Sqrt(Bounded<TFormat> x)
    {
        // |√a − √b| is |a − b|/(√a + √b), and at most √|a − b| in any case.
        double root = Math.Sqrt(x.Value), error = x.Error;
        return Function(root, error == 0 ? 0 : error < x.Value ? error / (root + Math.Sqrt(x.Value - error)) : Math.Sqrt(error), 1);
    }

    /// <summary>xʸ for x ≥ 0.</summary>
    /// <param name="x">The base.</param>
    /// <param name="y">The exponent.</param>
    /// <returns>The power.</returns>
    public static Bounded<TFormat> Pow(Bounded<TFormat> x, Bounded<TFormat> y)
    {
        double value = Math.Pow(x.Value, y.Value), left = x.Error, right = y.Error;
        if (left == 0 && right == 0)
            return Function(value, 0, TFormat.Functions.Power);
        // The base may be zero: a power with a positive exponent lies between 0 and that of the largest base.
        if (left >= x.Value)
            return Function(value, y.Value - right > 0 ? Math.Pow(x.Value + left, x.Value + left <= 1 ? y.Value - right : y.Value + right) : double.PositiveInfinity,
                TFormat.Functions.Power);
        double relative = left / (x.Value - left);   // of the base, and at least |log(x̂/x)|
        double drift = Math.Abs(y.Value) * relative + right * (Math.Abs(Math.Log(x.Value)) + relative);
        return Function(value, value * (drift <= 1 ? drift * (1 + drift) : Math.Exp(drift)), TFormat.Functions.Power);
    }

    /// <inheritdoc/>
    public Bounded<TFormat> Erfc()
    {
        // The derivative 2/√π·e^(−x²) is largest where |x| is smallest.
        double nearest = Math.Max(0, Math.Abs(Value) - Error);
        return Function(RealFunctions.Erfc(Value), Error * 1.13 * Math.Exp(-nearest * nearest), TFormat.Functions.Erfc);
    }

    /// <inheritdoc/>
    public static Bounded<TFormat> Cos(Bounded<TFormat> x) => Trigonometric(Math.Cos(x.Value), x.Error);

    /// <inheritdoc/>
    public static Bounded<TFormat> Sin(Bounded<TFormat> x) => Trigonometric(Math.Sin(x.Value), x.Error);

    private static Bounded<TFormat> Trigonometric(double value, double fromArgument) =>
        new(value, 1, TFormat.Functions.Cosine, fromArgument * (1 + TFormat.Functions.Cosine * TFormat.U));

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
    public static bool operator <(Bounded<TFormat> left, Bounded<TFormat> right) => Difference(left, right) < 0;

    /// <inheritdoc/>
    public static bool operator >(Bounded<TFormat> left, Bounded<TFormat> right) => Difference(left, right) > 0;

    /// <inheritdoc/>
    public static bool operator <=(Bounded<TFormat> left, Bounded<TFormat> right) => Difference(left, right) <= 0;

    /// <inheritdoc/>
    public static bool operator >=(Bounded<TFormat> left, Bounded<TFormat> right) => Difference(left, right) >= 0;

    // A choice between numbers whose errors overlap could go the other way in the computation that is bounded. Equal numbers that are
    // known exactly are a tie, which the equation's convention decides.
    private static double Difference(Bounded<TFormat> left, Bounded<TFormat> right)
    {
        double difference = left.Value - right.Value, error = left.Error + right.Error;
        if (error > 0 && Math.Abs(difference) <= error && left != right)   // a number compared with itself is no choice
            BoundedChoices.Undecided++;
        return difference;
    }
}

/// <summary>Choices that a bound cannot follow.</summary>
public static class BoundedChoices
{
    /// <summary>How many comparisons on this thread were of numbers whose errors overlap: after one, values and bounds say nothing.</summary>
    [field: ThreadStatic]
    public static int Undecided { get; internal set; }
}
