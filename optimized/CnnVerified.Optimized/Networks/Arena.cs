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
    /// <returns>The place.</returns>
    /// <exception cref="ArgumentOutOfRangeException">All places together are beyond what an array holds.</exception>
    public Place Plan(long floats)
    {
        long start = _floats;
        _floats += (floats + Alignment - 1) / Alignment * Alignment;
        if (_floats > Array.MaxLength - Alignment)
            throw new ArgumentOutOfRangeException(nameof(floats), $"a network expects at most {Array.MaxLength:N0} floats of memory, got {_floats:N0}: a smaller batch.");
        return new((int)start, floats);
    }

    /// <summary>Takes the memory, cleared.</summary>
    public void Take()
    {
        _memory = GC.AllocateArray<float>((int)_floats + Alignment, pinned: true);
        nint offset = (nint)Unsafe.AsPointer(ref _memory[0]) / sizeof(float) % Alignment;
        _start = (int)((Alignment - offset) % Alignment);
    }

    /// <summary>The beginning of a planned place.</summary>
    /// <param name="place">The place.</param>
    /// <param name="count">How much of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than was planned.</exception>
    public Span<float> this[Place place, int count]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, place.Floats);
            return _memory.AsSpan(_start + place.Start, count);
        }
    }
}

/// <summary>A place in an <see cref="Arena"/>; the default one has no room.</summary>
internal readonly record struct Place(int Start, long Floats)
{
    /// <summary>What is left of it after some floats.</summary>
    public Place From(int floats) => new(Start + floats, Floats - floats);
}
