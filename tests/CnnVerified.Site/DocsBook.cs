using CnnVerified.Verification;

namespace CnnVerified.Site;

/// <summary>The docs as a book: fills its quotations, finds what is stale, builds its pages.</summary>
internal sealed class DocsBook
{
    private readonly SiteSettings _settings;
    private readonly List<Fault> _faults = [];
    private Manuscript _manuscript;

    public DocsBook(SiteSettings settings)
    {
        _settings = settings;
        _manuscript = Manuscript.Read(settings.Docs);
    }

    /// <summary>What is wrong, as far as was looked.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>Writes what the docs say now between the markers of every chapter. A chapter with a wrong marker stays as it is.</summary>
    /// <returns>The chapters that were changed.</returns>
    public IReadOnlyList<string> Fill()
    {
        var quotations = new Quotations(_manuscript, new BlockSet(_manuscript, _faults.Add));
        var changed = new List<string>();
        foreach (TextFile chapter in _manuscript.Chapters)
        {
            int before = _faults.Count;
            string text = quotations.Filled(chapter, _faults.Add);
            if (_faults.Count > before || text == chapter.Text)
                continue;
            Verification.Reports.AtomicFile.Write(chapter.Path, text);
            changed.Add(chapter.Name);
        }
        _manuscript = Manuscript.Read(_settings.Docs);
        return changed;
    }

    /// <summary>Draws the pictures into the folder pictures of the docs.</summary>
    /// <returns>Their files.</returns>
    public IReadOnlyList<string> Draw()
    {
        foreach (var (name, picture) in PictureList.All)
            Verification.Reports.AtomicFile.Write(PictureFile(name), picture);
        return [.. PictureList.All.Keys.Select(name => $"{name}.svg")];
    }

    /// <summary>Looks for stale and unknown markers, for stale pictures, and for what differs between the languages.</summary>
    public void Check() => Check(new BlockSet(_manuscript, _faults.Add));

    /// <summary>Builds the pages; where anything is wrong, nothing is written.</summary>
    /// <param name="folder">Where to.</param>
    /// <returns>What was built, in a line; null where something is wrong.</returns>
    /// <exception cref="InputException">The folder cannot be written, or is not to be replaced.</exception>
    public string? Build(string folder)
    {
        try
        {
            return BuildWhole(folder);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--out {folder}: expected a folder that can be written, got: {wrong.Message}", wrong);
        }
    }

    private string? BuildWhole(string folder)
    {
        using var site = new SiteFolder(folder);
        var blocks = new BlockSet(_manuscript, _faults.Add);
        var (quotations, translations) = Check(blocks);
        if (_faults.Count > 0)
            return null;
        Judgement judgement = Judgement.Of(blocks, _settings.Date, _settings.Check, _faults.Add);
        if (_faults.Count > 0)
            return null;
        var writer = new SitePages(_manuscript, blocks, quotations, translations, judgement, _settings, site, _faults.Add);
        int pages = writer.Write();
        if (_faults.Count > 0)
            return null;
        if (_settings.Pdf is var (pdf, browser))
            writer.Print(pdf, browser);
        site.Finish();
        return $"{pages} pages, {judgement.Count} blocks checked {Words.Day(judgement.Date)}, all as stated: {folder}";
    }

    private string PictureFile(string name) => Path.Combine(_manuscript.Folder, "pictures", $"{name}.svg");

    private (Quotations, Translations) Check(BlockSet blocks)
    {
        var quotations = new Quotations(_manuscript, blocks);
        foreach (TextFile chapter in _manuscript.Chapters)
            quotations.Check(chapter, _faults.Add);
        BothLanguages.Check(_manuscript, _faults.Add);
        var translations = new Translations(_manuscript, _faults.Add);
        translations.Check(_manuscript, blocks, quotations, _faults.Add);
        foreach (var (name, picture) in PictureList.All.Where(picture => File.Exists(PictureFile(picture.Key))))
            if (File.ReadAllText(PictureFile(name)).ReplaceLineEndings("\n") != picture)
                _faults.Add(new($"{_manuscript.Name}/pictures/{name}.svg", 0, "expected the picture that cnnverify docs --pictures draws, got another one."));
        return (quotations, translations);
    }
}
