namespace CnnVerified.Optimized.Kernels;

/// <summary>M rows in blocks, none with more rows than a tile.</summary>
internal readonly struct RowBlocks
{
    private readonly int _all;

    /// <summary>Blocks as equal as they can be.</summary>
    public RowBlocks(int M)
    {
        _all = M;
        Count = (M + Tiles.RowsInRegisters - 1) / Tiles.RowsInRegisters;
        Rows = (M + Count - 1) / Math.Max(1, Count);
    }

    private RowBlocks(int M, int rows) => (_all, Rows, Count) = (M, rows, (M + rows - 1) / rows);

    /// <summary>Blocks that cut a place (<see cref="Tiles.Place"/>) into equal parts.</summary>
    public static RowBlocks OfPlaces(int M) => new(M, Tiles.RowsInRegisters >= Tiles.Place / 2 ? Tiles.Place / 2 : Tiles.Place / 4);

    /// <summary>Blocks; none for no rows.</summary>
    public int Count { get; }

    /// <summary>Rows of each but the last.</summary>
    public int Rows { get; }

    /// <summary>Rows of a block.</summary>
    public int RowsOf(int block) => Math.Min(Rows, _all - block * Rows);
}
