namespace CnnVerified.Timing.Compare;

/// <summary>Ours beside the best peer in one column.</summary>
/// <param name="Variant">The column.</param>
/// <param name="Ours">Our fastest series that answers it, or null.</param>
/// <param name="Peer">The peers' fastest series that answers it, or null.</param>
/// <param name="DirectPeer">The fastest of those that add the terms of the equation: not a Winograd, or null.</param>
public sealed record Figure(Variant Variant, Series? Ours, Series? Peer, Series? DirectPeer)
{
    /// <summary>Beside the peers alone that add the terms of the equation.</summary>
    public Figure BesideDirect => this with { Peer = DirectPeer };

    /// <summary>Our rate over the peer's, each the median over its slices: above 1 ours is faster. NaN where one is missing.</summary>
    public double Ratio => Ours is null || Peer is null ? double.NaN : Peer.Seconds / Ours.Seconds;

    /// <summary>The lower and upper quartile of the ratios of slices of one round.</summary>
    public (double Lower, double Upper) Spread
    {
        get
        {
            if (Ours is null || Peer is null)
                return (double.NaN, double.NaN);
            double[] ratios = [.. Ours.Slices.Join(Peer.Slices, ours => ours.Round, peer => peer.Round, (ours, peer) => peer.Seconds / ours.Seconds)];
            return (Statistics.Quantile(ratios, 0.25), Statistics.Quantile(ratios, 0.75));
        }
    }
}

/// <summary>One line of the table: a workload on a number of threads.</summary>
/// <param name="Work">The workload.</param>
/// <param name="Threads">The threads.</param>
/// <param name="Bound">The most that the machine's limits allow: the roofline.</param>
/// <param name="Figures">A figure for each column that means something here.</param>
public sealed record Line(Workload Work, int Threads, double Bound, IReadOnlyList<Figure> Figures)
{
    /// <summary>Our fastest series, or null where ours was refused.</summary>
    public Series? Ours => Figures.Select(figure => figure.Ours).OfType<Series>().MinBy(series => series.Seconds);

    /// <summary>Lines of all that was measured.</summary>
    public static IReadOnlyList<Line> Of(Measures measures) =>
        [.. measures.Series.GroupBy(series => (series.Work, series.Threads)).Select(group => new Line(group.Key.Work, group.Key.Threads,
            Roofline(group.Key.Work, measures.Limits.FirstOrDefault(limits => limits.Threads == group.Key.Threads)?.Copy ?? double.NaN,
                Statistics.Median(group.SelectMany(series => series.Slices).Select(slice => slice.Peak))),
            [.. group.Key.Work.Variants.Select(variant => new Figure(variant, Best(group, variant, isOurs: true), Best(group, variant, isOurs: false), Best(group.Where(series => !series.Regroups), variant, isOurs: false)))]))];

    /// <summary>min(peak, operations ÷ compulsory bytes × copy bandwidth); the bandwidth alone where bytes are what is counted; NaN for a network.</summary>
    public static double Roofline(Workload work, double copy, double peak) =>
        work.HasWeights ? Math.Min(peak, work.Amount * 1e9 / work.CompulsoryBytes * copy) : work.Kind == LayerKind.LeNet5 ? double.NaN : copy;

    private static Series? Best(IEnumerable<Series> all, Variant asked, bool isOurs) =>
        all.Where(series => series.Setting == Participant.Ours == isOurs && series.Variant.Serves(asked)).MinBy(series => series.Seconds);
}

/// <summary>What all lines of one pass come to in one column.</summary>
/// <param name="Pass">The pass of convolutions.</param>
/// <param name="Variant">The column.</param>
/// <param name="Lines">How many lines: shapes and numbers of threads.</param>
/// <param name="Mean">Geometric mean of the ratios.</param>
/// <param name="Worst">The line with the smallest ratio.</param>
/// <param name="WorstRatio">That ratio.</param>
/// <param name="Share">Median of our shares of the peak.</param>
public sealed record Summary(Pass Pass, Variant Variant, int Lines, double Mean, Line Worst, double WorstRatio, double Share)
{
    /// <summary>Summaries of the convolutions, beside all peers or those alone that add the terms of the equation.</summary>
    public static IReadOnlyList<Summary> Of(IEnumerable<Line> lines, bool besideDirect = false) =>
        [.. from line in lines
            where line.Work.Kind == LayerKind.Convolution
            from each in line.Figures
            let figure = besideDirect ? each.BesideDirect : each
            where double.IsFinite(figure.Ratio)
            group (Line: line, Figure: figure) by (line.Work.Pass, figure.Variant) into pass
            let worst = pass.MinBy(one => one.Figure.Ratio)
            select new Summary(pass.Key.Pass, pass.Key.Variant, pass.Count(), Statistics.GeometricMean(pass.Select(one => one.Figure.Ratio)), worst.Line, worst.Figure.Ratio,
                Statistics.Median(pass.Select(one => one.Figure.Ours!.ShareOfPeak)))];
}
