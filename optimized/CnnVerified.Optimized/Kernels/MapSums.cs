using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Output maps that are sums of correlations of single maps, at stride 1: any pairs of maps may be left out, and a pair that is
/// left out is not read at all.</summary>
/// <remarks>
/// Order of the sum: an output pixel starts at +0 and takes its terms ascending in (term map, r, s), one fused multiply-add each; the bias
/// is added last. A map is walked as one long row of pixels, so that maps of a few columns fill vectors too: a tap is then a
/// fixed distance. What that computes beyond the last column of an output row is dropped; it stays within the map, so that nothing beyond the end is
/// read. This is not <see cref="OrderedProduct"/>: there all filters of a tile share their columns, and a pair that is left out would
/// have to be multiplied by 0, which turns infinities and NaN of a map that a filter must not see into NaN.
/// </remarks>
internal readonly unsafe struct MapSums : IWork
{
    /// <summary>Images; each has output maps, and maps that they sum over.</summary>
    public int Images { get; init; }

    /// <summary>Output maps of an image.</summary>
    public int Outputs { get; init; }

    /// <summary>Maps that an output map may sum over.</summary>
    public int Terms { get; init; }

    /// <summary>Rows of an output map.</summary>
    public int Rows { get; init; }

    /// <summary>Columns of an output map.</summary>
    public int Columns { get; init; }

    /// <summary>Columns of a map that is summed over.</summary>
    public int Stride { get; init; }

    /// <summary>Kernel rows.</summary>
    public int R { get; init; }

    /// <summary>Kernel columns.</summary>
    public int S { get; init; }

    /// <summary>True where the kernel runs backwards: tap (r, s) stands on pixel (R−1−r, S−1−s) of a window.</summary>
    public bool Turned { get; init; }

    /// <summary>The first map, and the distances from image to image, from output to output, and from term to term.</summary>
    public float* Maps { get; init; }

    /// <summary>Distance between the maps of two images.</summary>
    public nint MapsOfImage { get; init; }

    /// <summary>Distance between the maps of two outputs; 0 where all outputs sum over the same maps.</summary>
    public nint MapsOfOutput { get; init; }

    /// <summary>Distance between two terms.</summary>
    public nint MapsOfTerm { get; init; }

    /// <summary>The first kernel.</summary>
    public float* Kernels { get; init; }

    /// <summary>Distance between the kernels of two outputs.</summary>
    public nint KernelsOfOutput { get; init; }

    /// <summary>Distance between the kernels of two terms.</summary>
    public nint KernelsOfTerm { get; init; }

    /// <summary>Which pairs count: 1 or 0; null where all do.</summary>
    public int* Table { get; init; }

    /// <summary>Distance in the table between two outputs.</summary>
    public nint TableOfOutput { get; init; }

    /// <summary>Distance in the table between two terms.</summary>
    public nint TableOfTerm { get; init; }

    /// <summary>A bias for each output; null where there is none.</summary>
    public float* Bias { get; init; }

    /// <summary>Where the output maps go, image by image, output by output.</summary>
    public float* To { get; init; }

    private VectorWidth Width { get; init; }

    private Execution.PerThread Scratch { get; init; }

    private const int Block = 2048;   // accumulators and the rows under them stay in the first cache

    // Rows of an output map that are done at a time; threads split such blocks.
    private int Lines => Math.Clamp(Block / Stride, 1, Rows);

    private int Blocks => (Rows + Lines - 1) / Lines;

    /// <summary>Computes all output maps.</summary>
    public static void Run(Execution on, in MapSums sums)
    {
        if (sums.Rows == 0 || sums.Columns == 0)
            return;
        on.Run(sums.Images * sums.Outputs * sums.Blocks,
            sums with { Width = on.Width, Scratch = on.Local((nint)sums.Lines * sums.Stride) });
    }

    public void Do(int from, int to, int thread)
    {
        float* sums = Scratch[thread];
        for (int item = from; item < to; item++)
        {
            int map = item / Blocks, image = map / Outputs, output = map % Outputs;
            int first = item % Blocks * Lines, lines = Math.Min(Lines, Rows - first);
            int count = (lines - 1) * Stride + Columns;
            new Span<float>(sums, count).Clear();
            for (int term = 0; term < Terms; term++)
            {
                if (Table != null && Table[output * TableOfOutput + term * TableOfTerm] == 0)
                    continue;
                float* pixels = Maps + image * MapsOfImage + output * MapsOfOutput + term * MapsOfTerm + (nint)first * Stride;
                float* kernel = Kernels + output * KernelsOfOutput + term * KernelsOfTerm;
                Add(pixels, kernel, sums, count);
            }
            float* into = To + ((nint)map * Rows + first) * Columns;
            for (int line = 0; line < lines; line++, into += Columns)
            {
                var row = new ReadOnlySpan<float>(sums + (nint)line * Stride, Columns);
                if (Bias == null)
                    row.CopyTo(new Span<float>(into, Columns));
                else
                    TensorPrimitives.Add(row, Bias[output], new Span<float>(into, Columns));
            }
        }
    }

    private void Add(float* pixels, float* kernel, float* sums, int count)
    {
        switch (Width)
        {
            case VectorWidth.V512: Add<Vector512<float>, Lanes512>(pixels, kernel, sums, count); break;
            case VectorWidth.V256: Add<Vector256<float>, Lanes256>(pixels, kernel, sums, count); break;
            case VectorWidth.V128: Add<Vector128<float>, Lanes128>(pixels, kernel, sums, count); break;
            default: Add<float, ScalarLanes>(pixels, kernel, sums, count); break;
        }
    }

    /// <summary>sums[p] += Σ_(r,s) pixels[p + r·Stride + s]·kernel[r·S + s], or with the kernel turned.</summary>
    /// <remarks>Four vectors at a time, whose operations do not wait for each other; then one; then single floats.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add<V, L>(float* pixels, float* kernel, float* sums, int count) where V : unmanaged where L : struct, ILanes<V>
    {
        int n = L.Count, p = 0, rows = R, columns = S;
        nint down = Turned ? -Stride : Stride, right = Turned ? -1 : 1;
        if (Turned)
            pixels += (nint)(R - 1) * Stride + S - 1;
        for (; p <= count - 4 * n; p += 4 * n)
        {
            V a = L.Load(sums + p), b = L.Load(sums + p + n), c = L.Load(sums + p + 2 * n), d = L.Load(sums + p + 3 * n);
            float* weight = kernel, row = pixels + p;
            for (int r = 0; r < rows; r++, row += down)
            {
                float* tap = row;
                for (int s = 0; s < columns; s++, tap += right)
                {
                    V w = L.Create(*weight++);
                    a = L.Fma(w, L.Load(tap), a);
                    b = L.Fma(w, L.Load(tap + n), b);
                    c = L.Fma(w, L.Load(tap + 2 * n), c);
                    d = L.Fma(w, L.Load(tap + 3 * n), d);
                }
            }
            L.Store(a, sums + p); L.Store(b, sums + p + n); L.Store(c, sums + p + 2 * n); L.Store(d, sums + p + 3 * n);
        }
        for (; p <= count - n; p += n)
            One<V, L>(pixels + p, down, right, kernel, sums + p);
        for (; p < count; p++)
            One<float, ScalarLanes>(pixels + p, down, right, kernel, sums + p);
    }

    private void One<V, L>(float* row, nint down, nint right, float* weight, float* sum) where V : unmanaged where L : struct, ILanes<V>
    {
        V a = L.Load(sum);
        for (int r = 0; r < R; r++, row += down)
        {
            float* tap = row;
            for (int s = 0; s < S; s++, tap += right)
                a = L.Fma(L.Create(*weight++), L.Load(tap), a);
        }
        L.Store(a, sum);
    }
}

