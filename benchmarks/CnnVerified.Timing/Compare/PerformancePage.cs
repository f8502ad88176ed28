using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CnnVerified.Verification;

namespace CnnVerified.Timing.Compare;

/// <summary>The measured part of docs/performance.md: what runs of compare and regress found, as Markdown. The rest of the page is written by hand.</summary>
public static partial class PerformancePage
{
    private const string Begin = "<!-- measured: written by the command below -->", End = "<!-- end of what was measured -->";

    // Processors as large as these are what the computed table is about.
    private static readonly int[] Cores = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>The page with its measured part replaced.</summary>
    /// <param name="page">The page.</param>
    /// <param name="measured">The new part.</param>
    /// <exception cref="InputException">The page has no place for it.</exception>
    public static string Fill(string page, string measured)
    {
        int from = page.IndexOf(Begin, StringComparison.Ordinal), to = page.IndexOf(End, StringComparison.Ordinal);
        return from >= 0 && to > from ? $"{page[..from]}{Begin}\n\n{measured}\n{page[to..]}"
            : throw new InputException($"the page wanted a line '{Begin}' and below it '{End}', got none.");
    }

    /// <summary>The measured part.</summary>
    /// <param name="ordered">A comparison of the sums in order.</param>
    /// <param name="regrouped">One with minimal filtering, or null.</param>
    /// <param name="growth">Our own times on a table of shapes that grow, or null.</param>
    public static string Text(Measures ordered, Measures? regrouped, Measures? growth)
    {
        var text = new StringBuilder();
        var lines = Line.Of(ordered);
        text.AppendLine("## The limit").AppendLine();
        Origin(text, ordered);
        Row(text, "threads", "peak of fused multiply-adds, GFLOP/s", "copy beyond the caches, GB/s");
        Rule(text, 3);
        foreach (var group in lines.GroupBy(line => line.Threads))
            Row(text, $"{group.Key}", Number($"{Peak(ordered, group.Key):F0}"), Number($"{Copy(ordered, group.Key):F1}"));

        text.AppendLine().AppendLine("## In order, beside peers that add the same terms").AppendLine();
        text.AppendLine("Rates in GFLOP/s (pooling and tanh: GB/s of compulsory bytes; LeNet-5: thousands of images a second). A ratio above 1 means that ours is faster; behind it the peer. *own*: each in its best layout,");
        text.AppendLine("weights prepared inside the time (for scores of LeNet-5 ahead of it); *NCHW*: from NCHW to NCHW. *bound*: the roofline.").AppendLine();
        Comparison(text, lines, besideDirect: true);
        Means(text, "Convolutions, geometric means", lines, besideDirect: true);
        if (regrouped is not null)
        {
            text.AppendLine("## With minimal filtering, beside all peers").AppendLine();
            Origin(text, regrouped);
            var filtered = Line.Of(regrouped);
            Comparison(text, filtered, besideDirect: false);
            Means(text, "Convolutions of this table, geometric means", filtered, besideDirect: false);
        }
        if (growth is not null)
        {
            text.AppendLine("## How cost grows").AppendLine();
            Origin(text, growth);
            Growth(text, growth);
        }
        Computed(text, ordered, lines);
        return text.ToString();
    }

    private static void Origin(StringBuilder text, Measures measures)
    {
        text.AppendLine(Number($"{measures.Place.Processor}, {measures.Place.Machine}; {measures.Place.When:yyyy-MM-dd HH:mm}; {measures.Place.Version}; `{WithoutFolders().Replace(measures.Place.Command, "")}`."));
        text.AppendLine($"Peers: {string.Join("; ", measures.Participants.Where(each => each.Code != Participant.Ours).Select(each => $"{each.Code} {(each.Version is null ? $"{each.Name}, not loaded" : each.Name)}").DefaultIfEmpty("none"))}.");
        if (measures.Disturbance is { } disturbance)
            text.AppendLine($"Note: {disturbance}.");
        text.AppendLine();
    }

