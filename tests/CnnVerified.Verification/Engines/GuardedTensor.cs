using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace CnnVerified.Verification.Engines;

/// <summary>A float tensor in memory of its own that ends right before a page which may not be touched: a kernel that reads or
/// writes past the end stops the process instead of passing.</summary>
/// <remarks>The page is guarded on Linux and macOS; elsewhere the memory is plain.</remarks>
internal sealed unsafe class GuardedTensor : IDisposable
{
    private const int None = 0, ReadWrite = 3, Private = 2;
    private static readonly bool CanGuard = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();
    private static readonly int Anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    private const int MostKept = 1 << 18;
    private static readonly ConcurrentDictionary<nuint, ConcurrentStack<nint>> KeptBlocks = new();

    private readonly nint[] _lengths;
    private readonly nint _count;
    private readonly nuint _bytes;
    private readonly byte* _block;
    private readonly float* _start;

    /// <summary>Copies values in, or fills with NaN where there are none.</summary>
    public GuardedTensor(float[]? values, nint[] lengths)
    {
        _lengths = lengths;
        _count = lengths.Aggregate((nint)1, (product, length) => product * length);
        nuint page = (nuint)Environment.SystemPageSize, data = (nuint)_count * sizeof(float);
        if (CanGuard)
        {
            nuint room = (data + page - 1) / page * page;
            _bytes = room + page;
            _block = Kept(_bytes).TryPop(out nint kept) ? (byte*)kept : New(room, page, lengths);
            _start = (float*)(_block + room - data);
        }
        else
        {
            _block = (byte*)NativeMemory.Alloc(Math.Max(data, 1));
            _start = (float*)_block;
        }
        if (values is null)
            Values.Fill(float.NaN);
        else
            values.CopyTo(Values);
    }

    // Blocks are given back to the next tensor of their size: asking the system for each anew took half of the battery's time.
    private static ConcurrentStack<nint> Kept(nuint bytes) => KeptBlocks.GetOrAdd(bytes, _ => new());

    private static byte* New(nuint room, nuint page, nint[] lengths)
    {
        byte* block = (byte*)mmap(null, room + page, ReadWrite, Private | Anonymous, -1, 0);
        if (block == (byte*)-1 || mprotect(block + room, page, None) != 0)
            throw new InsufficientMemoryException($"no memory for a tensor of {Lengths.Text(lengths)} floats.");
        return block;
    }

    public TensorSpan<float> Span => new(_start, _count, _lengths);

    public Span<float> Values => new(_start, (int)_count);

    public float* Start => _start;

    public void Dispose()
    {
        if (CanGuard && _bytes <= MostKept)
            Kept(_bytes).Push((nint)_block);
        else if (CanGuard)
            _ = munmap(_block, _bytes);
        else
            NativeMemory.Free(_block);
    }

    [DllImport("libc")]
    private static extern void* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc")]
    private static extern int mprotect(void* address, nuint length, int protection);

    [DllImport("libc")]
    private static extern int munmap(void* address, nuint length);
}
