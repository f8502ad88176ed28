using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace CnnVerified.Verification.Engines;

/// <summary>A float tensor in memory of its own between pages which may not be touched, at one edge or the other: a kernel that reads or
/// writes beyond that edge stops the process instead of passing.</summary>
/// <remarks>Where the system has no such pages the memory is plain.</remarks>
internal sealed unsafe class GuardedTensor : IDisposable
{
    private const int MostKept = 1 << 18;
    private static readonly ConcurrentDictionary<nuint, ConcurrentStack<nint>> KeptBlocks = new();

    private readonly nint[] _lengths;
    private readonly nint _count;
    private readonly nuint _room;
    private readonly byte* _block;
    private readonly float* _start;

    /// <summary>Copies values in, or fills with NaN where there are none.</summary>
    public GuardedTensor(float[]? values, nint[] lengths, Edge edge)
    {
        (_lengths, Edge) = (lengths, edge);
        _count = lengths.Aggregate((nint)1, (product, length) => product * length);
        nuint data = (nuint)_count * sizeof(float);
        if (GuardedPages.Exist)
        {
            _room = GuardedPages.Room(data);
            _block = Kept(_room).TryPop(out nint kept) ? (byte*)kept : GuardedPages.Map(_room, 1);
            _start = (float*)(_block + GuardedPages.Page + (edge == Edge.Begin ? 0 : _room - data));
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

    private GuardedTensor(nint[] lengths)
    {
        _lengths = lengths;
        _count = lengths.Aggregate((nint)1, (product, length) => checked(product * length));
        _room = GuardedPages.Room(checked((nuint)_count * sizeof(float)));
        _block = GuardedPages.Map(_room, 0, 1);
        _start = (float*)(_block + GuardedPages.Page);
    }

    /// <summary>A tensor that may be larger than the machine's memory and must not be touched at all: what a shape is refused on.</summary>
    public static GuardedTensor Untouchable(nint[] lengths) => new(lengths);

    // Blocks are given back to the next tensor of their size: asking the system for each anew took half of the battery's time.
    private static ConcurrentStack<nint> Kept(nuint room) => KeptBlocks.GetOrAdd(room, _ => new());

    /// <summary>The edge that is guarded to the element; at the other the page may be some bytes away.</summary>
    public Edge Edge { get; }

    public TensorSpan<float> Span => new(_start, _count, _lengths);

    public Span<float> Values => new(_start, (int)_count);

    public float* Start => _start;

    public void Dispose()
    {
        if (!GuardedPages.Exist)
            NativeMemory.Free(_block);
        else if (_room <= MostKept)
            Kept(_room).Push((nint)_block);
        else
            GuardedPages.Unmap(_block, _room, 1);
    }
}
