using System.Runtime.Intrinsics;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct weight gradients: lanes are filters, the rows of a tile are channels that meet the residual with the same tap.</summary>
/// <remarks>
/// <para>Order of the sum: from +0, one fused multiply-add for each pixel of each image, ascending: that of <see cref="OrderedProduct"/>, in the
/// same bits. Between blocks of pixels the sums wait in memory, which changes none.</para>
/// <para>The residual is turned so that the filters of a pixel are neighbours, and the image so that its channels are, 14 and two unused floats at a
/// place. Of an image with few channels the rows are columns of the kernel and channels, so that tiles are full: places have no unused floats then, and what
/// the columns of the kernel meet lies in a row. What comes in blocks is read where it stands; only an image with padding is copied.</para>
/// </remarks>
internal static unsafe class WeightProduct
{
    /// <summary>Rows of channels and taps from which on tiles are full enough, and pixels of a map.</summary>
    public const int LeastRows = 6, LeastPixels = 16;

    /// <summary>Whether lanes and tiles would be full enough, and offsets fit.</summary>
    public static bool Pays(int lanes, in Geometry s, bool ofBlocks = false)
    {
        var sum = new WeightSum(s, 0, ofBlocks);
        return 2 * s.KG >= lanes && sum.Rows >= LeastRows && s.Output >= LeastPixels && sum.Fits;
    }

    /// <summary>Computes the weights of one group.</summary>
    public static void Run(Execution on, in WeightSum sum, float* dy, float* x, float* dw)
    {
        if (sum.Shape.KG == 0 || sum.Shape.CG == 0)
            return;
        if (sum.Shape.N == 0)
        {
            nint weights = (nint)sum.Shape.KG * sum.Shape.CG * sum.Shape.Taps;
            new Span<float>(dw + sum.Group * weights, (int)weights).Clear();
            return;
        }
        switch (on.Width)
        {
            case VectorWidth.V512: Run<Vector512<float>, Lanes512>(on, sum, dy, x, dw); break;
            case VectorWidth.V256: Run<Vector256<float>, Lanes256>(on, sum, dy, x, dw); break;
            case VectorWidth.V128: Run<Vector128<float>, Lanes128>(on, sum, dy, x, dw); break;
            default: Run<float, ScalarLanes>(on, sum, dy, x, dw); break;
        }
    }

    private static void Run<V, L>(Execution on, WeightSum sum, float* dy, float* x, float* dw) where V : unmanaged where L : struct, ILanes<V>
    {
        Geometry s = sum.Shape;
        int lanes = Tiles.PanelVectors * L.Count, panels = (s.KG + lanes - 1) / lanes;
        nint sums = panels * (nint)sum.Rows * sum.Taps * lanes;
        bool byEach = sum.IsTurnedByEach(on.Threads);
        int images = sum.ImagesAtOnce(panels * lanes, sums, byEach), items = checked(panels * sum.Tiles.Count * sum.Taps);
        nint operands = sum.Images(images) + sum.Residuals(images, panels * lanes);
        float* turned = on.Shared((byEach ? 0 : operands) + sums + WeightSum.BlockPixels + Tiles.Ahead), sumsAt = turned + (byEach ? 0 : operands);
        int* list = (int*)(sumsAt + sums);
        sum.List(list);
        if (byEach)
            on.Run(items, new Each<V, L>(sum, dy, x, images, panels, list, sumsAt, on.Local(operands)));
        for (int n0 = 0; n0 < s.N && !byEach; n0 += images)
        {
            var part = new Part<V, L>(sum, dy, x, n0, Math.Min(images, s.N - n0), panels, turned);
            if (!sum.StandsWhole)
                on.Run(part.Count * sum.Parts, part.Images);
            if (!sum.ByBlocks)
                on.Run(part.Count * panels, part.Residuals);
            on.Run(items, part.Products(list, sumsAt));
        }
        on.Run(checked(panels * ((sum.Rows + Storing<V, L>.Rows - 1) / Storing<V, L>.Rows)), new Storing<V, L>(sum, panels, sumsAt, dw));
    }

    /// <summary>Some images of the batch, and where they are turned.</summary>
    private readonly struct Part<V, L>(WeightSum sum, float* dy, float* x, int n0, int count, int panels, float* turned) where V : unmanaged where L : struct, ILanes<V>
    {
        private float* TurnedResiduals => turned + sum.Images(count);

        public int Count => count;

        public TurnImages Images => new(sum, x, n0, count, turned);

        public TurnResiduals<V, L> Residuals => new(sum, dy, n0, panels, TurnedResiduals);

        public Products<V, L> Products(int* list, float* sums) => new(sum, sum.StandsWhole ? x + n0 * sum.Parts * (nint)sum.Image : turned,
            sum.ByBlocks ? dy + n0 * BlockCopying.Count(sum.Shape.K) * (nint)Tiles.Place * sum.Shape.Output : TurnedResiduals, list, count, panels, n0 == 0, sums);
    }

