using System.IO.Compression;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Verification.Files;

/// <summary>NumPy's file of named arrays: a zip of NPY files.</summary>
/// <remarks>Read: stored and deflated entries, with their check sums. Written: stored, with a fixed date, so that the same arrays in the same
/// order give the same bytes. All arrays of a file together hold at most <see cref="Npy.MaxBytes"/>, in at most <see cref="MaxArrays"/> entries.</remarks>
public static class Npz
{
    /// <summary>The most arrays in one file.</summary>
    public const int MaxArrays = 4096;

    private const int MaxDirectory = 1 << 22;   // bytes of the list of entries: room for 4,096 names of nearly a kilobyte
    private const string Extension = ".npy";

    private static readonly DateTimeOffset Date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);   // the first that a zip can say

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The arrays by name, in the file's order.</returns>
    /// <exception cref="InputException">The file cannot be read, is no NPZ file, or one of its arrays is none that <see cref="Npy"/> reads.</exception>
    public static IReadOnlyList<(string Name, NpyArray Array)> Read(string path)
    {
        using FileStream stream = Npy.Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads a file from a stream that can seek.</summary>
    /// <param name="stream">The stream; it is left open.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>The arrays by name, in the file's order.</returns>
    /// <exception cref="InputException">The bytes are no NPZ file, or one of its arrays is none that <see cref="Npy"/> reads.</exception>
    public static IReadOnlyList<(string Name, NpyArray Array)> Read(Stream stream, string name)
    {
        try
        {
            // The library makes an object of each entry of the list before it can be asked how many there are.
            using var limited = new LimitedStream(stream, MaxDirectory + (1 << 17));
            using var zip = new ZipArchive(limited, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.Entries.Count > MaxArrays)
                throw new InputException($"{name}: expected at most {MaxArrays} arrays, got {zip.Entries.Count}.");
            limited.Left = long.MaxValue;
            long left = Npy.MaxBytes;
            var arrays = new List<(string, NpyArray)>();
            var names = new HashSet<string>();
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                string shown = $"{name}: {new string([.. entry.FullName.Take(80).Select(c => char.IsControl(c) ? '?' : c)])}";
                if (!entry.FullName.EndsWith(Extension, StringComparison.Ordinal) || entry.IsEncrypted)
                    throw new InputException($"{shown}: expected an entry whose name ends with .npy, not encrypted.");
                if (!names.Add(entry.FullName))
                    throw new InputException($"{shown}: expected each name once, got it twice.");
                using var content = new CheckedStream(entry.Open());
                NpyArray array = Npy.Read(content, shown, left);
                if (content.CheckSum != entry.Crc32)
                    throw new InputException($"{shown}: expected the check sum 0x{entry.Crc32:X8}, got 0x{content.CheckSum:X8}: the file is damaged.");
                left -= Buffer.ByteLength(array.Elements);
                arrays.Add((entry.FullName[..^Extension.Length], array));
            }
            return arrays;
        }
        catch (Exception reason) when (reason is IOException or InvalidDataException or NotSupportedException or ArgumentException or UnauthorizedAccessException)
        {
            throw new InputException($"{name}: expected an NPZ file, got bytes that cannot be read: {reason.Message}", reason);
        }
    }

    /// <summary>Writes a file, whole or not at all. The same arrays in the same order give the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">The arrays by name.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<(string Name, NpyArray Array)> arrays) => AtomicFile.Write(path, stream => Write(stream, arrays));

    /// <summary>Writes a file to a stream.</summary>
    /// <param name="stream">The stream; it is left open.</param>
    /// <param name="arrays">The arrays by name.</param>
    public static void Write(Stream stream, IEnumerable<(string Name, NpyArray Array)> arrays)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            // Not deflated: what deflate writes depends on the version of a library.
            ZipArchiveEntry entry = zip.CreateEntry(name + Extension, CompressionLevel.NoCompression);
            entry.LastWriteTime = Date;
            using Stream content = entry.Open();
            Npy.Write(content, array);
        }
    }
}
