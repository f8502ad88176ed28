using System.Xml.Linq;
using CnnVerified.Verification.Reports;
using static CnnVerified.Verification.Reports.HtmlReport;

namespace CnnVerified.Timing.Compare;

/// <summary>A comparison as one page of HTML that needs nothing else: no script, no request.</summary>
public static class ComparisonPage
{
    private const double RowHeight = 15, Left = 230, Right = 760, Top = 34;

    private static readonly string[] Colours = ["#0072b2", "#56b4e9", "#d55e00", "#000000"];   // told apart by readers with any colour vision

    /// <summary>The page.</summary>
    /// <param name="measures">What was measured.</param>
    /// <returns>HTML5 that is well-formed XML too.</returns>
    public static string Text(Measures measures)
    {
        var lines = Line.Of(measures);
        return Page("Ours beside the best peer", Style,
            Tag("h1", "Ours beside the best peer"),
            Tag("p", $"{measures.Place.Processor}; {measures.Place.Machine}; {Invariant($"{measures.Place.When:yyyy-MM-dd HH:mm}")}; {measures.Place.Version}; {measures.Place.Command}"),
            ComparisonText.Explanation(measures).Split('\n').Select(line => Tag("p", line)),
            Tag("ul", measures.Participants.Select(participant => Tag("li", Tag("b", participant.Code), $" {participant.Name}: {participant.Version ?? $"not loaded: {participant.NotLoaded}"}"))),
            measures.Disturbance is { } disturbance ? Tag("p", Tag("b", disturbance)) : null,
            Summaries(lines, besideDirect: false),
            Summaries(lines, besideDirect: true),
            lines.GroupBy(line => line.Threads).Select(group => (object[])[Tag("h2", Invariant($"Threads: {group.Key}")), Plot([.. group]), Table([.. group])]),
            measures.Remarks.Count == 0 ? null : (object[])[Tag("h2", "Refused"), Tag("ul", measures.Remarks.Select(remark => Tag("li", remark)))]);
    }

    private static object[] Summaries(IReadOnlyList<Line> lines, bool besideDirect) => [Tag("p", ComparisonText.Title(besideDirect)), Tag("table",
        Header("pass of convolutions", "column", "geometric mean", "lines", "worst", "median share of the peak"),
        Summary.Of(lines, besideDirect).Select(summary => Row(Workload.PassName(summary.Pass), $"{summary.Variant}", Invariant($"{summary.Mean:F2}"), Invariant($"{summary.Lines}"),
            Invariant($"{summary.WorstRatio:F2}, {summary.Worst.Work.Name} on {summary.Worst.Threads}"), Invariant($"{summary.Share:P0}"))))];

    private static XElement Table(IReadOnlyList<Line> lines) => Tag("table",
        Header(["workload", "pass", "ours", "of peak", "bound", .. Variant.All.Select(variant => $"{variant}")]),
        lines.Select(line => Row([line.Work.Name, Workload.PassName(line.Work.Pass), line.Ours is { } ours ? Invariant($"{ours.Rate:F1} {line.Work.Unit}") : "refused",
            line.Ours is { } shared && line.Work.HasWeights ? Invariant($"{shared.ShareOfPeak:P0}") : "", double.IsNaN(line.Bound) ? "" : Invariant($"{line.Bound:F0}"),
            .. Variant.All.Select(variant => line.Figures.FirstOrDefault(figure => figure.Variant == variant) is { } figure ? ComparisonText.Cell(figure) : "")])));

    // One row for each line; a dot for each column, with its quartiles as a bar; the ratio by powers of two.
    private static XElement Plot(IReadOnlyList<Line> lines)
    {
        double[] levels = [.. lines.SelectMany(line => line.Figures).Where(figure => double.IsFinite(figure.Ratio))
            .SelectMany(figure => new[] { figure.Ratio, figure.Spread.Lower, figure.Spread.Upper }).Append(1).Select(Math.Log2)];
        double low = Math.Floor(levels.Min() - 0.01), high = Math.Ceiling(levels.Max() + 0.01), bottom = Top + lines.Count * RowHeight;
        double At(double ratio) => Left + (Math.Log2(ratio) - low) / (high - low) * (Right - Left);

        var parts = new List<XElement>();
        for (double power = low; power <= high; power++)
        {
            double x = At(Math.Pow(2, power));
            parts.Add(Tag("line", ("x1", x), ("x2", x), ("y1", Top), ("y2", bottom), ("stroke", power == 0 ? "#000" : "#ccc")));
            parts.Add(Tag("text", ("x", x), ("y", bottom + 14), ("text-anchor", "middle"), Invariant($"{Math.Pow(2, power):0.###}")));
        }
        for (int v = 0; v < Variant.All.Count; v++)
        {
            parts.Add(Tag("circle", ("cx", Left + 130 * v), ("cy", 12.0), ("r", 4.0), ("fill", Colours[v])));
            parts.Add(Tag("text", ("x", Left + 8 + 130 * v), ("y", 16.0), $"{Variant.All[v]}"));
        }
        for (int row = 0; row < lines.Count; row++)
        {
            double y = Top + (row + 0.5) * RowHeight;
            parts.Add(Tag("text", ("x", Left - 8), ("y", y + 4), ("text-anchor", "end"), lines[row].Work.Title));
            foreach (Figure figure in lines[row].Figures.Where(figure => double.IsFinite(figure.Ratio)))
            {
                int v = Enumerable.Range(0, Variant.All.Count).First(index => Variant.All[index] == figure.Variant);
                double at = y + 2.5 * (v - 1.5);
                parts.Add(Tag("line", ("x1", At(figure.Spread.Lower)), ("x2", At(figure.Spread.Upper)), ("y1", at), ("y2", at), ("stroke", Colours[v])));
                parts.Add(Tag("circle", ("cx", At(figure.Ratio)), ("cy", at), ("r", 2.5), ("fill", Colours[v]), Tag("title", $"{lines[row].Work.Title}, {figure.Variant}: {ComparisonText.Cell(figure)}")));
            }
        }
        return Tag("svg", ("viewBox", Invariant($"0 0 {Right + 30:F0} {bottom + 22:F0}")), ("role", "img"), ("aria-label", "Ratio of our rate to the best peer's, by workload"), parts);
    }

    private static XElement Header(params string[] cells) => Tag("tr", cells.Select(cell => Tag("th", cell)));

    private static XElement Row(params string[] cells) => Tag("tr", cells.Select(cell => Tag("td", cell)));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private const string Style = """
        body { font: 15px/1.4 system-ui, sans-serif; max-width: 75em; margin: 1em auto; padding: 0 1em; color: #000; background: #fff }
        table { border-collapse: collapse; font-size: 13px; display: block; overflow-x: auto }
        td, th { text-align: left; padding: 2px 10px 2px 0; border-bottom: 1px solid #ddd; white-space: nowrap }
        svg { width: 100%; height: auto }
        svg text { font: 11px system-ui, sans-serif }
        """;
}