    /// <summary>The items of <see cref="Products{V, L}"/>; each thread turns what it needs for them.</summary>
    private readonly struct Each<V, L>(WeightSum sum, float* dy, float* x, int images, int panels, int* list, float* sums, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            int first = sum.PartOf(from / sum.Taps / panels), end = sum.PartOf((to - 1) / sum.Taps / panels) + 1;
            for (int n0 = 0; n0 < sum.Shape.N; n0 += images)
            {
                var part = new Part<V, L>(sum, dy, x, n0, Math.Min(images, sum.Shape.N - n0), panels, scratch[thread]);
                if (!sum.StandsWhole)
                    part.Images.Do(first * part.Count, end * part.Count, thread);
                if (!sum.ByBlocks)
                    part.Residuals.Do(0, part.Count * panels, thread);
                part.Products(list, sums).Do(from, to, thread);
            }
        }
    }

    private readonly struct TurnResiduals<V, L>(WeightSum sum, float* dy, int n0, int panels, float* turned) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            int lanes = Tiles.PanelVectors * L.Count;
            for (int item = from; item < to; item++)
            {
                int n = n0 + item / panels, first = item % panels * lanes, filters = Math.Min(lanes, s.KG - first), width = (filters + L.Count - 1) / L.Count * L.Count;
                float* panel = turned + item * (nint)lanes * s.Output;
                if (filters < width)
                    new Span<float>(panel, width * s.Output).Clear();
                Transposition.Copy(dy + ((nint)n * s.K + sum.Group * s.KG + first) * s.Output, s.Output, filters, s.Output, panel, width);
            }
        }
    }

    /// <summary>An item is a tap of a tile of rows and a panel of filters, of all images.</summary>
    /// <remarks>Tile by tile, so that a thread multiplies most of what it turned itself. Where all sums stay in the cache, or residuals meet few taps each time they are read, block by
    /// block of pixels for all tiles, each panel passing over them; else tile by tile for all pixels.</remarks>
    private readonly struct Products<V, L>(WeightSum sum, float* turned, float* residuals, int* list, int images, int panels, bool fresh, float* sums) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        private const int ManyTaps = 4, CachedSums = 128 * 1024;

        private static int Lanes => Tiles.PanelVectors * L.Count;

        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            // Of the first tile and panel and of the last a thread may have some taps only.
            int begin = from / sum.Taps, end = (to + sum.Taps - 1) / sum.Taps, together = sum.Taps < ManyTaps || (to - from) * (nint)sum.Tiles.Rows * Lanes <= CachedSums ? end - begin : 1;
            for (int first = begin; first < end; first += together)
                for (int n = 0; n < images; n++)
                    for (int o = 0; o < s.O; o++)
                        for (int i = 0; i < s.P; i += sum.RowsOfBlock)
                            for (int panel = 0; panel < Math.Min(panels, together); panel++)
                                for (int each = first + panel; each < first + together; each += panels)
                                    Add(each / panels, each % panels, n, o, i, Math.Max(from - each * sum.Taps, 0), Math.Min(to - each * sum.Taps, sum.Taps));
        }

        private void Add(int tile, int panel, int n, int o, int i, int firstTap, int lastTap)
        {
            Geometry s = sum.Shape;
            int rows = sum.Tiles.RowsOf(tile), width = Math.Min(Lanes, (s.KG - panel * Lanes + L.Count - 1) / L.Count * L.Count), pixels = Math.Min(sum.RowsOfBlock, s.P - i) * s.Q;
            float* place = turned + n * sum.Parts * (nint)sum.Image + sum.Start(tile) + sum.RowAt(o, i);
            nint first = ((nint)o * s.P + i) * s.Q;
            float* columns = sum.ByBlocks ? residuals + n * BlockCopying.Count(s.K) * (nint)Tiles.Place * s.Output + new Channels(s.K, s.K, Tiles.Place).At(panel * Lanes, s.Output) + first * Tiles.Place
                : residuals + ((nint)n * panels + panel) * Lanes * s.Output + first * width;
            nint step = sum.ByBlocks ? Tiles.Place : width, apart = sum.ByBlocks && L.Count >= Tiles.Place ? (nint)s.Output * Tiles.Place : L.Count;
            var product = Tiles.Of<V, L, Tiles.InOrder>(rows, width / L.Count);
            // Of a panel's sums the rows are one behind the other, and the taps of each, as they will be in the gradient.
            float* sumsOfTile = sums + (panel * (nint)sum.Rows * Lanes + sum.Tiles.First(tile) * width) * sum.Taps;
            bool adds = !(fresh && (n, o, i) == (0, 0, 0));
            for (int tap = firstTap; tap < lastTap; tap++)
                product(place + sum.At(tap), list, list + pixels, columns, step, apart, sumsOfTile + tap * width, (nint)sum.Taps * width, L.Count, adds, null);
        }
    }

    /// <summary>An item is some rows of a panel.</summary>
    private readonly struct Storing<V, L>(WeightSum sum, int panels, float* sums, float* dw) : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        public const int Rows = 16;

        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            int lanes = Tiles.PanelVectors * L.Count;
            nint filter = (nint)s.CG * s.Taps;
            for (int item = from; item < to; item++)
            {
                int first = item / panels * Rows, rows = Math.Min(Rows, sum.Rows - first), panel = item % panels, filters = Math.Min(lanes, s.KG - panel * lanes);
                int width = (filters + L.Count - 1) / L.Count * L.Count;
                float* sumsOfRows = sums + (panel * (nint)sum.Rows * lanes + first * width) * sum.Taps, weights = dw + (sum.Group * s.KG + panel * lanes) * filter;
                if (!sum.Spreads)
                    Transposition.Copy(sumsOfRows, width, rows * sum.Taps, filters, weights + (nint)first * s.Taps, filter);
                else
                    for (int row = first; row < first + rows; row++)
                        for (int tap = 0; tap < sum.Taps; tap++, sumsOfRows += width)
                            Transposition.Copy(sumsOfRows, 0, 1, filters, weights + row % s.CG * s.Taps + tap * s.S + row / s.CG, filter);
            }
        }
    }
}
