using System.Text;
using CnnVerified.Verification;

namespace CnnVerified.Site;

/// <summary>A site that is built beside its place and takes it only when it is whole.</summary>
internal sealed class SiteFolder : IDisposable
{
    // Says that a folder is a site of ours, which the next one may replace.
    private const string Mark = "assets/book.css";

    private readonly string _target;
    private readonly string _building;
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>Begins a site.</summary>
    /// <param name="folder">Its place: a folder that is not there, is empty, or holds a site.</param>
    /// <exception cref="InputException">The folder holds something else, or cannot be made.</exception>
    public SiteFolder(string folder)
    {
        _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string parent = Path.GetDirectoryName(_target) ?? throw new InputException($"--out {folder}: expected a folder for the site, got the root of the disk.");
        if (File.Exists(_target))
            throw new InputException($"--out {folder}: expected a folder for the site, got a file.");
        if (Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any() && !File.Exists(Path.Combine(_target, Mark)))
            throw new InputException($"--out {folder}: expected an empty folder or a site to replace, got a folder with something else in it.");
        _building = Path.Combine(parent, $".{Path.GetFileName(_target)}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(_building);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--out {folder}: expected a folder that can be written, got: {wrong.Message}", wrong);
        }
    }

    /// <summary>The files written so far, from the root of the site.</summary>
    public IReadOnlySet<string> Files => _files;

    public void Write(string place, string text) => Write(place, Encoding.UTF8.GetBytes(text));

    public void Write(string place, byte[] content)
    {
        string path = Path.Combine(_building, place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        _files.Add(place);
    }

    /// <summary>Writes a page that is there only until it is given back.</summary>
    public Borrowed Borrow(string place, string text)
    {
        string path = Path.Combine(_building, place);
        File.WriteAllText(path, text);
        return new(path);
    }

    /// <summary>A page for a while.</summary>
    /// <param name="Path">The file, in full.</param>
    public sealed record Borrowed(string Path) : IDisposable
    {
        public void Dispose() => File.Delete(Path);
    }

    /// <summary>Puts the site in its place, and the one that was there away.</summary>
    public void Finish()
    {
        if (!Directory.Exists(_target))
        {
            Directory.Move(_building, _target);
            return;
        }
        string old = _building + "-old";
        Directory.Move(_target, old);
        try
        {
            Directory.Move(_building, _target);
        }
        catch (IOException)
        {
            Directory.Move(old, _target);
            throw;
        }
        Directory.Delete(old, recursive: true);
    }

    public void Dispose()
    {
        if (Directory.Exists(_building))
            Directory.Delete(_building, recursive: true);
    }
}
