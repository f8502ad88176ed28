using System.Globalization;
using System.Xml.Linq;
using CnnVerified.Experiments;
using CnnVerified.Optimized;
using CnnVerified.Tests.Notation;
using CnnVerified.Verification;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The experiments run, and docs/experiments has a record of each.</summary>
public sealed class ExperimentTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly string[] Languages = ["en", "zh"];

    public static TheoryData<string> Names => [.. ExperimentList.All.Select(experiment => experiment.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_small_run_has_whole_tables_findings_and_a_picture(string name)
    {
        using var on = new Execution(threads: 1);
        var told = new List<string>();
        ExperimentRecord record = ExperimentList.Find(name).Run(new(2015, Extent.Small, on, told.Add, default));

        Assert.NotEmpty(record.Tables);
        Assert.All(record.Tables, table =>
        {
            Assert.NotEmpty(table.Rows);
            Assert.All(table.Rows, row => Assert.Equal(table.Header.Count, row.Count));
            Assert.Single(table.Plain().Skip(1).Select(line => line.Length).Distinct());
        });
        Assert.NotEmpty(record.Findings);
        Assert.DoesNotContain(record.Findings, finding => finding.Contains("NaN", StringComparison.Ordinal));
        Assert.NotEmpty(told);
        Check(record.Picture.ToSvg(), record.Picture.Description);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_stops_when_it_is_told_to(string name)
    {
        using var on = new Execution(threads: 1);
        Assert.ThrowsAny<OperationCanceledException>(() => ExperimentList.Find(name).Run(new(2015, Extent.Small, on, _ => { }, new CancellationToken(canceled: true))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_docs_have_its_record_with_an_answer_in_both_languages_and_its_picture(string name)
    {
        string page = File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "experiments", $"{name}.md"));

        Assert.StartsWith($"# {ExperimentList.Find(name).Question}\n", page, StringComparison.Ordinal);
        Assert.Contains($"\ncnnverify experiment {name} --seed 2015\n", page, StringComparison.Ordinal);
        Assert.Contains($"](../pictures/experiment-{name}.svg)", page, StringComparison.Ordinal);
        Assert.All(Languages, language => Assert.True(ExperimentPage.Answer(page, language).Length > 100, $"{name}: expected an answer between <!-- {language} --> and its end, got none"));
        Check(File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "pictures", $"experiment-{name}.svg")), null);
    }

    [Fact]
    public void The_record_of_gaussian_pooling_is_what_a_run_prints()
    {
        using var on = new Execution();
        IExperiment experiment = ExperimentList.Find("gaussian-pooling");
        string page = File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "experiments", "gaussian-pooling.md"));
        Assert.Contains(experiment.Run(new(2015, Extent.Full, on, _ => { }, default)).Tables[0].Markdown(), page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_record_keeps_the_answers_of_the_old_one_and_nothing_else()
    {
        IExperiment experiment = ExperimentList.All[0];
        var record = new ExperimentRecord("New setting.", [new("New table", ["a"], [["1"]])], ["New finding."], new("Picture.", []));
        string before = "# Old\n\nold\n\n<!-- en -->\nAn answer.\n<!-- /en -->\nold\n<!-- zh -->\n回答。\n<!-- /zh -->\nold\n";

        string page = ExperimentPage.Write(experiment, record, "call", "picture.svg", before);

        Assert.Equal(("An answer.\n", "回答。\n"), (ExperimentPage.Answer(page, "en"), ExperimentPage.Answer(page, "zh")));
        Assert.DoesNotContain("old", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(page, ExperimentPage.Write(experiment, record, "call", "picture.svg", page));
        Assert.Equal("", ExperimentPage.Answer(ExperimentPage.Write(experiment, record, "call", null, null), "zh"));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_list() =>
        Assert.Equal("experiment expected update-order, input-scale, vanishing, gaussian-pooling, least-squares, pooling, learning-rate or wrong-gradients, got 'flight'.",
            Assert.Throws<InputException>(() => ExperimentList.Find("flight")).Message);

    [Theory]
    [InlineData(0.5, 0.5, "0.5")]
    [InlineData(0, 1e-30, "1e-30")]
    [InlineData(double.NaN, double.PositiveInfinity, "1")]
    public void A_plot_leaves_out_what_cannot_be_drawn(double first, double second, string label)
    {
        foreach (AxisScale scale in Enum.GetValues<AxisScale>())
        {
            string svg = new Figure("Two points.", new Plot("Plot", new("x"), new("y", scale), [new("points & \"marks\" <1>", [(1, first), (2, second)], Mark.DottedLine, 0)])).ToSvg();
            XElement root = Check(svg, "Two points.");
            int drawn = new[] { first, second }.Count(value => double.IsFinite(value) && (scale == AxisScale.Linear || value > 0));
            Assert.Equal(drawn + 1, root.Descendants(Svg + "circle").Count());   // and one in the legend
            if (scale == AxisScale.Logarithmic && label != "0.5")
                Assert.Contains(root.Descendants(Svg + "text"), text => text.Value == label);
        }
    }

    // Well-formed, self-contained, and every number of it finite.
    private static XElement Check(string svg, string? description)
    {
        XElement root = XElement.Parse(svg);
        Assert.Equal(Svg + "svg", root.Name);
        Assert.True(description is null || description == root.Element(Svg + "title")!.Value);
        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName is "script" or "image" or "foreignObject");
        Assert.DoesNotMatch("url\\(|@import|http", root.Element(Svg + "style")!.Value);
        string[] numeric = ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"];
        Assert.All(root.Descendants().Attributes().Where(attribute => numeric.Contains(attribute.Name.LocalName)),
            attribute => Assert.True(double.IsFinite(double.Parse(attribute.Value, CultureInfo.InvariantCulture)), attribute.ToString()));
        Assert.All(root.Descendants(Svg + "path"), path => Assert.DoesNotContain("NaN", path.Attribute("d")!.Value, StringComparison.Ordinal));
        return root;
    }
}
