using System.Globalization;

namespace CnnVerified.Experiments;

/// <summary>Numbers as tables show them.</summary>
internal static class Digits
{
    // Without words, so that it is the same in every language.
    private const string NotFinite = "±∞, NaN";

    /// <summary>With so many places after the point.</summary>
    public static string Fixed(double value, int places) =>
        double.IsFinite(value) ? value.ToString("F" + places.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : NotFinite;

    /// <summary>Two significant digits and a power of ten, such as 4.6e-8.</summary>
    public static string Power(double value) => value == 0 ? "0"
        : double.IsFinite(value) ? value.ToString("0.0e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal) : NotFinite;

    /// <summary>As it is written, such as 0.003.</summary>
    public static string Plain(float value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>As it is written, such as 0.003.</summary>
    public static string Plain(double value) => value.ToString("0.########", CultureInfo.InvariantCulture);

    /// <summary>A whole number with its thousands.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:F1} %");

    /// <summary>A difference of shares in percentage points, with its sign.</summary>
    public static string Points(double difference) => (difference * 100).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>The mean of some runs and how far the outermost are from each other, such as 0.512 (0.501 to 0.523).</summary>
    public static Said Spread(IReadOnlyCollection<double> values, Func<double, string> text)
    {
        if (values.Count == 1)
            return text(values.Single());
        var (mean, least, most) = (text(values.Average()), text(values.Min()), text(values.Max()));
        return new($"{mean} ({least} to {most})", $"{mean}（{least} 至 {most}）");
    }

    /// <summary>The slope of a straight line through points, by least squares.</summary>
    public static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        double x = points.Average(point => point.X), y = points.Average(point => point.Y);
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }
}
