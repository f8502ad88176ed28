using System.Collections.Concurrent;
using System.Diagnostics;
using CnnVerified.Tests.Notation;
using Xunit;
using Xunit.Abstractions;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>The site that is opened: the one that the environment names, else that of the sample book, which takes a moment to build and not a minute.</summary>
public sealed class OpenedSite : IAsyncLifetime, IDisposable
{
    /// <summary>The environment variable that names a built site; a relative path starts at the repository.</summary>
    public const string Variable = "CNNVERIFIED_SITE";

    private readonly SampleBook? _sample;

    public OpenedSite()
    {
        Folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(named, DocsLibrary.Root)) : "";
        IsWhole = Folder.Length > 0;
        if (IsWhole || InBrowser.Browser.Installed() is null)
            return;
        _sample = new();
        _sample.Fill();
        Assert.NotNull(_sample.Build().Built);
        Folder = _sample.Site;
    }

    public string Folder { get; }

    /// <summary>Whether it is the site of docs/, and not of the sample.</summary>
    public bool IsWhole { get; }

    internal Browser Browser { get; private set; } = null!;

    public string Address(string place) => new Uri(Path.Combine(Folder, place)).AbsoluteUri;

    public async Task InitializeAsync()
    {
        if (InBrowser.Browser.Installed() is not null)
            Browser = await InBrowser.Browser.Start();
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
    }

    public void Dispose() => _sample?.Dispose();
}

/// <summary>The tests in a browser share one, and run one after the other.</summary>
[CollectionDefinition(nameof(OpenedSite))]
public sealed class BrowserCollection : ICollectionFixture<OpenedSite>;

/// <summary>Every page, opened from a file.</summary>
[Collection(nameof(OpenedSite))]
public sealed class BookInBrowserTests(OpenedSite site, ITestOutputHelper output)
{
    private const int Slowest = 5, Times = 5;

