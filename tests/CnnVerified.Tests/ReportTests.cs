using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;
using CnnVerified.Verification.Training;
using Xunit;

namespace CnnVerified.Tests;

public sealed class ReportTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("cnnverified").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    // The page

    [Theory]
    [MemberData(nameof(Reports))]
    public void The_page_is_well_formed(string name, Report report)
    {
        XElement page = Page(report);
        Assert.True(page.Name == "html" && (string?)page.Attribute("lang") == "en", name);
        Assert.Contains(report.Summary, page.Element("body")!.Element("header")!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Reports))]
    public void The_page_asks_for_nothing_and_runs_nothing(string name, Report report)
    {
        XElement page = Page(report);
        Assert.All(page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "href" or "src"),
            attribute => Assert.StartsWith("#", attribute.Value, StringComparison.Ordinal));
        Assert.True(!page.Descendants().Any(element => element.Name.LocalName is "script" or "link" or "img" or "iframe"), name);
        Assert.DoesNotMatch("url\\(|@import|http", page.Descendants("style").Single().Value);
    }

    [Theory]
    [MemberData(nameof(Reports))]
    public void Links_lead_to_places_on_the_page_and_ids_are_unique(string name, Report report)
    {
        XElement page = Page(report);
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.True(ids.Distinct().Count() == ids.Length, name);
        Assert.All(page.Descendants().Attributes("href"), href => Assert.Contains(href.Value[1..], ids));
    }

    [Fact]
    public void Only_void_tags_close_themselves()
    {
        string page = HtmlReport.Text(Full with { Judgements = [.. Full.Judgements, Holds("", "", "")] });
        Assert.All(Regex.Matches(page, @"<(\w+)[^>]*/>").Select(tag => tag.Groups[1].Value), tag => Assert.Equal("meta", tag));
    }

    [Fact]
    public void The_style_survives_being_written_as_xml() =>
        Assert.DoesNotContain('&', Regex.Match(HtmlReport.Text(Full), "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value);

    [Fact]
    public void Every_equation_has_its_anchor_its_text_and_a_link()
    {
        Report all = Full with { Judgements = [.. EquationTable.All.Select(equation => Holds(equation.Id, "bound", "v256"))] };
        XElement page = Page(all);
        Assert.All(EquationTable.All, equation =>
        {
            XElement section = Assert.Single(page.Descendants("section"), section => (string?)section.Attribute("id") == equation.Id);
            Assert.Contains(Reference.EquationTexts.Find(equation.Id)!.Block, section.Element("pre")!.Value, StringComparison.Ordinal);
            Assert.Contains(page.Descendants("a"), link => (string?)link.Attribute("href") == "#" + equation.Id);
        });
    }

    [Fact]
    public void An_equation_without_a_text_still_has_its_section() =>
        Assert.Contains(Page(Full with { Judgements = [Holds("XX-1", "bound", "v256")] }).Descendants("section"),
            section => (string?)section.Attribute("id") == "XX-1" && section.Value.Contains("v256", StringComparison.Ordinal));

    [Fact]
    public void What_a_failure_says_is_text_and_never_markup()
    {
        const string hostile = "<script>alert(\"&\")</script>]]>\0\uD800\u001B";
        var failure = new Failure(hostile, hostile, hostile);
        Report report = Full with
        {
            Judgements = [new(hostile, hostile, hostile, 1, 1, 0, 0, 2, failure)],
            Command = hostile,
            Machine = new(hostile, hostile, hostile, hostile),
            Training = Full.Training! with { Data = hostile, Engine = hostile },
        };
        string page = HtmlReport.Text(report);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<script>alert(\"&\")</script>]]>\uFFFD\uFFFD\uFFFD", Page(report).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_shows_its_case_what_was_found_and_how_to_repeat_it()
    {
        XElement page = Page(Failing);
        XElement section = page.Descendants("section").Single(section => (string?)section.Attribute("id") == "CV-F1");
        Assert.Contains("n1c3h8w8", section.Value, StringComparison.Ordinal);
        Assert.Contains("3.4 × the bound", section.Value, StringComparison.Ordinal);
        Assert.Contains("cnnverify verify CV-F1", section.Value, StringComparison.Ordinal);
        Assert.Contains("✗ Failed", page.Descendants("h1").Single().Parent!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_judged_nothing_has_not_passed()
    {
        string header = Page(Empty).Descendants("header").Single().Value;
        Assert.Contains("Nothing judged", header, StringComparison.Ordinal);
        Assert.DoesNotContain("Passed", header, StringComparison.Ordinal);
    }

    [Fact]
    public void Cases_beyond_the_oracle_or_all_but_zero_do_not_count_as_holding()
    {
        XElement Section(Judgement judgement) => Page(Full with { Judgements = [judgement] }).Descendants("section")
            .Single(section => (string?)section.Attribute("id") == "CV-F1");
        Assert.Contains("○ not judged", Section(Holds("CV-F1", "exact", "v256") with { Checks = 0, Beyond = 20 }).Value, StringComparison.Ordinal);
        Assert.Contains("○ weak", Section(Holds("CV-F1", "exact", "v256") with { Weak = 20 }).Value, StringComparison.Ordinal);
        Assert.Contains("✓ holds", Section(Holds("CV-F1", "exact", "v256") with { Weak = 19 }).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Drawings_have_a_title_a_description_and_finite_coordinates()
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, -1, 1e-300, 1, float.MaxValue, double.MaxValue];
        foreach (double a in values)
        {
            foreach (double b in values)
            {
                XElement page = Page(Full with
                {
                    Judgements = [Holds("CV-F1", "bound", "v128") with { Worst = a }, Holds("CV-F1", "bound", "v256") with { Worst = b }],
                    Lockstep = new(8, "v256", [Step(1, a), Step(2, b)]),
                    Training = Full.Training! with { Losses = [(float)a, (float)b], Epochs = [new(1, a, b, a), new(2, b, a, b)] },
                });
                Assert.All(page.Descendants("svg"), svg =>
                {
                    Assert.NotEmpty(svg.Element("title")!.Value);
                    Assert.NotEmpty((string)svg.Attribute("aria-label")!);
                    Assert.All(svg.Descendants().Attributes()
                            .Where(attribute => attribute.Name.LocalName is "d" or "x" or "y" or "cx" or "cy" or "x1" or "y1" or "x2" or "y2"),
                        attribute => Assert.Matches(@"^[-0-9.MLhlm ]*$", attribute.Value));
                });
            }
        }
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture_of_the_machine()
    {
        string expected = HtmlReport.Text(Failing) + JsonReport.Text(Failing);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (",", ".", "~");
        (culture.DateTimeFormat.TimeSeparator, culture.DateTimeFormat.DateSeparator) = (".", "/");
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.Equal(expected, HtmlReport.Text(Failing) + JsonReport.Text(Failing));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // The JSON

    [Theory]
    [MemberData(nameof(Reports))]
    public void The_json_carries_the_counts(string name, Report report)
    {
        JsonElement json = JsonDocument.Parse(JsonReport.Text(report)).RootElement;
        Assert.True(json.GetProperty("equations").GetInt32() == report.Equations, name);
        Assert.Equal(report.Checks, json.GetProperty("checks").GetInt32());
        Assert.Equal(report.Failed, json.GetProperty("failed").GetInt32());
        Assert.Equal(report.Summary, json.GetProperty("summary").GetString());
        Assert.Equal(report.Seed, json.GetProperty("seed").GetUInt64());
        Assert.Equal(report.Judgements.Count, json.GetProperty("judgements").GetArrayLength());
    }

    [Fact]
    public void The_json_survives_what_is_not_finite()
    {
        JsonElement json = JsonDocument.Parse(JsonReport.Text(Full with
        {
            Judgements = [Holds("CV-F1", "exact", "v256") with { Worst = double.PositiveInfinity }],
            Training = Full.Training! with { Losses = [float.NaN] },
        })).RootElement;
        Assert.Equal("Infinity", json.GetProperty("judgements")[0].GetProperty("worst").GetString());
        Assert.Equal("NaN", json.GetProperty("training").GetProperty("losses")[0].GetString());
    }

    // Files

    [Fact]
    public void A_file_is_written_in_folders_that_are_made_for_it()
    {
        string path = Path.Combine(directory, "a", "b", "report.html");
        AtomicFile.Write(path, "é×");
        Assert.Equal("é×"u8.ToArray(), File.ReadAllBytes(path));
    }

    [Fact]
    public void An_existing_file_is_replaced_whole()
    {
        string path = At("report.html");
        File.WriteAllText(path, "a longer text that was there before");
        AtomicFile.Write(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        AssertOnly(path);
    }

    [Fact]
    public void A_link_stays_a_link_and_its_file_is_replaced()
    {
        string path = At("report.html"), link = At("latest.html");
        File.WriteAllText(path, "old");
        File.CreateSymbolicLink(link, path);
        AtomicFile.Write(link, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(path, new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void The_old_file_stays_and_no_other_when_writing_fails_halfway()
    {
        string path = At("report.html");
        File.WriteAllText(path, "old");
        AssertRefused(path, () => AtomicFile.Write(path, HalfThen(new IOException("No space left on device"))), "No space left on device");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, HalfThen(new InvalidOperationException())));
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(path, HalfThen(new OperationCanceledException())));
        Assert.Equal("old", File.ReadAllText(path));
        AssertOnly(path);
    }

    [Fact]
    public void A_target_that_cannot_be_a_file_is_refused_in_one_line_with_its_path()
    {
        string file = At("file");
        File.WriteAllText(file, "old");
        foreach (string path in new[] { directory, directory + "/", Path.Combine(file, "report.html"), Path.Combine(file, "a", "report.html"), At(new string('a', 300)) })
            AssertRefused(path, () => AtomicFile.Write(path, "new"));
        foreach (string path in new[] { "", " ", "a\0b" })
            Assert.Throws<InputException>(() => AtomicFile.Write(path, "new"));
        Assert.Equal("old", File.ReadAllText(file));
        AssertOnly(file);
    }

    [UnixFact]
    public void A_device_is_refused_and_stays()
    {
        string link = At("null");
        File.CreateSymbolicLink(link, "/dev/null");
        AssertRefused("/dev/null", () => AtomicFile.Write("/dev/null", "new"));
        AssertRefused(link, () => AtomicFile.Write(link, "new"));
        Assert.Equal("", File.ReadAllText("/dev/null"));
    }

    [UnixFact]
    public void A_path_with_a_line_break_is_still_refused_in_one_line() =>
        Assert.DoesNotContain('\n', Assert.Throws<InputException>(() => AtomicFile.Write("/dev/a\nb", "new")).Message);

    // What is told about

    public static TheoryData<string, Report> Reports => new()
    {
        { "full", Full },
        { "failing", Failing },
        { "empty", Empty },
        { "lockstep of no step, training of no epoch", Empty with { Lockstep = new(8, "v256", []), Training = Full.Training! with { Losses = [], Epochs = [] } } },
        { "one step, one epoch", Empty with { Lockstep = new(8, "v256", [Step(1, 0)]), Training = Full.Training! with { Losses = [1], Epochs = [new(1, 1, 0.5, 9)] } } },
    };

    private static Report Full { get; } = new("0.1.0", new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), new("X64, 2 cores", "System", ".NET", "scalar"),
        "verify --all", ulong.MaxValue, [Holds("CV-F1", "exact", "v256"), Holds("CV-F1", "bound", "v256") with { Worst = 0.25 }, Holds("CV-B1", "bound", "scalar")],
        new(8, "v256", [.. Enumerable.Range(1, 40).Select(step => Step(step, 1e-7 / step))]),
        new(6000, 1000, "embedded", 32, 0.05f, 0.9f, 1, "v256", [new(1, 1.5, 0.8, 12345.6), new(2, 0.5, 0.95, 12345.6)],
            [.. Enumerable.Range(1, 400).Select(step => 2f / step)]));

    private static Report Empty { get; } = Full with { Judgements = [], Lockstep = null, Training = null };

    private static Report Failing { get; } = Full with
    {
        Judgements = [Holds("CV-F1", "bound", "v256") with { Worst = 3.4, Failure = new("n1c3h8w8", "error is 3.4 × the bound", "cnnverify verify CV-F1") }],
        Lockstep = new(8, "v256", [Step(1, 1e-7), Step(2, 1e-3)]),
    };

    private static Judgement Holds(string equation, string oracle, string engine) => new(equation, oracle, engine, 20, 12345, 0, 0, 0, null);

    private static LockstepStep Step(int step, double difference) => new(step, 2.3, difference, 1e-5, difference, 1e-6, difference / 1e-6);

    private static XElement Page(Report report)
    {
        string page = HtmlReport.Text(report);
        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        return XDocument.Parse(page).Root!;
    }

    private static Action<Stream> HalfThen(Exception exception) => stream =>
    {
        stream.Write(new byte[100_000]);
        throw exception;
    };

    private static void AssertRefused(string path, Action write, string reason = "")
    {
        string message = Assert.Throws<InputException>(write).Message;
        Assert.StartsWith($"{path}: wanted a file that can be written, got", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain(".tmp", message, StringComparison.Ordinal);
    }

    private void AssertOnly(string path) => Assert.Equal([path], Directory.GetFileSystemEntries(directory));

    private string At(string name) => Path.Combine(directory, name);

    private sealed class UnixFactAttribute : FactAttribute
    {
        public UnixFactAttribute()
        {
            if (OperatingSystem.IsWindows())
                Skip = "Windows has no /dev.";
        }
    }
}
