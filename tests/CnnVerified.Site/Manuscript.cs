using CnnVerified.Verification;

namespace CnnVerified.Site;

/// <summary>The Markdown files of a docs folder, as they stand on the disk.</summary>
internal sealed class Manuscript
{
    private Manuscript(string folder, string name)
    {
        Folder = folder;
        Name = name;
    }

    /// <summary>The folder, in full.</summary>
    public string Folder { get; }

    /// <summary>The folder as it was named in the call.</summary>
    public string Name { get; }

    /// <summary>docs/equations: the only place where an equation is written.</summary>
    public IReadOnlyList<TextFile> Equations { get; private init; } = [];

    /// <summary>The other pages, in English.</summary>
    public IReadOnlyList<TextFile> Pages { get; private init; } = [];

    /// <summary>The chapters of both languages, in order.</summary>
    public IReadOnlyList<TextFile> Chapters { get; private init; } = [];

    /// <summary>zh/equations.tsv: what docs/equations says in English, in Chinese; null where there is no such file.</summary>
    public string? Translations { get; private init; }

    public IEnumerable<TextFile> ChaptersIn(Language language) => Chapters.Where(chapter => chapter.Language == language);

    /// <summary>Reads a docs folder.</summary>
    /// <param name="name">The folder.</param>
    /// <exception cref="InputException">There is none, or a file cannot be read.</exception>
    public static Manuscript Read(string name)
    {
        string folder = Path.GetFullPath(name);
        if (!Directory.Exists(folder))
            throw new InputException($"{name}: expected the docs folder of the project, got no folder of that name.");
        try
        {
            return new(folder, name)
            {
                Equations = [.. In(folder, name, "equations", null)],
                Pages = [.. In(folder, name, "", null)],
                Translations = Path.Combine(folder, "zh", "equations.tsv") is var table && File.Exists(table) ? File.ReadAllText(table).ReplaceLineEndings("\n") : null,
                Chapters = [.. In(folder, name, "en", Language.English), .. In(folder, name, "zh", Language.Chinese)],
            };
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{name}: expected Markdown files that can be read, got: {wrong.Message}", wrong);
        }
    }

    /// <summary>The recorded run of an experiment, or null where there is none.</summary>
    /// <param name="experiment">Its name.</param>
    public string? Experiment(string experiment)
    {
        string file = Path.Combine(Folder, "experiments", experiment + ".md");
        return File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : null;
    }

    /// <summary>A Markdown file as a page.</summary>
    public static TextFile Page(string path, string name, string page) => new(name, path, page, File.ReadAllText(path).ReplaceLineEndings("\n"));

    private static IEnumerable<TextFile> In(string folder, string name, string part, Language? language)
    {
        string within = Path.Combine(folder, part);
        if (!Directory.Exists(within))
            return [];
        return Directory.GetFiles(within, "*.md").Order(StringComparer.Ordinal).Select(file =>
        {
            string path = Path.GetRelativePath(folder, file).Replace('\\', '/');
            return Page(file, $"{name.TrimEnd('/', '\\')}/{path}", Path.ChangeExtension(path, "html")) with { Language = language };
        });
    }
}
