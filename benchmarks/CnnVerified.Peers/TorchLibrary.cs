using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CnnVerified.Peers;

/// <summary>Makes libtorch's bridge load where the system's C++ library is older than the one it was linked with.</summary>
/// <remarks>The bridge asks for version GLIBCXX_3.4.32 of libstdc++, which Debian 12 does not have, and uses it for a single symbol that
/// nothing in the bridge refers to. In a copy of the file that version is marked as weak: then the loader does without.</remarks>
internal static class TorchLibrary
{
    private const string Bridge = "libLibTorchSharp.so";
    private const uint VersionNeeds = 0x6ffffffe;
    private const int WeakFlag = 2;

    /// <summary>Loads the bridge, from a mended copy if it must be.</summary>
    /// <returns>What was done, for the page; empty where nothing was.</returns>
    public static string Load()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "";
        string folder = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        if (!File.Exists(Path.Combine(folder, Bridge)))
            folder = AppContext.BaseDirectory;
        string path = Path.Combine(folder, Bridge);
        // The bridge finds libtorch in its own folder; with all of it in the process it is found by name.
        foreach (string library in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
            NativeLibrary.Load(Path.Combine(folder, library));
        if (NativeLibrary.TryLoad(path, out _))
            return "";
        byte[] bytes = File.ReadAllBytes(path);
        int marked = MarkWeak(bytes, "GLIBCXX_3.4.32");
        if (marked == 0)
            NativeLibrary.Load(path);   // another reason: its message tells
        // Written beside it and moved, so that the package's cache, to which the file may be linked, stays as it is.
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
        NativeLibrary.Load(path);
        return "The bridge asks for GLIBCXX_3.4.32, which this system's libstdc++ does not have. In a copy, that version was marked as weak; libtorch itself is as it came.";
    }

    // ELF, 64 bits, little-endian: section headers, and in the section of needed versions a chain of entries for each library.
    private static int MarkWeak(Span<byte> file, string version)
    {
        uint hash = 0;
        foreach (char c in version)
        {
            hash = (hash << 4) + c;
            hash = (hash ^ ((hash & 0xf0000000) >> 24)) & 0x0fffffff;
        }
        int marked = 0, sections = (int)BinaryPrimitives.ReadInt64LittleEndian(file[0x28..]), size = Word(file, 0x3a), count = Word(file, 0x3c);
        for (int section = 0; section < count; section++)
        {
            Span<byte> header = file.Slice(sections + section * size, size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != VersionNeeds)
                continue;
            int need = (int)BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
            while (true)
            {
                int entry = need + Int(file, need + 8);
                for (int i = 0; i < Word(file, need + 2); i++, entry += Int(file, entry + 12))
                    if (BinaryPrimitives.ReadUInt32LittleEndian(file[entry..]) == hash)
                    {
                        file[entry + 4] |= WeakFlag;
                        marked++;
                    }
                if (Int(file, need + 12) == 0)
                    break;
                need += Int(file, need + 12);
            }
        }
        return marked;
    }

    private static int Word(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static int Int(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);
}
