using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Register tiles: c[m, lane] = Σ_t x[offset_t + m]·columns[t, lane] for some rows m and one or two vectors of lanes.</summary>
/// <remarks>
/// <para>Every element starts at +0, or where it stood, and takes one fused multiply-add for each term, in the order of the list; a bias is
/// added last. What a row stands for is up to the caller: neighbouring pixels of a map, say, and for each term where the first of them stands.</para>
/// <para>A tile takes (rows, list of offsets, end of the list, columns, c, floats from one row of c to the next, whether to go on from what c
/// holds, bias or null). The tiles themselves are written by CnnVerified.Tiles.</para>
/// </remarks>
internal static unsafe partial class Tiles
{
    /// <summary>How many terms ahead rows are fetched into the cache: a 3×3 kernel's, so that of the next channel what the same tap meets. A list
    /// has room for so many more, which may hold anything: what is not there is not fetched.</summary>
    /// <remarks>The taps of a data gradient go back, which the hardware does not foresee.</remarks>
    public const int Ahead = 9;

    /// <summary>Rows of the largest tile of two vectors that stays in registers: 28 accumulators, two columns and one broadcast of 32, or
    /// 12 of 16.</summary>
    public static int RowsInRegisters => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported ? MostRows : 6;
}