/// <summary>Maps P×Q in a frame of zeros, so that every window that holds at least one of their pixels is whole.</summary>
/// <remarks>Rows are Q + S − 1 long: the S − 1 zeros before a row are also those behind the row above it.</remarks>
internal readonly unsafe struct FramedMaps(int P, int Q, int R, int S, float* from, float* to) : IWork
{
    /// <summary>Floats of one framed map.</summary>
    public static nint Size(int P, int Q, int R, int S) => (nint)(P + 2 * (R - 1)) * (Q + S - 1) + S - 1;

    public static void Run(Execution on, int maps, in FramedMaps frames) => on.Run(maps, frames);

    public void Do(int first, int last, int thread)
    {
        int length = Q + S - 1;
        nint size = Size(P, Q, R, S);
        for (int map = first; map < last; map++)
        {
            float* into = to + map * size;
            new Span<float>(into, checked((int)size)).Clear();
            for (int i = 0; i < P; i++)
                new ReadOnlySpan<float>(from + ((nint)map * P + i) * Q, Q).CopyTo(new Span<float>(into + (nint)(i + R - 1) * length + S - 1, Q));
        }
    }
}

/// <summary>to[o] = Σ_t a[o,t]·maps[t], plus a bias: whole maps, mixed. Terms ascend in t from +0, one fused multiply-add each.</summary>
internal readonly unsafe struct Mixture(int Outputs, int Terms, nint map, float* a, nint ofOutput, nint ofTerm, float* maps, float* b, float* to,
    VectorWidth width) : IWork
{
    private const int Block = 4096;

    private int Blocks => (int)((map + Block - 1) / Block);

    public static void Run(Execution on, in Mixture mixture) => on.Run(mixture.Items, mixture);

    private int Items => Outputs * Blocks;

    public void Do(int from, int last, int thread)
    {
        for (int item = from; item < last; item++)
        {
            int output = item / Blocks;
            nint start = (nint)(item % Blocks) * Block;
            var each = new Each(Terms, map, a + output * ofOutput, ofTerm, maps, b == null ? null : b + output, to + output * map);
            Pointwise.Range(width, start, Math.Min(start + Block, map), ref each);
        }
    }

    private readonly struct Each(int terms, nint map, float* a, nint ofTerm, float* maps, float* b, float* to) : IPointwise
    {
        public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
        {
            V sum = L.Create(0f);
            for (int t = 0; t < terms; t++)
                sum = L.Fma(L.Create(a[t * ofTerm]), L.Load(maps + t * map + i), sum);
            L.Store(b == null ? sum : L.Add(sum, L.Create(*b)), to + i);
        }
    }
}

/// <summary>to[i] = from[i]², one rounding.</summary>
internal readonly unsafe struct Squares(float* from, float* to) : IPointwise
{
    public void At<V, L>(nint i) where V : unmanaged where L : struct, ILanes<V>
    {
        V x = L.Load(from + i);
        L.Store(L.Multiply(x, x), to + i);
    }
}
