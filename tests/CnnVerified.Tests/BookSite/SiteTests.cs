using System.Text;
using System.Xml.Linq;
using CnnVerified.Site;
using Xunit;

namespace CnnVerified.Tests.BookSite;

/// <summary>The site of the sample book, built once for all tests that only read it.</summary>
public sealed class BuiltSite : IDisposable
{
    private readonly SampleBook _book = new();

    public BuiltSite()
    {
        _book.Fill();
        var (built, faults) = _book.Build();
        Assert.Empty(faults);
        Assert.NotNull(built);
        Files = Directory.GetFiles(_book.Site, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(_book.Site, file).Replace('\\', '/'), File.ReadAllBytes);
    }

    /// <summary>The files by their place in the site.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    public IEnumerable<string> Pages => Files.Keys.Where(file => file.EndsWith(".html", StringComparison.Ordinal));

    public string Text(string place) => Encoding.UTF8.GetString(Files[place]);

    /// <summary>A page as a tree: every page is well-formed XML beside its first line.</summary>
    public XElement Tree(string place) => XDocument.Parse(Text(place).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!;

    public void Dispose() => _book.Dispose();
}

public sealed class SiteTests(BuiltSite site) : IClassFixture<BuiltSite>
{
    [Fact]
    public void Every_file_of_the_docs_has_its_page_and_what_they_lead_to_is_there() => Assert.Equal(
        ["assets/book.css", "assets/book.js", "assets/index-en.js", "assets/index-zh.js", "assets/index.js", "assets/steps.js", "assets/stix-two-math-LICENSE.txt", "assets/stix-two-math.woff2",
            "en/00-windows.html", "en/01-gradients.html", "en/index.html", "equations/rows.html", "index.html", "notes.html", "pictures/window.svg",
            "source/code/loop.txt.html", "zh/00-windows.html", "zh/01-gradients.html", "zh/index.html"],
        site.Files.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Nothing_is_fetched_from_anywhere_else()
    {
        int count = 0;
        foreach (string file in site.Files.Keys.Where(file => !file.EndsWith(".woff2", StringComparison.Ordinal)))
            foreach (string address in LoadedAddresses.Of(site.Text(file)))
            {
                count++;
                Assert.False(LoadedAddresses.IsAbsolute(address), $"{file}: {address}");
            }
        Assert.True(count > 20, $"expected the addresses of style sheets, scripts and pictures, got {count}");
    }

    [Theory]
    [InlineData("<img alt='x' src=\"https://elsewhere.example/a.png\" />")]
    [InlineData("<link rel=\"stylesheet\" href=\"//elsewhere.example/a.css\" />")]
    [InlineData("<img srcset=\"a.png 1x, http://elsewhere.example/b.png 2x\" />")]
    [InlineData("@import \"https://elsewhere.example/a.css\";")]
    [InlineData("@import url(https://elsewhere.example/a.css);")]
    [InlineData("src: url('https://elsewhere.example/a.woff2')")]
    [InlineData("<image xlink:href=\"https://elsewhere.example/a.png\"/>")]
    [InlineData("<use href=\"https://elsewhere.example/a.svg#b\"/>")]
    [InlineData("<script src=https://elsewhere.example/a.js></script>")]
    [InlineData("fetch(\"https://elsewhere.example/index.json\")")]
    [InlineData("<img src=\"/a.png\" />")]
    public void What_would_be_fetched_from_elsewhere_is_seen(string text) =>
        Assert.Contains(LoadedAddresses.Of(text), LoadedAddresses.IsAbsolute);

    [Theory]
    [InlineData("<a href=\"https://elsewhere.example/\">a source</a>")]
    [InlineData("<img src=\"../pictures/a.svg\" />")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>")]
    public void A_link_and_a_file_of_the_site_are_not_taken_for_it(string text) =>
        Assert.DoesNotContain(LoadedAddresses.Of(text), LoadedAddresses.IsAbsolute);

    [Fact]
    public void Every_link_leads_to_a_file_and_an_element_of_the_site()
    {
        int count = 0;
        var ids = site.Pages.ToDictionary(page => page, page => site.Tree(page).DescendantsAndSelf().Select(element => (string?)element.Attribute("id")).OfType<string>().ToList());
        Assert.All(ids, page => Assert.Equal(page.Value.Count, page.Value.Distinct().Count()));
        foreach (string page in site.Pages)
            foreach (string address in site.Tree(page).Descendants().SelectMany(element => new[] { element.Attribute("href"), element.Attribute("src") }).OfType<XAttribute>().Select(attribute => attribute.Value))
            {
                count++;
                var target = new Uri(new Uri($"site:///{page}"), address);
                string place = Uri.UnescapeDataString(target.AbsolutePath.TrimStart('/')), id = Uri.UnescapeDataString(target.Fragment.TrimStart('#'));
                Assert.True(site.Files.ContainsKey(place), $"{page}: {address}");
                Assert.True(id.Length == 0 || ids[place].Contains(id), $"{page}: {address}");
            }
        Assert.True(count > 100, $"expected many links, got {count}");
    }

    [Theory]
    [InlineData("en/01-gradients.html")]
    [InlineData("zh/01-gradients.html")]
    [InlineData("equations/rows.html")]
    public void An_equation_has_its_number_verdict_strength_day_links_and_citation(string page)
    {
        XElement tree = site.Tree(page), at = tree.Descendants().Single(element => (string?)element.Attribute("id") == "RW-B1");
        XElement card = at.Name == "section" ? at : at.ElementsAfterSelf("section").First();
        string text = card.Value;
        string[] expected = page.StartsWith("zh", StringComparison.Ordinal)
            ? ["RW-B1", "成立，精确", "检验于 2026-03-01", "为假的概率小于"]
            : ["RW-B1", "holds, exact", "checked 2026-03-01", "false with a probability below"];
        Assert.All([.. expected, "@misc{cnnverified-RW-B1,", "The CnnVerified authors: RW-B1, Correlation of a row, backward data."], each => Assert.Contains(each, text, StringComparison.Ordinal));
        Assert.Contains(card.Descendants("a"), link => ((string?)link.Attribute("href"))!.EndsWith("#RW-B1", StringComparison.Ordinal));
        Assert.NotEmpty(card.Descendants("math"));
    }

    [Fact]
    public void A_false_formula_that_says_so_is_shown_as_what_it_is() =>
        Assert.Contains("refuted (as the text says), checked 2026-03-01", site.Tree("equations/rows.html").Value, StringComparison.Ordinal);

    [Fact]
    public void A_derivation_has_a_reason_at_each_step()
    {
        XElement card = site.Tree("en/01-gradients.html").Descendants("section").Single(element => (string?)element.Attribute("id") == "RW-B1-derivation");
        Assert.Equal(["chain rule: x reaches the loss through every y", "what counts are the terms whose pixel is x[u]", "solved for i"],
            card.Descendants("div").Where(element => (string?)element.Attribute("class") == "reason").Select(element => element.Value));
    }

    [Fact]
    public void Every_paragraph_leads_to_the_same_one_in_the_other_language_or_to_the_last_before()
    {
        var switches = Switches("en/00-windows.html");
        Assert.Equal("../zh/00-windows.html#s0p1", switches["s0p1"]);
        Assert.Equal("../zh/00-windows.html#s1", switches["s1"]);
        Assert.Equal("../zh/00-windows.html#s1p2", switches["s1p2"]);
        Assert.Equal("../zh/00-windows.html#s1p2", switches["s1p3"]);   // the third is there in English alone
        Assert.Equal("../en/00-windows.html#s2p3", Switches("zh/00-windows.html")["s2p3"]);
    }

    [Fact]
    public void The_contents_list_every_equation_and_say_which_chapter_has_it()
    {
        XElement contents = site.Tree("zh/index.html");
        string[] addresses = [.. contents.Descendants("a").Select(link => link.Attribute("href")!.Value)];
        Assert.All(["../equations/rows.html#RW-F1", "../equations/rows.html#RW-B1", "../equations/rows.html#RW-B2", "01-gradients.html#RW-B1", "00-windows.html", "../notes.html"],
            address => Assert.Contains(address, addresses));
    }

    [Fact]
    public void The_index_has_the_words_of_each_section_and_is_a_script()
    {
        string english = site.Text("assets/index-en.js"), chinese = site.Text("assets/index-zh.js"), shared = site.Text("assets/index.js");
        Assert.All([english, chinese, shared], index => Assert.StartsWith("window.bookIndex = (window.bookIndex || []).concat([[", index, StringComparison.Ordinal));
        Assert.Contains("""["00-windows.html#one-window","One window","The first paragraph of the section. The second one, with code.""", english.Replace("A window over a row ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["../assets/index-en.js", "../assets/index.js", "../assets/book.js"], site.Tree("en/index.html").Descendants("script").Select(script => script.Attribute("src")!.Value));
        Assert.Contains("一个窗口", chinese, StringComparison.Ordinal);
        Assert.Contains("[\"../equations/rows.html#", shared, StringComparison.Ordinal);
        Assert.Contains("RW-B1 Correlation of a row, backward data", shared, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_with_signs_of_markup_stays_text() => Assert.Contains("reads a < b && c > d as text", site.Tree("notes.html").Value, StringComparison.Ordinal);

    [Fact]
    public void A_source_is_a_page_with_an_id_at_each_line_that_something_leads_to() =>
        Assert.Equal("  y[i] += x[i*sh+r-ph] * w[r]", site.Tree("source/code/loop.txt.html").Descendants("span").Single(line => (string?)line.Attribute("id") == "L2").Value);

    [Fact]
    public void A_chapter_leads_to_the_one_before_and_the_next()
    {
        Assert.Equal("01-gradients.html", Assert.Single(Ways("en/00-windows.html")));
        Assert.Equal("00-windows.html", Assert.Single(Ways("en/01-gradients.html")));

        IEnumerable<string> Ways(string page) => site.Tree(page).Descendants("a").Where(link => link.Attribute("rel") is not null).Select(link => link.Attribute("href")!.Value);
    }

    private Dictionary<string, string> Switches(string page) => site.Tree(page).Descendants("a").Where(link => (string?)link.Attribute("class") == "switch")
        .ToDictionary(link => link.Parent!.Attribute("id")!.Value, link => link.Attribute("href")!.Value);

    [Fact]
    public void Chinese_pages_show_titles_reasons_and_results_in_Chinese_and_English_ones_in_English()
    {
        (string Page, string Class)[] places = [("index.html", "equations"), ("01-gradients.html", "title"), ("01-gradients.html", "reason"), ("00-windows.html", "experiment")];
        Assert.All(places.SelectMany(place => Enum.GetValues<Language>(), (place, language) => (place.Page, place.Class, Code: language.Code())), place =>
        {
            string text = string.Concat(site.Tree($"{place.Code}/{place.Page}").Descendants().Where(element => (string?)element.Attribute("class") == place.Class).Select(element => element.Value)).Replace("中文", "", StringComparison.Ordinal);   // the link to the other language
            Assert.NotEmpty(text);
            Assert.Equal(place.Code == "zh", System.Text.RegularExpressions.Regex.IsMatch(text, "\\p{IsCJKUnifiedIdeographs}"));
            Assert.DoesNotMatch(place.Code == "zh" ? "Correlation|chain rule|loss" : "互相关|链式法则|损失", text);
        });
    }
}
