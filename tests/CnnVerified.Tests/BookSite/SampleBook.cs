using CnnVerified.Site;
using CnnVerified.Tests.Notation;

namespace CnnVerified.Tests.BookSite;

/// <summary>A copy of the small book in Sample, to fill, spoil and build.</summary>
internal sealed class SampleBook : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SampleBook()
    {
        string sample = Path.Combine(DocsLibrary.Root, "tests", "CnnVerified.Tests", "BookSite", "Sample");
        foreach (string file in Directory.GetFiles(sample, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Folder, Path.GetRelativePath(sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder => _folder.Path;

    public string Docs => _folder.File("docs");

    public string Site => _folder.File("site");

    public string Place(string name) => Path.Combine(Docs, name);

    public string Text(string name) => File.ReadAllText(Place(name));

    public void Replace(string name, string old, string now)
    {
        string text = Text(name);
        Xunit.Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(Place(name), text.Replace(old, now, StringComparison.Ordinal));
    }

    public (IReadOnlyList<string> Changed, string[] Faults) Fill()
    {
        DocsBook book = Open();
        return (book.Fill(), Told(book));
    }

    public string[] Check()
    {
        DocsBook book = Open();
        book.Check();
        return Told(book);
    }

    public (string? Built, string[] Faults) Build()
    {
        DocsBook book = Open();
        return (book.Build(Site), Told(book));
    }

    public void Dispose() => _folder.Dispose();

    private DocsBook Open() => new(new SiteSettings(Docs, Folder) { Date = new(2026, 3, 1) });

    // Files as docs/…, wherever the copy lies.
    private string[] Told(DocsBook book) => [.. book.Faults.Select(fault => fault.ToString().Replace(Folder + "/", "", StringComparison.Ordinal))];
}
