using System.Xml.Linq;
using CnnVerified.Timing;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification;
using Xunit;

namespace CnnVerified.Tests;

public sealed class ComparisonTests
{
    private static readonly Variant Plain = new(DataLayout.Nchw, Preparation.Inside);
    private static readonly Workload C3 = Workload.All(ShapeTable.Default)[3];   // LeNet C3 forward
    private static readonly Place Somewhere = new("CPU <of> a test", "2 cores", DateTimeOffset.UnixEpoch, "1.0", "compare");

    [Theory]
    [InlineData(0.5, 2.5)]
    [InlineData(0.25, 1.75)]
    [InlineData(0, 1)]
    [InlineData(1, 4)]
    public void Quantiles_lie_between_neighbours(double share, double expected) => Assert.Equal(expected, Statistics.Quantile([4, 1, 3, 2], share));

    [Fact]
    public void The_geometric_mean_of_a_ratio_and_its_inverse_is_one() => Assert.Equal(1, Statistics.GeometricMean([4, 0.25]), 12);

    [Fact]
    public void Nothing_has_neither_median_nor_mean() => Assert.True(double.IsNaN(Statistics.Median([])) && double.IsNaN(Statistics.GeometricMean([])));

    [Fact]
    public void A_call_serves_the_columns_that_ask_for_no_more_than_it_does()
    {
        Assert.All(Variant.All, asked => Assert.True(Plain.Serves(asked)));
        Assert.Equal(Variant.All.Take(1), Variant.All.Where(asked => Variant.All[0].Serves(asked)));
        Assert.Equal(2, Variant.All.Count(asked => new Variant(DataLayout.Own, Preparation.Inside).Serves(asked)));
    }

    [Fact]
    public void Backward_passes_have_no_weights_prepared_ahead() =>
        Assert.All(Workload.All(ShapeTable.Default).Where(work => work.Pass != Pass.Forward), work => Assert.DoesNotContain(work.Variants, variant => variant.Weights == Preparation.Ahead));

    [Fact]
    public void The_best_peer_of_a_column_is_the_fastest_that_answers_it()
    {
        var line = Line.Of(Measured(("us", Plain, 2), ("N", Plain, 4), ("D", new(DataLayout.Own, Preparation.Ahead), 1))).Single();
        Assert.Equal(["D", "N", "N", "N"], line.Figures.Select(figure => figure.Peer!.Setting));
        Assert.Equal([0.5, 2, 2, 2], line.Figures.Select(figure => figure.Ratio));
    }

    [Fact]
    public void Whoever_computes_another_sum_is_left_out_of_the_second_mean()
    {
        Measures measures = Measured(("us", Plain, 2), ("N", Plain, 4), ("W", Plain, 1));
        var lines = Line.Of(measures with { Series = [.. measures.Series.Select(series => series.Setting == "W" ? series with { Error = 1e-5 } : series)] });
        Assert.Equal(0.5, Summary.Of(lines).Single(summary => summary.Variant == Plain).Mean, 12);
        Assert.Equal(2, Summary.Of(lines, besideDirect: true).Single(summary => summary.Variant == Plain).Mean, 12);
        Assert.Empty(Summary.Of(Line.Of(measures with { Series = [.. lines[0].Figures.SelectMany(figure => new[] { figure.Ours!, figure.Peer! }).Where(series => series.Setting != "N").Distinct()] }), besideDirect: true));
    }

    [Fact]
    public void The_spread_compares_slices_of_one_round()
    {
        var ours = Times("us", Plain, 1, 2, 4);
        var figure = new Figure(Plain, ours, Times("N", Plain, 2, 4, 8), null);
        Assert.Equal((2.0, 2.0), figure.Spread);
    }

    [Fact]
    public void The_roofline_is_the_smaller_of_both_limits()
    {
        Assert.Equal(250, Line.Roofline(C3, copy: 1e6, peak: 250));
        Assert.Equal(C3.Amount * 1e9 / C3.CompulsoryBytes, Line.Roofline(C3, copy: 1, peak: 250), 12);
    }

