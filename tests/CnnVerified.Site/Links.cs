using System.Globalization;

namespace CnnVerified.Site;

/// <summary>From addresses of the docs to addresses of the site. What a page leads to becomes part of the site: pictures are copied, sources become
/// pages, so that nothing leads out of the folder but what names another site.</summary>
/// <param name="docs">The docs folder, in full.</param>
/// <param name="sources">The folder of the repository, in full.</param>
internal sealed class Links(string docs, string sources)
{
    private readonly Dictionary<string, string> _assets = [];
    private readonly Dictionary<string, string> _texts = [];
    private readonly Dictionary<string, HashSet<int>> _lines = [];
    private readonly Queue<string> _newTexts = new();

    /// <summary>Files to copy: from where, to which place in the site.</summary>
    public IReadOnlyDictionary<string, string> Assets => _assets;

    /// <summary>Takes the next file that became a page since.</summary>
    public bool Next(out string path, out string page)
    {
        page = "";
        if (!_newTexts.TryDequeue(out path!))
            return false;
        page = _texts[path];
        return true;
    }

    /// <summary>The address of a place in the sources, from the root of the site; null where the repository is not there.</summary>
    public string? Source(SourcePlace place)
    {
        string path = Path.GetFullPath(Path.Combine(sources, place.File));
        if (!File.Exists(path))
            return null;
        if (place.Line == 0)
            return Page(path);
        Keep(path, place.Line);
        return $"{Page(path)}#L{place.Line}";
    }

    /// <summary>The lines of a source file that something leads to.</summary>
    public IReadOnlySet<int> Lines(string path) => _lines.GetValueOrDefault(path) ?? [];

    /// <summary>The address on a page of what the docs link to.</summary>
    /// <param name="from">The file with the link.</param>
    /// <param name="address">The address.</param>
    /// <param name="href">The new one, or null where it leads to a folder, which has no page.</param>
    /// <returns>False where there is nothing of that name.</returns>
    public bool Resolve(TextFile from, string address, out string? href)
    {
        href = address;
        if (address.StartsWith('#') || Uri.TryCreate(address, UriKind.Absolute, out _))
            return true;
        string[] parts = address.Split('#', 2);
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from.Path)!, Uri.UnescapeDataString(parts[0])));
        href = null;
        if (Directory.Exists(path))
            return true;
        if (!File.Exists(path))
            return false;
        if (parts.Length > 1 && parts[1] is ['L', .. var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int line))
            Keep(path, line);
        href = Html.Relative(from.Page, Page(path)) + (parts.Length > 1 ? $"#{parts[1]}" : "");
        return true;
    }

    private void Keep(string path, int line)
    {
        if (!_lines.TryGetValue(path, out HashSet<int>? lines))
            _lines[path] = lines = [];
        lines.Add(line);
    }

    private string Page(string path)
    {
        bool isDocs = Within(docs, path) is not null;
        string place = Within(docs, path) ?? $"source/{Within(sources, path) ?? Path.GetFileName(path)}";
        if (isDocs && path.EndsWith(".md", StringComparison.Ordinal) && !place.StartsWith("experiments/", StringComparison.Ordinal))
            return Path.ChangeExtension(place, "html");
        if (isDocs && !path.EndsWith(".md", StringComparison.Ordinal))
        {
            _assets[path] = place;
            return place;
        }
        if (_texts.TryAdd(path, place + ".html"))
            _newTexts.Enqueue(path);
        return _texts[path];
    }

    private static string? Within(string folder, string path) =>
        Path.GetRelativePath(folder, path).Replace('\\', '/') is var relative && relative != "." && !relative.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(relative) ? relative : null;
}
