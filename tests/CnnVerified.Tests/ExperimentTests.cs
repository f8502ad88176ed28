using System.Globalization;
using System.Text.RegularExpressions;
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
    // A word of English: four small letters and more that are no function, format or file.
    private static readonly Regex Word = new("(?<![A-Za-z.])(?!(tanh|sigmoid|softmax)\\b|binary[0-9]|docs/|errata\\.md)[a-z]{4,}|\\b(mean|from|the|of|to|by)\\b"), Ideograph = new("\\p{IsCJKUnifiedIdeographs}"), Number = new("[0-9]+(,[0-9]{3})*(\\.[0-9]+)?(e-?[0-9]+)?");

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly Language[] Languages = Enum.GetValues<Language>();

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
        Assert.DoesNotContain(record.Findings, finding => finding.English.Contains("NaN", StringComparison.Ordinal));
        Assert.NotEmpty(told);
        Assert.All(Languages, language => Check(record.Picture.ToSvg(language), record.Picture.Description.In(language)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_text_of_it_is_said_in_both_languages_with_the_same_numbers(string name)
    {
        using var on = new Execution(threads: 1);
        IExperiment experiment = ExperimentList.Find(name);
        ExperimentRecord record = experiment.Run(new(2015, Extent.Small, on, _ => { }, default));

        Assert.All(record.Texts.Append(experiment.Question).Append(experiment.Repeatability), text =>
        {
            Assert.DoesNotMatch("\\p{IsCJKUnifiedIdeographs}", text.English);
            // What is the same in both has no word of English in it but names of functions.
            Assert.True(text.English != text.Chinese ? Ideograph.IsMatch(text.Chinese) || text.Chinese.Contains('，', StringComparison.Ordinal) : !Word.IsMatch(text.English), text.ToString());
            Assert.Equal(Numbers(text.English), Numbers(text.Chinese));
        });
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

        IExperiment experiment = ExperimentList.Find(name);
        Assert.StartsWith($"# {experiment.Question.English}\n", page, StringComparison.Ordinal);
        Assert.Contains($"\n## {experiment.Question.Chinese}\n", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split($"\ncnnverify experiment {name} --seed 2015\n").Length);
        Assert.All(Languages, language =>
        {
            string picture = $"experiment-{name}{(language == Language.English ? "" : "-zh")}.svg";
            Assert.Contains($"](../pictures/{picture})", page, StringComparison.Ordinal);
            Assert.Contains($"\n{experiment.Repeatability.In(language)}\n", page, StringComparison.Ordinal);
            Assert.True(ExperimentPage.Answer(page, language).Length > 100, $"{name}: expected an answer in {language}, got none");
            Check(File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "pictures", picture)), null);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_record_has_the_same_numbers_in_both_languages(string name)
    {
        string page = File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "experiments", $"{name}.md"));
        string[][] tables = [.. Languages.Select(language => Rows(page, language).Select(row => string.Join(' ', Numbers(row))).ToArray())];

        Assert.NotEmpty(tables[0]);
        Assert.Equal(tables[0], tables[1]);
        Assert.DoesNotContain(Rows(page, Language.Chinese), Word.IsMatch);
        Assert.Equal(Numbers(Picture("")), Numbers(Picture("-zh")));

        string Picture(string language) => string.Join('\n', XElement.Load(Path.Combine(DocsLibrary.Root, "docs", "pictures", $"experiment-{name}{language}.svg")).Descendants(Svg + "path").Select(path => path.Attribute("d")!.Value));
    }

    [Fact]
    public void The_record_of_gaussian_pooling_is_what_a_run_prints()
    {
        using var on = new Execution();
        IExperiment experiment = ExperimentList.Find("gaussian-pooling");
        string page = File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "experiments", "gaussian-pooling.md"));
        Assert.Contains(experiment.Run(new(2015, Extent.Full, on, _ => { }, default)).Tables[0] is var table
            ? table.Markdown(Language.English) : "", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_record_keeps_the_answers_of_the_old_one_and_nothing_else()
    {
        IExperiment experiment = ExperimentList.All[0];
        var record = new ExperimentRecord("New setting.", [new("New table", ["a"], [["1"]])], ["New finding."], new("Picture.", []));
        string before = "# Old\n\n<!-- en -->\nold\n<!-- answer -->\nAn answer.\n<!-- /en -->\nold\n<!-- zh -->\nold\n<!-- answer -->\n回答。\n<!-- /zh -->\nold\n";

        string page = ExperimentPage.Write(experiment, record, "call", language => $"{language}.svg", before);

        Assert.Equal(("An answer.\n", "回答。\n"), (ExperimentPage.Answer(page, Language.English), ExperimentPage.Answer(page, Language.Chinese)));
        Assert.DoesNotContain("old", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(page, ExperimentPage.Write(experiment, record, "call", language => $"{language}.svg", page));
        Assert.Equal("", ExperimentPage.Answer(ExperimentPage.Write(experiment, record, "call", null, null), Language.Chinese));
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
            string svg = new Figure("Two points.", new Plot("Plot", new("x"), new("y", scale), [new("points & \"marks\" <1>", [(1, first), (2, second)], Mark.DottedLine, 0)])).ToSvg(Language.English);
            XElement root = Check(svg, "Two points.");
            int drawn = new[] { first, second }.Count(value => double.IsFinite(value) && (scale == AxisScale.Linear || value > 0));
            Assert.Equal(drawn + 1, root.Descendants(Svg + "circle").Count());   // and one in the legend
            if (scale == AxisScale.Logarithmic && label != "0.5")
                Assert.Contains(root.Descendants(Svg + "text"), text => text.Value == label);
        }
    }

    private static string[] Rows(string page, Language language) =>
        [.. page.Split("<!-- zh -->")[language == Language.English ? 0 : 1].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

    // Also those of products and ids, such as 16@5×5 and IN-2; thousands have their comma.
    private static string[] Numbers(string text) => [.. Number.Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal)];

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
