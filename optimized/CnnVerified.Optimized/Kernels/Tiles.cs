using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Register tiles: c[m, lane] = Σ_t rows[t, m]·columns[t, lane] for some rows m and some vectors of lanes.</summary>
/// <remarks>
/// <para>Every element starts at +0, or where it stood, and takes one fused multiply-add for each term, in the order of the list; a bias is
/// added last. One operand is read where the list says, term by term: neighbouring pixels of a map, say. They are the rows
/// (<see cref="Of{V, L, TListing}"/>), or the columns (<see cref="Turned{V, L, TListing}"/>). The other, the packed weights, stands in the order of the terms.</para>
/// <para>A tile of listed rows takes (the listed operand, the list, its end, the other operand, floats of it from one term to the next and from one vector of a term to the next, c, floats from
/// one row of c to the next and from one vector of a row to the next, whether to go on from what c holds, bias of lanes or null). One of listed columns has its terms and vectors beside each
/// other, and a bias of rows. The tiles themselves are written by CnnVerified.Tiles.</para>
/// <para>Of tiles whose lanes are channels one multiplies (<see cref="Channels{V, L}"/>): it takes (x, pairs of where a tap lies and which it is, in places, their end, weights, c, floats from one
/// pixel of c to the next, bias or null). The other sums (<see cref="ChannelSums{V, L}"/>): it takes (the residual, floats of a row of it, the image,
/// such pairs, floats of a row and of a pixel of it, rows, steps of 16 pixels, whether the first pixel of a row has one more, its sums).</para>
/// <para>The third kind sums over pixels (<see cref="Lanes{V, L}"/>): pixel j of a row goes to lane j mod 16, and each tap and filter has 16 sums. It takes
/// (the residual's row, floats to the next map of it, the image's row, the taps' distances, rows, floats from one row to the next of each, pixels of a row,
/// which lanes the last of them fill, the sums, floats from a filter's sums to the next one's).</para>
/// </remarks>
internal static unsafe partial class Tiles
{
    /// <summary>How what a tile's list points to lies in memory.</summary>
    internal interface IListing
    {
        /// <summary>Whether the tile has to fetch it ahead.</summary>
        static abstract bool IsScattered { get; }

        /// <summary>Terms of a run, or 1 where each is looked up.</summary>
        static abstract int Run { get; }
    }

    /// <summary>One behind the other, which the hardware foresees.</summary>
    internal readonly struct InOrder : IListing
    {
        public static bool IsScattered => false;

        public static int Run => 1;
    }

    /// <summary>In maps, one for each channel.</summary>
    internal readonly struct Scattered : IListing
    {
        public static bool IsScattered => true;

        public static int Run => 1;
    }

    /// <summary>How many terms ahead rows are fetched into the cache: a 3×3 kernel's, so that of the next channel what the same tap meets. A list
    /// has room for so many more, which may hold anything: what is not there is not fetched.</summary>
    /// <remarks>The taps of a data gradient go back, which the hardware does not foresee.</remarks>
    public const int Ahead = 9;

    /// <summary>Whether tiles of these vectors take terms in runs.</summary>
    /// <remarks>The terms of every run of a list stand as far apart as its first two do. Only the first of a run is looked up. Up to runs of <see cref="FetchingRun"/> terms the third entry, and the fourth,
    /// say what is fetched meanwhile, but for the last run of a list; longer ones lie in rows that the hardware foresees. The other operand has its vectors and terms one behind the other.</remarks>
    public static bool TakeRuns<V, L>() where V : unmanaged where L : struct, ILanes<V> => L.Count is > 1 and < Place && RowsInRegisters == NarrowRows;

    /// <summary>Whether pixels so many floats apart are read where they stand; others are sorted first.</summary>
    public static bool TakesStep(int step) => RowsInRegisters == NarrowRows && step < Place && Distances.Contains(step);

    /// <summary>Rows of the largest tile of two vectors that stays in registers: 28 accumulators, two columns and one broadcast of 32, or
    /// 12 of 16.</summary>
    public static int RowsInRegisters => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported ? MostRows : NarrowRows;

    /// <summary>Filters of a tile whose lanes are pixels: as equal as they can be. Three have four taps, their sums, residuals and a pixel in 16 registers.</summary>
    public static int FiltersInRegisters(int filters)
    {
        int most = RowsInRegisters == MostRows ? MostFilters : 3, tiles = (filters + most - 1) / most;
        return (filters + tiles - 1) / tiles;
    }

    /// <summary>Its taps, with so many filters.</summary>
    public static int TapsInRegisters(int filters, int taps)
    {
        int most = Math.Min(MostTaps, (RowsInRegisters == MostRows ? MostSums : MostSums / 2) / filters), tiles = (taps + most - 1) / most;
        return (taps + tiles - 1) / tiles;
    }

    /// <summary>The most vectors of a turned tile of so many rows that stay in registers, beside one of each row or column, whichever are fewer, and one of the other kind.</summary>
    /// <remarks>With 32 registers beside all columns: four vectors of three rows hide the latency already.</remarks>
    public static int VectorsInRegisters(int rows)
    {
        int vectors = MostVectors;
        while (vectors > 1 && (RowsInRegisters == MostRows ? (rows + 1) * vectors + 1 > 32 : rows * vectors + Math.Min(rows, vectors) + 1 > 16))
            vectors /= 2;
        return vectors;
    }

    /// <summary>Of so many vectors those of the next tile: no more than all columns fill, since the last tile covers some again, nor twice as many as the columns that are left.</summary>
    public static int NextVectors(int vectors, int lanes, int left, int all)
    {
        while (vectors > 1 && (vectors * lanes > all || left <= vectors / 2 * lanes))
            vectors /= 2;
        return vectors;
    }
}
