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
    private readonly int _step = 1;
    private readonly nint _count;
    private readonly nuint _room;
    private readonly byte* _block;
    private readonly float* _start;

    /// <summary>Copies values in, or fills with NaN where there are none.</summary>
    /// <param name="values">As many as the lengths say, times the step.</param>
    /// <param name="lengths">The lengths.</param>
    /// <param name="edge">Which end lies at a page that may not be touched.</param>
    /// <param name="step">Of how many elements of the memory one belongs to the tensor.</param>
    public GuardedTensor(float[]? values, nint[] lengths, Edge edge, int step = 1)
    {
        (_lengths, Edge, _step) = (lengths, edge, step);
        // As System.Numerics.Tensors has it: without dimensions there are no elements.
        _count = lengths.Length == 0 ? 0 : lengths.Aggregate((nint)step, (product, length) => product * length);
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

    public TensorSpan<float> Span => _lengths.Length == 0 ? default : _step == 1 ? new(_start, _count, _lengths) : new(_start, _count, _lengths, Strides());

    /// <summary>Other elements in the same shape, with the same gaps.</summary>
    public ReadOnlyTensorSpan<int> Shaped(int[] values) => _step == 1 ? new(values, _lengths) : new(values, _lengths, Strides());

    public Span<float> Values => new(_start, (int)_count);

    public float* Start => _start;

    private nint[] Strides()
    {
        var strides = new nint[_lengths.Length];
        nint stride = _step;
        for (int i = strides.Length - 1; i >= 0; stride *= _lengths[i--])
            strides[i] = _lengths[i] == 1 ? 0 : stride;
        return strides;
    }

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
