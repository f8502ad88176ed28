using System.Runtime.InteropServices;

namespace CnnVerified.Optimized;

/// <summary>Memory that is kept between calls and grows where a call asks for more.</summary>
internal unsafe class ScratchMemory : IDisposable
{
    private float* _start;
    private nint _floats;

    /// <summary>Blocks of equal length, one behind the other.</summary>
    /// <param name="floats">The length of each.</param>
    /// <param name="blocks">How many.</param>
    /// <param name="stride">From the start of a block to that of the next, in floats.</param>
    /// <returns>The start of the first; what it holds is left from earlier calls.</returns>
    public virtual float* Get(nint floats, int blocks, out nint stride)
    {
        stride = (floats + 15) / 16 * 16;
        if (stride * blocks > _floats)
        {
            NativeMemory.AlignedFree(_start);
            _start = (float*)NativeMemory.AlignedAlloc((nuint)(stride * blocks) * sizeof(float), 64);
            _floats = stride * blocks;
        }
        return _start;
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
        _floats = 0;
    }
}
