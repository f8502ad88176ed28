using System.Text;

namespace CnnVerified.Verification.Reports;

/// <summary>Files that are written whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>Writes a text as UTF-8.</summary>
    /// <param name="path">The file, which may exist; its folder is made where it does not.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="InputException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes what a function writes.</summary>
    /// <param name="path">The file, which may exist; its folder is made where it does not.</param>
    /// <param name="write">Writes the content. What it throws passes, except that errors of the disk become the line of this method.</param>
    /// <exception cref="InputException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Target(path);
        string folder = Path.GetDirectoryName(target)!;
        string temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");   // beside the target: a move across disks is a copy
        try
        {
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, $"got: {e.Message.Replace(temporary, target, StringComparison.Ordinal)}", e);
        }
        finally
        {
            Discard(temporary);
        }
    }

    // The file itself where the path is a link to one: the move would put a file in the place of the link.
    /// <summary>Finds out before long work whether a file can be written: writes a temporary file beside it and removes that.</summary>
    /// <param name="path">The file, which is not touched; its folder is made where it does not exist.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void EnsureWritable(string path)
    {
        string probe = Target(path) + $".{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(probe)!);
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, $"got: {e.Message.Replace(probe, path, StringComparison.Ordinal)}", e);
        }
    }

    private static string Target(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
            throw Unwritable($"'{path.Replace('\0', '?')}'", "got no path");
        string target = Path.GetFullPath(path);
        if (Directory.Exists(target) || Path.EndsInDirectorySeparator(target))
            throw Unwritable(path, "got a folder");
        string file = File.Exists(target) ? new FileInfo(target).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? target : target;
        return IsDevice(target) || IsDevice(file) ? throw Unwritable(path, "got a device") : file;
    }

    // Root could replace /dev/null.
    private static bool IsDevice(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal)
        || path.StartsWith("/proc/", StringComparison.Ordinal);

    private static InputException Unwritable(string path, string came, Exception? inner = null)
    {
        string line = $"{path}: wanted a file that can be written, {came}".ReplaceLineEndings(" ");
        return inner is null ? new(line) : new(line, inner);
    }

    private static void Discard(string temporary)
    {
        try
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here says more than this one.
        }
    }
}
