using System.Globalization;
using System.Text;

namespace CnnVerified.Timing.Compare;

/// <summary>A comparison as a table for the console.</summary>
public static class ComparisonText
{
    private const int CellWidth = 26;

    /// <summary>The table, what was refused, and the summary.</summary>
    public static string Of(Measures measures)
    {
        var text = new StringBuilder();
        text.AppendLine($"{measures.Place.Processor}; {measures.Place.Machine}; {Number($"{measures.Place.When:yyyy-MM-dd HH:mm}")}; {measures.Place.Version}");
        foreach (Participant participant in measures.Participants)
            text.AppendLine($"  {participant.Code,-3} {participant.Name}: {participant.Version ?? $"not loaded: {participant.NotLoaded}"}");
        text.AppendLine(Explanation(measures));
        var lines = Line.Of(measures);
        foreach (var group in lines.GroupBy(line => line.Threads))
        {
            double peak = Statistics.Median(measures.Series.Where(series => series.Threads == group.Key).SelectMany(series => series.Slices).Select(slice => slice.Peak));
            text.AppendLine().AppendLine(Number($"threads: {group.Key}; peak {peak:F0} GFLOP/s (median over slices); copy {measures.Limits.FirstOrDefault(limits => limits.Threads == group.Key)?.Copy ?? double.NaN:F1} GB/s"));
            text.AppendLine(Number($"{"workload",-24} {"pass",-16} {"ours",8} {"unit",-7} {"of peak",7} {"bound",6}  ") + string.Concat(Variant.All.Select(variant => $"{variant}".PadRight(CellWidth))).TrimEnd());
            foreach (Line line in group)
                text.AppendLine(Row(line));
        }
        foreach (var group in measures.Series.Where(series => series.Error is not null).GroupBy(series => series.Setting))
            text.AppendLine().AppendLine(Number($"{group.Key} has no bound of plain sums; its largest error ÷ the largest element, of those sampled: ") + string.Join(", ", group.GroupBy(series => series.Work)
                .Select(work => Number($"{work.Key.Title} {work.Max(series => series.Error):0.0e0}"))));
        foreach (string remark in measures.Remarks.Append(measures.Disturbance ?? "").Where(line => line.Length > 0))
            text.AppendLine(remark);
        text.Append(SummaryOf(lines));
        return text.ToString();
    }

    /// <summary>What the columns are.</summary>
    public static string Explanation(Measures measures)
    {
        bool hasOnePath = measures.Series.Where(series => series.Setting == Participant.Ours).All(series => series.Variant == Variant.All[^1]);
        return "Columns: our rate ÷ the best peer's (above 1 ours is faster), the peer's code, and the quartiles of the ratios of single rounds.\n" +
            "own: each in its best layout, kept between layers; NCHW: from NCHW to NCHW; ahead: weights prepared before the time (inference); inside: within it (training).\n" +
            (hasOnePath ? "Ours has one path, from NCHW to NCHW with the weights prepared inside: the same figure stands in every column, marked = where it does more than the column asks." : "= marks a figure of ours that does more than the column asks.");
    }

    /// <summary>What a block of geometric means is of.</summary>
    public static string Title(bool besideDirect) =>
        $"convolutions, over shapes and threads: geometric mean of our rate ÷ the best peer's{(besideDirect ? ", without those that compute another sum (Winograd)" : "")}";

    /// <summary>A ratio with its peer and spread.</summary>
    public static string Cell(Figure figure)
    {
        if (figure.Ours is null)
            return "ours refused";
        if (figure.Peer is null)
            return "no peer";
        var (lower, upper) = figure.Spread;
        return Number($"{figure.Ratio:F2}{(figure.Ours.Variant == figure.Variant ? "" : "=")} {figure.Peer.Setting} [{lower:F2}, {upper:F2}]");
    }

    private static string Row(Line line)
    {
        Series? ours = line.Ours;
        string share = ours is null ? "-" : line.Work.HasWeights ? Number($"{ours.ShareOfPeak:P0}") : "-";
        string cells = string.Concat(Variant.All.Select(variant => (line.Figures.FirstOrDefault(figure => figure.Variant == variant) is { } figure ? Cell(figure) : "").PadRight(CellWidth)));
        return Number($"{line.Work.Name,-24} {Workload.PassName(line.Work.Pass),-16} {(ours is null ? "-" : Number($"{ours.Rate:F1}")),8} {line.Work.Unit,-7} {share,7} {(double.IsNaN(line.Bound) ? "-" : Number($"{line.Bound:F0}")),6}  {cells}").TrimEnd();
    }

    private static string SummaryOf(IReadOnlyList<Line> lines)
    {
        var text = new StringBuilder();
        foreach (bool besideDirect in (bool[])[false, true])
        {
            text.AppendLine().AppendLine(Title(besideDirect));
            foreach (Summary summary in Summary.Of(lines, besideDirect))
                text.AppendLine(Number($"  {Workload.PassName(summary.Pass),-16} {summary.Variant,-13} {summary.Mean:F2} over {summary.Lines}; worst {summary.WorstRatio:F2}, {summary.Worst.Work.Name} on {summary.Worst.Threads}; median share of the peak {summary.Share:P0}"));
        }
        return text.ToString();
    }

    private static string Number(FormattableString text) => FormattableString.Invariant(text);
}
