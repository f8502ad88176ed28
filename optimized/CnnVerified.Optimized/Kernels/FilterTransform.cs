using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>A transform in one dimension.</summary>
internal unsafe interface ITransform
{
    static abstract int From { get; }

    static abstract int To { get; }

    static abstract void Apply<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V>;
}

internal readonly unsafe struct InputOf<F> : ITransform where F : struct, IMinimalFilter
{
    public static int From => F.Points;

    public static int To => F.Points;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V> => F.Input<V, L>(from, step, to, toStep);
}

internal readonly unsafe struct KernelOf<F> : ITransform where F : struct, IMinimalFilter
{
    public static int From => 3;

    public static int To => F.Points;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V> => F.Kernel<V, L>(from, step, to, toStep);
}

internal readonly unsafe struct OutputOf<F> : ITransform where F : struct, IMinimalFilter
{
    public static int From => F.Points;

    public static int To => F.Outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V> => F.Output<V, L>(from, step, to, toStep);
}

internal readonly unsafe struct ResidualOf<F> : ITransform where F : struct, IMinimalFilter
{
    public static int From => F.Outputs;

    public static int To => F.Points;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V> => F.Residual<V, L>(from, step, to, toStep);
}

internal readonly unsafe struct GradientOf<F> : ITransform where F : struct, IMinimalFilter
{
    public static int From => F.Points;

    public static int To => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(float* from, nint step, float* to, nint toStep) where V : unmanaged where L : struct, ILanes<V> => F.Gradient<V, L>(from, step, to, toStep);
}

/// <summary>Transforms in two dimensions, of tiles that are read from maps whose channels were turned to be neighbours.</summary>
internal static unsafe class FilterTransform
{
    /// <summary>Floats that the transforms keep between the two dimensions, and behind them.</summary>
    public const int Between = 2 * 36 * Tiles.Place;

    private const float Third = 1 / 3f, Ninth = 1 / 9f;

    /// <summary>Along the rows' index first, then along the columns'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<TTransform, V, L>(float* from, nint row, nint column, float* between, float* to, nint toRow, nint toColumn)
        where TTransform : struct, ITransform where V : unmanaged where L : struct, ILanes<V>
    {
        for (int j = 0; j < TTransform.From; j++)
            TTransform.Apply<V, L>(from + j * column, row, between + j * L.Count, TTransform.From * L.Count);
        for (int i = 0; i < TTransform.To; i++)
            TTransform.Apply<V, L>(between + i * TTransform.From * L.Count, L.Count, to + i * toRow, toColumn);
    }

    /// <summary>The same, and each element times its scale, to planes one behind the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ApplyScaled<TTransform, V, L>(float* from, nint row, nint column, float* between, float* scales, float* to, nint plane)
        where TTransform : struct, ITransform where V : unmanaged where L : struct, ILanes<V>
    {
        float* whole = between + Between / 2;
        Apply<TTransform, V, L>(from, row, column, between, whole, TTransform.To * L.Count, L.Count);
        for (int i = 0; i < TTransform.To * TTransform.To; i++)
            L.Store(L.Multiply(L.Load(whole + i * L.Count), L.Create(scales[i])), to + i * plane);
    }

    /// <summary>What transformed kernels and residuals are multiplied with: a power of two, times the nearest number to 1, 1/3 or 1/9.</summary>
    /// <remarks>Of a multiple of 3 or 9 that product is exact: the factors differ from 1/3 and 1/9 by 2⁻²⁵ and 2⁻²⁷ of themselves.</remarks>
    public static void Scales<F>(float* scales) where F : struct, IMinimalFilter
    {
        for (int a = 0; a < F.Points; a++)
            for (int e = 0; e < F.Points; e++)
                scales[a * F.Points + e] = F.Scale(a) * F.Scale(e) * (F.HasThird(a) && F.HasThird(e) ? Ninth : F.HasThird(a) || F.HasThird(e) ? Third : 1);
    }

    /// <summary>From one plane of a transform to the next: the same place of all planes is in different sets of a cache.</summary>
    public static nint Plane(nint floats) => (floats + 1023) / 1024 * 1024 + Tiles.Place;

    /// <summary>Some rows of some maps with zeros around them, their channels turned to be neighbours: to[(row·columns + column)·pitch + channel].</summary>
    /// <param name="maps">The first map.</param>
    /// <param name="size">Rows and columns of a map.</param>
    /// <param name="channels">Maps, at most as many as the pitch.</param>
    /// <param name="row0">The map's row that is first; may be outside.</param>
    /// <param name="column0">The map's column that is first.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="to">Where they go.</param>
    /// <param name="pitch">Floats of a place; what stands behind the channels is left alone.</param>
    public static void Read(float* maps, (int H, int W) size, int channels, int row0, int column0, int rows, int columns, float* to, int pitch)
    {
        int first = Math.Max(0, column0), lead = Math.Clamp(-column0, 0, columns), count = Math.Clamp(size.W - first, 0, columns - lead);
        for (int row = 0; row < rows; row++, to += columns * pitch)
        {
            int u = row0 + row;
            if (u < 0 || u >= size.H || count == 0)
            {
                new Span<float>(to, columns * pitch).Clear();
                continue;
            }
            new Span<float>(to, lead * pitch).Clear();
            Transposition.Copy(maps + (nint)u * size.W + first, (nint)size.H * size.W, channels, count, to + lead * pitch, pitch);
            new Span<float>(to + (lead + count) * pitch, (columns - lead - count) * pitch).Clear();
        }
    }
}
