namespace CnnVerified.Timing.Compare;

/// <summary>The few statistics that the tables need.</summary>
public static class Statistics
{
    /// <summary>The median.</summary>
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value below which a share of the sorted values lies, linear between neighbours; NaN of nothing.</summary>
    /// <param name="values">The values, in any order.</param>
    /// <param name="share">From 0, the least, to 1, the largest.</param>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            return double.NaN;
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    /// <summary>The geometric mean; NaN of nothing.</summary>
    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Select(value => Math.Log(value)).DefaultIfEmpty(double.NaN).Average());
}
