namespace CnnVerified.Site;

/// <summary>Writes every page of a site.</summary>
internal sealed class SitePages(Manuscript manuscript, BlockSet blocks, Quotations quotations, Translations translations, Judgement judgement, SiteSettings settings, SiteFolder site, Action<Fault> fault)
{
    private static readonly string[] Assets = ["book.css", "book.js", "steps.js", "stix-two-math.woff2", "stix-two-math-LICENSE.txt"];

    private readonly Dictionary<string, string> _pages = [];
    private readonly Dictionary<TextFile, string> _chapters = new(ReferenceEqualityComparer.Instance);

    /// <summary>Writes pages, pictures, sources and the index.</summary>
    /// <returns>How many pages there are.</returns>
    public int Write()
    {
        string sources = Path.GetFullPath(settings.Sources);
        var links = new Links(manuscript.Folder, sources);
        var card = new EquationCard(blocks, judgement, links, new Citation(judgement.Date), translations);
        var writer = new PageWriter(blocks, card, links, fault);
        PageText[] chapters = [.. manuscript.Chapters.Select(Parse)], shared = [.. manuscript.Equations.Concat(manuscript.Pages).Select(Parse)];
        var frame = new Frame(chapters);

        foreach (PageText page in chapters)
        {
            PageText? other = chapters.FirstOrDefault(each => each.File.Stem == page.File.Stem && each != page);
            string body = _chapters[page.File] = writer.Write(page, other);
            Put(page.File.Page, frame.Page(page.File.Page, page.Title, page.File.Language, body, other?.File.Page));
        }
        foreach (PageText page in shared)
            Put(page.File.Page, frame.Page(page.File.Page, page.Title, null, writer.Write(page, null), null));
        // What both languages share is indexed once; from either contents page it lies in the same place.
        site.Write("assets/index.js", SearchIndex.Of(Language.English, shared));
        foreach (Language language in Enum.GetValues<Language>())
        {
            string place = Frame.Contents(language), index = $"assets/index-{language.Code()}.js";
            string body = new ContentsPage(chapters, shared, blocks, judgement, card, translations).Write(language);
            site.Write(index, SearchIndex.Of(language, chapters.Where(chapter => chapter.File.Language == language)));
            Put(place, frame.Page(place, Words.Of(language).Title, language, body, Frame.Contents(language.Other()), index, "assets/index.js"));
        }
        Put("index.html", frame.Page("index.html", Words.English.Title, null, $"<h1>{Words.English.Title}</h1>\n<p>{Html.Link(Frame.Contents(Language.English), "English")}</p>\n<h1 lang=\"zh\">{Words.Chinese.Title}</h1>\n<p lang=\"zh\">{Html.Link(Frame.Contents(Language.Chinese), "中文")}</p>\n", null));
        // A source that is Markdown may lead to more of them.
        while (links.Next(out string path, out string place))
            Put(place, Source(path, place, Path.GetRelativePath(sources, path).Replace('\\', '/'), links.Lines(path), frame, writer));
        foreach (var (path, place) in links.Assets)
            site.Write(place, File.ReadAllBytes(path));
        foreach (string asset in Assets)
            site.Write($"assets/{asset}", Asset(asset));
        foreach (var (page, address, missing) in LinkCheck.Broken(_pages, site.Files))
            fault(new(page, 0, $"expected {missing} for the link '{address}', got none."));
        return _pages.Count;
    }

    /// <summary>Prints the chapters of each language. The page that is printed is no part of the site.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="browser">The browser.</param>
    public void Print(string folder, string browser)
    {
        foreach (Language language in Enum.GetValues<Language>().Where(language => manuscript.ChaptersIn(language).Any()))
        {
            string place = $"{language.Code()}/print.html", title = Words.Of(language).Title;
            TextFile[] chapters = [.. manuscript.ChaptersIn(language)];
            string contents = string.Concat(chapters.Select(chapter => $"<li>{Html.Link($"#{chapter.Stem}", Parse(chapter).Title)}</li>\n"));
            string body = $"<h1>{title}</h1>\n<p>{Html.Text(Words.Of(language).Edition(judgement))}</p>\n<ul class=\"chapters\">\n{contents}</ul>\n"
                + PrintedBook.Joined([.. chapters.Select(chapter => (chapter.Stem, _chapters[chapter]))]);
            using var page = site.Borrow(place, new Frame([]).Page(place, title, language, body, null));
            PrintedBook.Print(browser, page.Path, Path.GetFullPath(Path.Combine(folder, $"book-{language.Code()}.pdf")), settings.Check.Stop);
        }
    }

    private PageText Parse(TextFile file) => new(file, quotations);

    private string Source(string path, string place, string name, IReadOnlySet<int> lines, Frame frame, PageWriter writer)
    {
        if (!path.EndsWith(".md", StringComparison.Ordinal))
            return frame.Page(place, name, null, SourcePage.Of(name, File.ReadAllText(path), lines), null);
        PageText page = Parse(Manuscript.Page(path, name, place));
        return frame.Page(place, page.Title, null, writer.Write(page, null), null);
    }

    private void Put(string place, string text)
    {
        _pages.Add(place, text);
        site.Write(place, text);
    }

    private static byte[] Asset(string name)
    {
        using Stream asset = typeof(SitePages).Assembly.GetManifestResourceStream($"assets/{name}")!;
        using var content = new MemoryStream();
        asset.CopyTo(content);
        return content.ToArray();
    }
}
