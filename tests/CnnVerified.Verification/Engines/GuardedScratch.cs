using CnnVerified.Optimized;

namespace CnnVerified.Verification.Engines;

/// <summary>Scratch memory of an engine, each block between pages that must not be touched.</summary>
/// <param name="edge">Which edge the next call's blocks lie at.</param>
internal sealed unsafe class GuardedScratch(Func<Edge> edge) : ScratchMemory
{
    private byte* _start;
    private nuint _room;
    private int _blocks;

    /// <inheritdoc/>
    public override float* Get(nint floats, int blocks, out nint stride)
    {
        if (!GuardedPages.Exist)
            return base.Get(floats, blocks, out stride);
        nuint bytes = (nuint)floats * sizeof(float);
        if (_start is null || bytes > _room || blocks > _blocks)
        {
            Unmap();
            var (room, most) = (Math.Max(_room, GuardedPages.Room(bytes)), Math.Max(_blocks, blocks));
            _start = GuardedPages.Map(room, most);
            (_room, _blocks) = (room, most);
        }
        stride = (nint)((_room + GuardedPages.Page) / sizeof(float));
        return (float*)(_start + GuardedPages.Page + (edge() == Edge.Begin ? 0 : _room - bytes));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Unmap();
        base.Dispose();
    }

    private void Unmap()
    {
        if (_start is not null)
            GuardedPages.Unmap(_start, _room, _blocks);
        _start = null;
    }
}
