namespace CnnVerified.Optimized.Kernels;

/// <summary>M rows in blocks, none with more rows than a tile.</summary>
internal readonly struct RowBlocks
{
    private readonly int _all, _part, _blocksOfPart;

    /// <summary>Blocks as equal as they can be.</summary>
    public RowBlocks(int M) : this(M, Math.Max(1, M)) { }

    // Of parts of so many rows, each by itself.
    private RowBlocks(int M, int part)
    {
        (_all, _part) = (M, part);
        _blocksOfPart = (part + Tiles.RowsInRegisters - 1) / Tiles.RowsInRegisters;
        Rows = (part + _blocksOfPart - 1) / _blocksOfPart;
        Count = M / part * _blocksOfPart + (M % part + Rows - 1) / Rows;
    }

    /// <summary>Blocks of which none goes over the end of a place (<see cref="Tiles.Place"/>).</summary>
    public static RowBlocks OfPlaces(int M) => new(M, Tiles.Place);

    /// <summary>Blocks; none for no rows.</summary>
    public int Count { get; }

    /// <summary>The most rows of one.</summary>
    public int Rows { get; }

    /// <summary>The first row of a block.</summary>
    public int First(int block) => block / _blocksOfPart * _part + block % _blocksOfPart * Rows;

    /// <summary>Rows of a block.</summary>
    public int RowsOf(int block) => Math.Min(Math.Min(Rows, _part - block % _blocksOfPart * Rows), _all - First(block));
}
