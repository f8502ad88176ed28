using System.Globalization;
using System.Text;
using Perfolizer.Mathematics.SignificanceTesting.Base;
using Perfolizer.Mathematics.SignificanceTesting.MannWhitney;
using Perfolizer.Metrology;

namespace CnnVerified.Timing.Compare;

/// <summary>What a kernel became against an earlier run.</summary>
public enum Verdict
{
    /// <summary>Its times differ by less than the threshold.</summary>
    Same,

    /// <summary>It is faster by more than the threshold.</summary>
    Faster,

    /// <summary>It is slower by more than the threshold.</summary>
    Slower,

    /// <summary>The times spread too far to tell.</summary>
    Unclear,

    /// <summary>One of the two runs did not time it.</summary>
    Missing,
}

/// <summary>One kernel in two runs.</summary>
/// <param name="Work">The workload.</param>
/// <param name="Threads">The threads.</param>
/// <param name="Verdict">What it became.</param>
/// <param name="Ratio">New time over old time, medians of times in units of the slice's peak; NaN where one is missing.</param>
public sealed record Change(Workload Work, int Threads, Verdict Verdict, double Ratio);

/// <summary>Compares two runs of our own kernels, kernel by kernel.</summary>
/// <remarks>A time is multiplied by the peak that its slice measured: it then counts the multiply-adds that the machine could have done
/// meanwhile, and another clock is not a regression. The test is Mann and Whitney's rank test as Perfolizer has it, which comes with
/// BenchmarkDotNet: one-sided, against the old times scaled by the threshold; and from both sides for equality within it.</remarks>
public static class Regression
{
    /// <summary>Slower by more than this many percent is a regression.</summary>
    public const double DefaultPercent = 3;

    private const double Level = 0.01;

    /// <summary>Every kernel that either run timed.</summary>
    /// <param name="before">The earlier run.</param>
    /// <param name="after">The later run.</param>
    /// <param name="percent">The threshold.</param>
    public static IReadOnlyList<Change> Of(IReadOnlyList<Series> before, IReadOnlyList<Series> after, double percent = DefaultPercent)
    {
        var old = before.ToDictionary(Key);
        var now = after.ToDictionary(Key);
        return [.. old.Keys.Union(now.Keys).Select(key => old.TryGetValue(key, out Series? was) && now.TryGetValue(key, out Series? became)
            ? Of(was, became, percent)
            : new Change(key.Work, key.Threads, Verdict.Missing, double.NaN))];
    }

    /// <summary>The table, and a line that counts the verdicts.</summary>
    public static string Text(IReadOnlyList<Change> changes, double percent)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"workload",-24} {"pass",-16} threads  new ÷ old time");
        foreach (Change change in changes)
            text.AppendLine(CultureInfo.InvariantCulture, $"{change.Work.Name,-24} {Workload.PassName(change.Work.Pass),-16} {change.Threads,7}  {(double.IsNaN(change.Ratio) ? "-" : change.Ratio.ToString("F3", CultureInfo.InvariantCulture)),14}  {Word(change.Verdict)}");
        text.Append(CultureInfo.InvariantCulture, $"threshold {percent} %, times in units of each slice's own peak: ");
        text.AppendLine(string.Join(", ", changes.GroupBy(change => change.Verdict).OrderBy(group => group.Key).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {Word(group.Key)}"))));
        return text.ToString();
    }

    private static Change Of(Series was, Series became, double percent)
    {
        double[] before = Normalised(was), after = Normalised(became);
        // Whether the new times tend to lie on one side of the old ones, these lengthened or shortened by the threshold.
        bool Lies(AlternativeHypothesis side, double factor) =>
            MannWhitneyTest.Instance.Perform(new Pragmastat.Sample(after), new Pragmastat.Sample([.. before.Select(time => time * factor)]), side, Threshold.Zero).PValue < Level;

        double slower = 1 + percent / 100, faster = 1 / slower;
        Verdict verdict = Lies(AlternativeHypothesis.Greater, slower) ? Verdict.Slower
            : Lies(AlternativeHypothesis.Less, faster) ? Verdict.Faster
            : Lies(AlternativeHypothesis.Less, slower) && Lies(AlternativeHypothesis.Greater, faster) ? Verdict.Same
            : Verdict.Unclear;
        return new(was.Work, was.Threads, verdict, Statistics.Median(after) / Statistics.Median(before));
    }

    private static (Workload Work, int Threads, Variant Variant) Key(Series series) => (series.Work, series.Threads, series.Variant);

    private static double[] Normalised(Series series) => [.. series.Slices.Select(slice => slice.Seconds * slice.Peak)];

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Same => "same",
        Verdict.Faster => "faster",
        Verdict.Slower => "SLOWER",
        Verdict.Unclear => "unclear",
        _ => "missing",
    };
}
