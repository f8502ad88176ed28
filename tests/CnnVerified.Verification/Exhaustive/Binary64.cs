namespace CnnVerified.Verification.Exhaustive;

/// <summary>A binary64 number with functions good to a few units of its last place.</summary>
/// <remarks>exp, log, tanh, sinh and pow are the C library's; the glibc manual states at most 1 unit for exp, log and pow and 2 for
/// tanh and sinh. The others are built on these, with the errors stated there. In units of the last place of binary32 one
/// of binary64 is 2⁻²⁹.</remarks>
/// <param name="Value">The number.</param>
public readonly record struct Binary64(double Value) : IOracleNumber<Binary64>
{
    // Below this 1 + x + x²/2 is 1, and x + x²/2 is x, to far less than a unit: two thirds of all binary32 numbers need no library.
    private const double Tiny = 1e-18;

    // e^(−n²/4) for the trapezoidal rule of erfc.
    private static readonly double[] Bell = [.. Enumerable.Range(0, 15).Select(n => Math.Exp(-n * n * 0.25))];

    // (−1)ⁿ/(n!·(2n + 1)), the series of √π/2·erf x/x in x².
    private static readonly double[] Series = MakeSeries();

    /// <inheritdoc/>
    public static Binary64 Pi => Math.PI;

    /// <inheritdoc/>
    public static implicit operator Binary64(double value) => new(value);

    /// <inheritdoc/>
    public static Binary64 operator +(Binary64 a, Binary64 b) => a.Value + b.Value;

    /// <inheritdoc/>
    public static Binary64 operator -(Binary64 a, Binary64 b) => a.Value - b.Value;

    /// <inheritdoc/>
    public static Binary64 operator *(Binary64 a, Binary64 b) => a.Value * b.Value;

    /// <inheritdoc/>
    public static Binary64 operator /(Binary64 a, Binary64 b) => a.Value / b.Value;

    /// <inheritdoc/>
    public static Binary64 operator -(Binary64 a) => -a.Value;

    /// <inheritdoc/>
    public static bool operator <(Binary64 a, Binary64 b) => a.Value < b.Value;

    /// <inheritdoc/>
    public static bool operator >(Binary64 a, Binary64 b) => a.Value > b.Value;

    /// <inheritdoc/>
    public static bool operator <=(Binary64 a, Binary64 b) => a.Value <= b.Value;

    /// <inheritdoc/>
    public static bool operator >=(Binary64 a, Binary64 b) => a.Value >= b.Value;

    /// <inheritdoc/>
    public static Binary64 Exp(Binary64 x) =>
        Math.Abs(x.Value) < Tiny ? 1 : x.Value > 710 ? double.PositiveInfinity : x.Value < -746 ? 0 : Math.Exp(x.Value);

    /// <summary>eˣ − 1 = 2·sinh(x/2)·e^(x/2), within 5 units.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>The power less one.</returns>
    public static Binary64 ExpM1(Binary64 x) =>
        Math.Abs(x.Value) < Tiny ? x.Value : x.Value > 710 ? double.PositiveInfinity : x.Value < -50 ? -1
        : 2 * Math.Sinh(x.Value / 2) * Math.Exp(x.Value / 2);

    /// <inheritdoc/>
    public static Binary64 Log(Binary64 x) => Math.Log(x.Value);

    /// <summary>ln(1 + x) as ln s·(x/(s − 1)) with s = 1 + x rounded, within 5 units (Kahan).</summary>
    /// <param name="x">A number from −1 on.</param>
    /// <returns>The logarithm.</returns>
    public static Binary64 Log1p(Binary64 x)
    {
        double sum = 1 + x.Value;
        return sum == 0 ? double.NegativeInfinity : sum == 1 || double.IsPositiveInfinity(sum) ? x.Value
            : Math.Log(sum) * (x.Value / (sum - 1));
    }

    /// <inheritdoc/>
    public static Binary64 Tanh(Binary64 x) =>
        Math.Abs(x.Value) < 1e-9 ? x.Value : Math.Abs(x.Value) > 30 ? Math.Sign(x.Value) : Math.Tanh(x.Value);

    /// <summary>erfc x, within 32 + 2x² units where the result is normal.</summary>
    /// <param name="x">Any number.</param>
    /// <returns>A number from 0 to 2.</returns>
    /// <remarks>Below 1/2 one minus the series of erf; else the trapezoidal rule with step 1/2 for the integral
    /// (x/π)·∫ e^(−t²)/(t² + x²) dt = e^(x²)·erfc x, less the residue of its pole (Matta and Reichel 1971): off by e^(−4π²), 2⁻⁵⁶.</remarks>
    public static Binary64 Erfc(Binary64 x)
    {
        double size = Math.Abs(x.Value);
        if (size < Tiny)
            return 1;
        if (!(size >= 0.5))
        {
            double square = size * size, sum = Series[^1];
            for (int n = Series.Length - 2; n >= 0; n--)
                sum = Math.FusedMultiplyAdd(sum, square, Series[n]);
            return 1 - 2 / Math.Sqrt(Math.PI) * sum * x.Value;
        }
        if (size > 28)
            return x.Value > 0 ? 0 : 2;
        double a = size * size, trapezoid = 0.5 / a;
        for (int n = 1; n < Bell.Length; n++)
            trapezoid += Bell[n] / (n * n * 0.25 + a);
        double right = Math.Exp(-a) * (size / Math.PI * trapezoid) - 2 / (Math.Exp(4 * Math.PI * size) - 1);
        return x.Value > 0 ? right : 2 - right;
    }

    /// <inheritdoc/>
    public static Binary64 Pow(Binary64 x, Binary64 y) => Math.Pow(x.Value, y.Value);

    /// <inheritdoc/>
    public static Binary64 Sqrt(Binary64 x) => Math.Sqrt(x.Value);

    private static double[] MakeSeries()
    {
        var series = new double[16];   // 2⁻³²/(16!·33) is below 2⁻⁸⁰
        double factorial = 1;
        for (int n = 0; n < series.Length; n++)
        {
            series[n] = (n % 2 == 0 ? 1 : -1) / (factorial * (2 * n + 1));
            factorial *= n + 1;
        }
        return series;
    }
}