    [BrowserFact]
    public async Task Every_page_is_shown_whole_with_and_without_scripts()
    {
        Assert.True(File.Exists(Path.Combine(site.Folder, "index.html")), $"{OpenedSite.Variable}={site.Folder}: expected a site that cnnverify docs --out has built, got no index.html in it.");
        string[] pages = [.. Directory.GetFiles(site.Folder, "*.html", SearchOption.AllDirectories).Select(page => Path.GetRelativePath(site.Folder, page).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.All(["en/", "zh/", "equations/"], folder => Assert.Contains(pages, page => page.StartsWith(folder, StringComparison.Ordinal)));
        var wrong = new ConcurrentQueue<string>();
        var figures = new ConcurrentQueue<(string Page, Figures Figures)>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enum.GetValues<Scripts>().Select(async scripts =>
        {
            await using Tab tab = await site.Browser.Open(scripts);
            foreach (string page in pages)
            {
                var (faults, found) = await PageReading.Read(tab, site.Address(page));
                Assert.True(tab.Requests > 1, $"{page}: expected the requests for the page and its style sheet, got {tab.Requests}");
                foreach (string fault in faults)
                    wrong.Enqueue($"{page}, scripts {scripts}: {fault}");
                figures.Enqueue((page, found));
            }
        }));
        output.WriteLine($"{pages.Length} pages, scripts off and on, {string.Join(" and ", PageReading.Widths)} px: {watch.Elapsed.TotalSeconds:0} s");
        // Once more with no other page beside them, which kept the processor busy; the first of several times may have waited for the disk.
        await using (Tab alone = await site.Browser.Open(Scripts.Off))
            foreach (string page in figures.OrderByDescending(each => each.Figures.Time).Select(each => each.Page).Distinct().Take(Slowest))
            {
                var times = new List<TimeSpan>();
                for (int time = 0; time < Times; time++)
                    times.Add(await alone.Open(site.Address(page)));
                times.Sort();
                output.WriteLine($"{page} opens in {times[Times / 2].TotalMilliseconds:0} ms, the median of {Times}; beside another page {figures.Where(each => each.Page == page).Max(each => each.Figures.Time).TotalMilliseconds:0} ms");
            }
        output.WriteLine($"formulas {figures.Sum(each => each.Figures.Formulas) / 2}, signs with limits {figures.Sum(each => each.Figures.Limits) / 2}, pictures {figures.Sum(each => each.Figures.Pictures) / 2}");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
        Assert.True(figures.Sum(each => each.Figures.Formulas) > 10 && figures.Any(each => each.Figures.Limits > 0) && figures.Any(each => each.Figures.Pictures > 0), "expected formulas, limits and pictures on the pages");
    }

    // A chapter, a page of equations and the errata: as a file to look at, by day on a desk and by night on a phone.
    [BrowserFact]
    public async Task Pictures_of_pages_are_kept()
    {
        string[] pages = site.IsWhole ? ["en/05-convolution-gradients", "equations/convolution", "zh/17-errata"] : ["en/00-windows", "equations/rows", "zh/01-gradients"];
        await using Tab tab = await site.Browser.Open(Scripts.On);
        foreach (string page in pages)
        {
            byte[] day = await Picture(1280, "light"), night = await Picture(360, "dark");
            Assert.All([day, night], picture => Assert.True(picture.AsSpan(1).StartsWith("PNG"u8)));
            Assert.NotEqual(day, night);

            async Task<byte[]> Picture(int width, string scheme)
            {
                await tab.Prefer(scheme);
                await tab.Resize(width);
                await tab.Open(site.Address($"{page}.html"));
                byte[] picture = await tab.Screenshot(width, 1600);
                if (site.IsWhole)
                    await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory($"{site.Folder}-pictures").FullName, $"{page.Replace('/', '-')}-{width}.png"), picture);
                return picture;
            }
        }
    }

    [BrowserFact]
    public async Task Scripts_search_and_keep_the_place_and_without_them_nothing_is_offered_that_does_not_work()
    {
        string id = site.IsWhole ? "CV-B1" : "RW-B1", chapter = site.IsWhole ? "05-convolution-gradients" : "01-gradients";
        await using Tab off = await site.Browser.Open(Scripts.Off), on = await site.Browser.Open(Scripts.On);
        await off.Open(site.Address("en/index.html"));
        Assert.True((await off.Value("document.getElementById('search').hidden && window.bookIndex === undefined")).GetBoolean());
        foreach (string language in new[] { "en", "zh" })
        {
            await on.Open(site.Address($"{language}/index.html"));
            Assert.Contains($"#{id}".ToLowerInvariant(), (await on.Value($$"""
                (() => {
                  const box = document.querySelector('#search input');
                  box.value = '{{id}}';
                  box.dispatchEvent(new Event('input'));
                  return [...document.querySelectorAll('#search a')].map(a => a.getAttribute('href')).join(' ');
                })()
                """)).GetString()!.ToLowerInvariant(), StringComparison.Ordinal);
        }
        await on.Open(site.Address($"en/{chapter}.html") + "#s2");
        Assert.EndsWith($"/zh/{chapter}.html#s2", (await on.Value("(() => { const a = document.querySelector('a.language'); a.addEventListener('click', e => e.preventDefault()); a.click(); return a.href; })()")).GetString(), StringComparison.Ordinal);
        Assert.Empty(on.Faults);
    }

    [BrowserFact(NeedsBook = true)]
    public async Task Chapters_can_be_stepped_through_where_scripts_run()
    {
        await using Tab on = await site.Browser.Open(Scripts.On), off = await site.Browser.Open(Scripts.Off);
        foreach (string language in new[] { "en", "zh" })
            foreach (var (chapter, count) in new[] { ("04-convolution", 1), ("05-convolution-gradients", 2), ("06-pooling", 1), ("03-why-convolution", 0) })
            {
                await on.Open(site.Address($"{language}/{chapter}.html"));
                Assert.Equal(count, (await on.Value("document.querySelectorAll('.steps').length")).GetInt32());
                await off.Open(site.Address($"{language}/{chapter}.html"));
                Assert.Equal(0, (await off.Value("document.querySelectorAll('.steps').length")).GetInt32());
            }
    }
}