    [Fact]
    public void The_table_tells_ratio_peer_and_whose_figure_stands_in()
    {
        string text = ComparisonText.Of(Measured(("us", Plain, 2), ("N", Plain, 4)));
        Assert.Contains("2.00= N [2.00, 2.00]", text, StringComparison.Ordinal);
        Assert.Contains("forward          NCHW, inside  2.00 over 1; worst 2.00, LeNet C3 on 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_without_ours_or_without_peers_is_written_all_the_same()
    {
        Assert.Contains("ours refused", ComparisonText.Of(Measured(("N", Plain, 4))), StringComparison.Ordinal);
        Assert.Contains("no peer", ComparisonText.Of(Measured(("us", Plain, 4))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_well_formed_and_asks_for_nothing()
    {
        foreach (Measures measures in new[] { Measured(("us", Plain, 2), ("N", Plain, 4)), Measured(("N", Plain, 4)) })
        {
            XElement page = XElement.Parse(ComparisonPage.Text(measures).Split('\n', 2)[1]);
            Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "img");
            Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "href" or "src");
            Assert.Single(page.Descendants("svg"));
        }
    }

    [Fact]
    public void The_measured_part_of_the_page_is_replaced_and_the_rest_kept()
    {
        string page = File.ReadAllText(Path.Combine(Notation.DocsLibrary.Root, "docs", "performance.md"));
        Measures measures = Measured(("us", Plain, 2), ("N", Plain, 4));
        string filled = PerformancePage.Fill(page, PerformancePage.Text(measures, measures, measures));
        Assert.Contains("| LeNet C3 | forward |", filled, StringComparison.Ordinal);
        Assert.Contains("2.00 N |", filled, StringComparison.Ordinal);
        Assert.Equal(page[page.IndexOf("## What bounds it", StringComparison.Ordinal)..], filled[filled.IndexOf("## What bounds it", StringComparison.Ordinal)..]);
        Assert.Equal(filled, PerformancePage.Fill(filled, PerformancePage.Text(measures, measures, measures)));
        Assert.Throws<InputException>(() => PerformancePage.Fill("# A page\n", "text"));
    }

    [Fact]
    public void What_more_cores_would_reach_is_computed_from_one_core_alone()
    {
        Measures one = Measured(("us", Plain, 2), ("N", Plain, 4)), two = one with { Series = [.. one.Series.Select(series => series with { Threads = 2 })], Limits = [new(2, 30)] };
        Assert.Contains("## Beyond this machine", PerformancePage.Text(one, null, null), StringComparison.Ordinal);
        Assert.DoesNotContain("## Beyond this machine", PerformancePage.Text(two, null, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Measures_survive_their_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            Measures measures = Measured(("us", Plain, 2));
            File.WriteAllText(file, MeasuresFile.Text(measures));
            Assert.Equal(MeasuresFile.Text(measures), MeasuresFile.Text(MeasuresFile.Read(file)));
            File.WriteAllText(file, "{\"place\":1}");
            Assert.Contains("wanted measures", Assert.Throws<InputException>(() => MeasuresFile.Read(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(1, Verdict.Same)]
    [InlineData(1.01, Verdict.Same)]
    [InlineData(1.1, Verdict.Slower)]
    [InlineData(0.9, Verdict.Faster)]
    public void A_kernel_is_judged_against_its_earlier_times(double factor, Verdict expected)
    {
        Change change = Regression.Of([Steady(1, peak: 200)], [Steady(factor, peak: 200)]).Single();
        Assert.Equal(expected, change.Verdict);
        Assert.Equal(factor, change.Ratio, 2);
    }

    [Fact]
    public void Another_clock_is_no_regression() => Assert.Equal(Verdict.Same, Regression.Of([Steady(1, peak: 200)], [Steady(2, peak: 100)]).Single().Verdict);

    [Fact]
    public void Times_that_spread_too_far_are_called_unclear()
    {
        var wide = Times("us", Plain, [.. Enumerable.Range(0, 15).Select(round => 1 + 0.2 * (round % 5))]);
        Assert.Equal(Verdict.Unclear, Regression.Of([wide], [wide]).Single().Verdict);
    }

    [Fact]
    public void A_kernel_that_one_run_lacks_is_told() => Assert.Equal(Verdict.Missing, Regression.Of([], [Steady(1, peak: 200)]).Single().Verdict);

    private static Series Steady(double seconds, double peak) =>
        new(C3, 1, "us", Plain, null, [.. Enumerable.Range(0, 15).Select(round => new Slice(round, seconds * (1 + 0.001 * (round % 4)), 3, peak))]);

    private static Series Times(string setting, Variant variant, params double[] seconds) =>
        new(C3, 1, setting, variant, null, [.. seconds.Select((time, round) => new Slice(round, time, 3, 200))]);

    private static Measures Measured(params (string Setting, Variant Variant, double Seconds)[] all) =>
        new(Somewhere, [new("us", "ours", "1.0", null), new("N", "peer & co", null, "it is not there")], [new(1, 30)],
            [.. all.Select(each => Times(each.Setting, each.Variant, each.Seconds, each.Seconds, each.Seconds))], []);
}
