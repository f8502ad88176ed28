using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>That the reading of a page sees what it looks for: each page here has one thing wrong.</summary>
[Collection(nameof(OpenedSite))]
public sealed class PageReadingTests(OpenedSite site)
{
    private const string Sum = "<munder><mo movablelimits=\"true\">∑</mo><mrow><mi>i</mi><mo>&lt;</mo><mi>N</mi></mrow></munder><mi>x</mi>";

    [BrowserTheory]
    [InlineData("On", "<script>console.error('lost')</script>", "console: lost")]
    [InlineData("On", "<script>console.warn('lost')</script>", "console: lost")]
    [InlineData("On", "<script>nothing.there = 1</script>", "exception: ReferenceError: nothing is not defined")]
    [InlineData("On", "<script>setTimeout(() => { throw new Error('late') })</script><img alt=\"a\" src=\"window.svg\" />", "exception: Error: late")]
    [InlineData("On", "<script src=\"none.js\"></script>", "failed request: file:///")]
    [InlineData("On", "<script>fetch('index.json').catch(() => {})</script><img alt=\"a\" src=\"window.svg\" />", "failed request")]
    [InlineData("On", "<script>new Image().src = 'http://127.0.0.1:9/a.png'</script>", "request beyond the folder: http://127.0.0.1:9/a.png")]
    [InlineData("Off", "<img alt=\"a\" src=\"none.svg\" />", "failed request: file:///")]
    [InlineData("Off", "<img alt=\"a\" src=\"http://127.0.0.1:9/a.png\" />", "request beyond the folder: http://127.0.0.1:9/a.png")]
    [InlineData("Off", "<link rel=\"stylesheet\" href=\"none.css\" />", "failed request: file:///")]
    [InlineData("Off", "<style>p { background: url(none.png) }</style><p>text</p>", "failed request: file:///")]
    [InlineData("Off", "<p style=\"width: 350px\">text</p>", "360 px: wider than the window by 6 px: <p> text")]
    [InlineData("Off", "<div style=\"overflow: auto; max-width: 300px\"><p style=\"width: 900px\">in</p></div><p style=\"width: 400px\">text</p>", "360 px: wider than the window by 56 px: <p> text")]
    [InlineData("Off", "<style>@media (min-width: 1000px) { p { width: 1300px } }</style><p>text</p>", "1280 px: wider than the window by 36 px: <p> text")]
    [InlineData("Off", "<math></math>", "a formula of 0 × 0 px")]
    [InlineData("Off", "<div class=\"rows\"><math>" + Sum + "</math></div>", "limits beside their sign")]
    [InlineData("Off", "<div class=\"rows\"><math display=\"block\"><mfrac><mi>a</mi><mrow>" + Sum + "</mrow></mfrac></math></div>", "limits beside their sign")]
    [InlineData("Off", "<img src=\"window.svg\" />", "of role image, got 1 of that role, 0 with a name")]
    [InlineData("Off", "<img src=\"window.svg\" alt=\"\" />", "of role image, got 0 of that role")]
    [InlineData("Off", "<svg role=\"img\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\" /></svg>", "of role image, got 1 of that role, 0 with a name")]
    [InlineData("Off", "<math aria-hidden=\"true\"><mi>x</mi></math>", "of role MathMLMath, got 0 of that role")]
    public async Task What_is_wrong_with_a_page_is_seen(string scripts, string body, string expected) =>
        Assert.Contains(await Faults(Enum.Parse<Scripts>(scripts), body), fault => fault.Contains(expected, StringComparison.Ordinal));

    [BrowserTheory]
    [InlineData("Off", "<script>console.error('lost')</script><script>nothing.there = 1</script>")]
    [InlineData("On", "<script>console.log('told')</script>")]
    [InlineData("On", "<p>text</p><img alt=\"a\" src=\"window.svg\" /><svg role=\"img\" aria-label=\"b\" width=\"9\" height=\"9\"></svg>")]
    [InlineData("On", "<div style=\"overflow: auto\"><p style=\"width: 900px\">scrolls by itself</p></div><details><math></math><img src=\"window.svg\" /></details>")]
    [InlineData("On", "<div class=\"rows\"><math display=\"block\">" + Sum + "</math></div>")]
    [InlineData("On", "<math>" + Sum + "</math>")]   // within a line of text they stand beside it
    public async Task A_page_with_nothing_wrong_passes(string scripts, string body) => Assert.Empty(await Faults(Enum.Parse<Scripts>(scripts), body));

    private async Task<IReadOnlyList<string>> Faults(Scripts scripts, string body)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(DocsLibrary.Root, "tests", "CnnVerified.Tests", "BookSite", "Sample", "docs", "pictures", "window.svg"), folder.File("window.svg"));
        string page = folder.File("page.html");
        await File.WriteAllTextAsync(page, $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\" /><title>a page</title><style>body {{ margin: 0 16px }}</style></head><body>{body}</body></html>\n");
        await using Tab tab = await site.Browser.Open(scripts);
        return (await PageReading.Read(tab, new Uri(page).AbsoluteUri)).Faults;
    }
}
