using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using CnnVerified.Timing;

namespace CnnVerified.Benchmarks;

/// <summary>A column worked out from the median time of a benchmark; shown where a benchmark of the table has it.</summary>
/// <param name="name">The heading.</param>
/// <param name="legend">One sentence for the legend.</param>
/// <param name="value">The text from the benchmark and its median in nanoseconds, or null where the column says nothing of it.</param>
public sealed class RateColumn(string name, string legend, Func<BenchmarkCase, double, string?> value) : IColumn
{
    private static readonly Dictionary<int, double> PeakOn = [];

    /// <summary>GFLOP/s, the share of the peak, and images/s.</summary>
    public static IColumn[] All { get; } =
    [
        new RateColumn("GFLOP/s", "Floating-point operations of the layer over the median time; a multiply-add is two",
            (benchmark, ns) => GigaflopsOf(benchmark, ns)?.ToString("F1", CultureInfo.InvariantCulture)),
        new RateColumn("of peak", "GFLOP/s over what the widest fused multiply-adds reached on as many threads when this table was made",
            (benchmark, ns) => GigaflopsOf(benchmark, ns) is { } speed && Parameter(benchmark, nameof(FmaPeak.Threads)) is { } threads
                ? (speed / Peak(threads)).ToString("P0", CultureInfo.InvariantCulture) : null),
        new RateColumn("images/s", "Batch over the median time",
            (benchmark, ns) => Parameter(benchmark, nameof(LeNet5Benchmarks.Batch)) is { } batch
                ? (batch / ns * 1e9).ToString("N0", CultureInfo.InvariantCulture) : null),
    ];

    public string Id => name;
    public string ColumnName => name;
    public string Legend => legend;
    public bool AlwaysShow => true;
    public bool IsNumeric => true;
    public int PriorityInCategory => 0;
    public ColumnCategory Category => ColumnCategory.Custom;
    public UnitType UnitType => UnitType.Dimensionless;
    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(benchmark => value(benchmark, 1) is not null);
    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        summary[benchmarkCase]?.ResultStatistics is { } statistics ? value(benchmarkCase, statistics.Median) ?? "-" : "NA";

    private static double? GigaflopsOf(BenchmarkCase benchmark, double ns) =>
        benchmark.Parameters.Items.Select(item => item.Value).OfType<IArithmetic>().FirstOrDefault()?.FloatOperations / ns;

    private static int? Parameter(BenchmarkCase benchmark, string name) =>
        benchmark.Parameters.Items.FirstOrDefault(item => item.Name == name)?.Value as int?;

    private static double Peak(int threads)
    {
        if (!PeakOn.TryGetValue(threads, out double peak))
            PeakOn[threads] = peak = FmaLoop.Peak(threads);
        return peak;
    }
}
