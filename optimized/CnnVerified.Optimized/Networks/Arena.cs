using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Networks;

/// <summary>The memory of a network: all places are planned first, then taken at once. Every place begins at a multiple of 64 bytes.</summary>
/// <remarks>The memory is pinned and belongs to the collector, so that a network needs no disposal.</remarks>
internal sealed unsafe class Arena
{
    private const int Alignment = 16;   // floats: 64 bytes

    private float[] _memory = [];
    private long _floats;
    private int _start;

    /// <summary>Plans a place.</summary>
    /// <param name="floats">Its length.</param>
    /// <returns>Where it begins.</returns>
    /// <exception cref="ArgumentOutOfRangeException">All places together are beyond what an array holds.</exception>
    public int Plan(long floats)
    {
        long at = _floats;
        _floats += (floats + Alignment - 1) / Alignment * Alignment;
        if (_floats > Array.MaxLength - Alignment)
            throw new ArgumentOutOfRangeException(nameof(floats), $"a network expects at most {Array.MaxLength:N0} floats of memory, got {_floats:N0}: a smaller batch.");
        return (int)at;
    }

    /// <summary>Takes the memory, cleared.</summary>
    public void Take()
    {
        _memory = GC.AllocateArray<float>((int)_floats + Alignment, pinned: true);
        nint offset = (nint)Unsafe.AsPointer(ref _memory[0]) / sizeof(float) % Alignment;
        _start = (int)((Alignment - offset) % Alignment);
    }

    /// <summary>A planned place.</summary>
    /// <param name="at">Where it begins.</param>
    /// <param name="count">How much of it.</param>
    public Span<float> this[int at, int count] => _memory.AsSpan(_start + at, count);
}
