namespace CnnVerified.Optimized.Kernels;

/// <summary>M rows in blocks as equal as they can be, none with more rows than a tile.</summary>
internal readonly struct RowBlocks(int M)
{
    /// <summary>Blocks; none for no rows.</summary>
    public int Count { get; } = (M + Tiles.RowsInRegisters - 1) / Tiles.RowsInRegisters;

    /// <summary>Rows of each but the last.</summary>
    public int Rows => (M + Count - 1) / Math.Max(1, Count);

    /// <summary>Rows of a block.</summary>
    public int RowsOf(int block) => Math.Min(Rows, M - block * Rows);
}
