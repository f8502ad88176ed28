using System.Runtime.InteropServices;

namespace CnnVerified.Verification.Engines;

/// <summary>Which end of a buffer lies next to a page that must not be touched.</summary>
internal enum Edge
{
    /// <summary>The last element lies right before such a page.</summary>
    End,

    /// <summary>The first element lies right after one.</summary>
    Begin,
}

/// <summary>Memory between pages that must not be touched: whoever does stops the process.</summary>
/// <remarks>On Linux and macOS; elsewhere there is none.</remarks>
internal static unsafe class GuardedPages
{
    private const int None = 0, ReadWrite = 3, Private = 2;
    private static readonly int Anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    public static bool Exist { get; } = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    public static nuint Page { get; } = (nuint)Environment.SystemPageSize;

    /// <summary>Whole pages that hold so many bytes.</summary>
    public static nuint Room(nuint bytes) => (bytes + Page - 1) / Page * Page;

    /// <summary>Blocks of room, a page before the first and one behind each.</summary>
    /// <returns>The start of the whole; the first block begins a page later.</returns>
    /// <exception cref="InsufficientMemoryException">The system has no such room.</exception>
    public static byte* Map(nuint room, int blocks) => Map(room, blocks, blocks);

    /// <summary>Blocks of room, the first of which may be touched.</summary>
    public static byte* Map(nuint room, int usable, int blocks)
    {
        byte* start = (byte*)mmap(null, Size(room, blocks), None, Private | Anonymous, -1, 0);
        bool done = start != (byte*)-1;
        for (int block = 0; done && block < usable && room > 0; block++)
            done = mprotect(start + Page + (nuint)block * (room + Page), room, ReadWrite) == 0;
        return done ? start : throw new InsufficientMemoryException($"no memory for {blocks} × {room} bytes.");
    }

    public static void Unmap(byte* start, nuint room, int blocks) => _ = munmap(start, Size(room, blocks));

    private static nuint Size(nuint room, int blocks) => Page + (nuint)blocks * (room + Page);

    [DllImport("libc")]
    private static extern void* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc")]
    private static extern int mprotect(void* address, nuint length, int protection);

    [DllImport("libc")]
    private static extern int munmap(void* address, nuint length);
}