    private static void Comparison(StringBuilder text, IReadOnlyList<Line> lines, bool besideDirect)
    {
        foreach (var group in lines.GroupBy(line => line.Threads))
        {
            text.AppendLine(group.Key == 1 ? "One thread:" : $"{group.Key} threads:").AppendLine();
            Row(text, "layer", "pass", "ours", "of peak", "bound", "own", "NCHW");
            Rule(text, 7);
            foreach (Line line in group)
            {
                string Cell(DataLayout layout) => line.Figures.LastOrDefault(figure => figure.Variant.Layout == layout) is not { } any ? ""
                    : (besideDirect ? any.BesideDirect : any) is { Ours: not null, Peer: { } peer } figure ? Number($"{figure.Ratio:F2} {peer.Setting}") : "no peer";
                Row(text, line.Work.Name, Workload.PassName(line.Work.Pass), line.Ours is { } ours ? Number($"{ours.Rate:F1}") : "refused",
                    line.Work.HasWeights && line.Ours is { } shared ? Number($"{shared.ShareOfPeak:P0}") : "", double.IsNaN(line.Bound) ? "" : Number($"{line.Bound:F0}"),
                    Cell(DataLayout.Own), Cell(DataLayout.Nchw));
            }
            text.AppendLine();
        }
    }

    private static void Means(StringBuilder text, string title, IReadOnlyList<Line> lines, bool besideDirect)
    {
        text.AppendLine($"{title}, over shapes and threads:").AppendLine();
        Row(text, "pass", "column", "mean", "lines", "worst", "median share of the peak");
        Rule(text, 6);
        foreach (Summary summary in Summary.Of(lines, besideDirect))
            Row(text, Workload.PassName(summary.Pass), $"{summary.Variant}", Number($"{summary.Mean:F2}"), $"{summary.Lines}",
                Number($"{summary.WorstRatio:F2}, {summary.Worst.Work.Name} on {summary.Worst.Threads}"), Number($"{summary.Share:P0}"));
        text.AppendLine();
    }

    private static void Growth(StringBuilder text, Measures growth)
    {
        int[] threads = [.. growth.Series.Select(series => series.Threads).Distinct().Order()];
        Row(text, ["what grows", "pass", .. threads.SelectMany(count => new[] { $"ms on {count}", "of peak" })]);
        Rule(text, 2 + 2 * threads.Length);
        foreach (var work in growth.Series.GroupBy(series => series.Work))
            Row(text, [work.Key.Name, Workload.PassName(work.Key.Pass), .. threads.SelectMany(count => work.FirstOrDefault(series => series.Threads == count) is { } series
                ? new[] { Number($"{1e3 * series.Seconds:G3}"), Number($"{series.ShareOfPeak:P0}") } : ["", ""])]);
        text.AppendLine();
    }

    // Peak and caches grow with the cores, the memory that all share does not.
    private static void Computed(StringBuilder text, Measures ordered, IReadOnlyList<Line> lines)
    {
        if (lines.All(line => line.Threads != 1))
            return;   // nobody measured what one core reaches
        double peak = Peak(ordered, 1), copy = ordered.Limits.Max(limits => limits.Copy);
        text.AppendLine("## Beyond this machine: computed, not measured").AppendLine();
        text.AppendLine(Number($"What a roofline allows a processor with more of these cores ({peak:F0} GFLOP/s each) and the same memory ({copy:F0} GB/s), in GFLOP/s: min(cores × peak, operations ÷ compulsory bytes × bandwidth)."));
        text.AppendLine("Nobody ran this. It says where more cores alone stop helping, if every operand comes from memory once.").AppendLine();
        Row(text, ["layer, forward", "operations a byte", .. Cores.Select(cores => cores == 1 ? "1 core" : $"{cores}")]);
        Rule(text, 2 + Cores.Length);
        foreach (Line line in lines.Where(line => line.Threads == 1 && line.Work is { Pass: Pass.Forward, HasWeights: true }))
            Row(text, [line.Work.Name, Number($"{line.Work.Amount * 1e9 / line.Work.CompulsoryBytes:F0}"), .. Cores.Select(cores => Number($"{Line.Roofline(line.Work, copy, cores * peak):F0}"))]);
    }

    // Where somebody keeps files is nobody's business.
    [GeneratedRegex(@"(?<=--(json|html|save|against|shapes)[ =])\S*/")]
    private static partial Regex WithoutFolders();

    private static double Peak(Measures measures, int threads) =>
        Statistics.Median(measures.Series.Where(series => series.Threads == threads).SelectMany(series => series.Slices).Select(slice => slice.Peak));

    private static double Copy(Measures measures, int threads) => measures.Limits.FirstOrDefault(limits => limits.Threads == threads)?.Copy ?? double.NaN;

    private static void Row(StringBuilder text, params string[] cells) => text.AppendLine($"| {string.Join(" | ", cells)} |");

    private static void Rule(StringBuilder text, int columns) => text.AppendLine("|" + string.Concat(Enumerable.Repeat("---|", columns)));

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
