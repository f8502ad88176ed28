using System.Runtime.Intrinsics;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct weight gradients: lanes are filters, the rows of a tile are channels that meet the residual with the same tap.</summary>
/// <remarks>
/// <para>Order of the sum: from +0, one fused multiply-add for each pixel of each image, ascending: that of <see cref="OrderedProduct"/>, in the
/// same bits. Between blocks of pixels the sums wait in memory, which changes none.</para>
/// <para>The residual is turned so that the filters of a pixel are neighbours, and the image so that its channels are, 14 and two unused floats at a
/// place. Of an image with few channels the rows are columns of the kernel and channels, so that tiles are full: places have no unused floats then, and what
/// the columns of the kernel meet lies in a row.</para>
/// </remarks>
internal static unsafe class WeightProduct
{
    /// <summary>Rows of channels and taps from which on tiles are full enough, and pixels of a map.</summary>
    public const int LeastRows = 6, LeastPixels = 16;

    private const int Place = 16;                        // floats of one place of a turned image: a cache line
    private const int BlockPixels = 512;                 // a panel of the residual takes 64 KiB then, which stays in L2 while taps and channels pass
    private const int FewChannels = 8;

    /// <summary>Whether lanes and tiles would be full enough, and offsets fit.</summary>
    public static bool Pays(int lanes, in Geometry s)
    {
        var sum = new WeightSum(s, 0);
        return 2 * s.KG >= lanes && sum.Rows >= LeastRows && s.Output >= LeastPixels && sum.Tiles.Count * sum.Image <= int.MaxValue && s.Q <= BlockPixels;
    }

    /// <summary>Computes the weights of one group.</summary>
    public static void Run(Execution on, in Geometry s, int g, float* dy, float* x, float* dw)
    {
        if (s.KG == 0 || s.CG == 0)
            return;
        var sum = new WeightSum(s, g);
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
        nint image = sum.Parts * (nint)sum.Image, residual = panels * (nint)lanes * s.Output, sums = panels * (nint)sum.Tiles.Count * sum.Taps * sum.Tiles.Rows * lanes;
        int images = (int)Math.Clamp(DirectConvolution.CopiedFloats / (image + residual), 1, Math.Max(1, s.N));
        float* turned = on.Shared(images * (image + residual) + sums + BlockPixels + Tiles.Ahead), dyTurned = turned + images * image, sumsAt = dyTurned + images * residual;
        int* list = (int*)(sumsAt + sums);
        for (int pixel = 0, rows = sum.RowsOfBlock; pixel < rows * s.Q; pixel++)
            list[pixel] = (pixel / s.Q * s.Sh * sum.Columns + pixel % s.Q * s.Sw) * sum.Place;
        for (int n0 = 0; n0 < Math.Max(1, s.N); n0 += images)
        {
            int count = Math.Min(images, s.N - n0);
            on.Run(count * sum.Parts, new TurnImages(sum, x, n0, turned));
            on.Run(count * panels, new TurnResiduals<V, L>(sum, dy, n0, panels, dyTurned));
            on.Run(panels * sum.Tiles.Count, new Products<V, L>(sum, turned, dyTurned, list, count, panels, n0 == 0, sumsAt));
        }
        on.Run(panels * sum.Tiles.Count, new Storing<V, L>(sum, sumsAt, dw));
    }

    /// <summary>The sizes of a weight gradient's operands, turned.</summary>
    private readonly struct WeightSum
    {
        public readonly Geometry Shape;
        public readonly int Group;

        public WeightSum(in Geometry s, int g)
        {
            (Shape, Group) = (s, g);
            Spreads = s.CG < FewChannels && s.Ew == 1;
            Rows = Spreads ? s.CG * s.S : s.CG;
            Taps = Spreads ? s.T * s.R : s.Taps;
            Tiles = new RowBlocks(Rows);
            (Frames, Lines) = ((s.O - 1) * s.Sd + (s.T - 1) * s.Ed + 1, (s.P - 1) * s.Sh + (s.R - 1) * s.Eh + 1);
            Columns = (s.Q - 1) * s.Sw + (s.S - 1) * s.Ew + 1;
            Place = Spreads ? s.CG : WeightProduct.Place;
            RowsOfBlock = Math.Clamp(BlockPixels / Math.Max(1, s.Q), 1, Math.Max(1, s.P));
        }

        /// <summary>Whether rows are columns of the kernel and channels.</summary>
        public bool Spreads { get; }

        /// <summary>Rows of all tiles.</summary>
        public int Rows { get; }

        /// <summary>Places from which a tile's rows meet the residual.</summary>
        public int Taps { get; }

        /// <summary>The tiles that they fill.</summary>
        public RowBlocks Tiles { get; }

        /// <summary>Turned images for each image: one for each tile's channels, or one with all.</summary>
        public int Parts => Spreads ? 1 : Tiles.Count;

        /// <summary>Frames, rows and columns of a turned image.</summary>
        public int Frames { get; }

        public int Lines { get; }

        public int Columns { get; }

        /// <summary>Floats of one place.</summary>
        public int Place { get; }

        /// <summary>Rows of the residual that are summed at a time.</summary>
        public int RowsOfBlock { get; }

        /// <summary>Floats of one part of a turned image.</summary>
        public long Image => (long)Frames * Lines * Columns * Place;

        /// <summary>Where what a tile reads begins.</summary>
        public nint Start(int tile) => Spreads ? tile * Tiles.Rows : tile * (nint)Image;

        /// <summary>How far behind a pixel's place a tap lies.</summary>
        public nint At(int tap)
        {
            int column = Spreads ? 0 : tap % Shape.S * Shape.Ew, row = (Spreads ? tap : tap / Shape.S) % Shape.R * Shape.Eh;
            int frame = tap / (Spreads ? Shape.R : Shape.R * Shape.S) * Shape.Ed;
            return (((nint)frame * Lines + row) * Columns + column) * Place;
        }
    }

    private readonly struct TurnImages(WeightSum sum, float* x, int n0, float* turned) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            for (int item = from; item < to; item++)
            {
                int n = n0 + item / sum.Parts, part = item % sum.Parts, channels = sum.Spreads ? s.CG : sum.Tiles.RowsOf(part);
                float* image = x + ((nint)n * s.C + sum.Group * s.CG + part * sum.Tiles.Rows) * s.Input, place = turned + item * (nint)sum.Image;
                for (int f = 0; f < sum.Frames; f++)
                    for (int a = 0; a < sum.Lines; a++, place += sum.Columns * sum.Place)
                    {
                        int d = f - s.Pd, u = a - s.Ph;
                        if (d < 0 || d >= s.D || u < 0 || u >= s.H)
                            new Span<float>(place, sum.Columns * sum.Place).Clear();
                        else
                            Line(image + ((nint)d * s.H + u) * s.W, channels, place);
                    }
            }
        }

        private void Line(float* line, int channels, float* place)
        {
            Geometry s = sum.Shape;
            int lead = Math.Min(s.Pw, sum.Columns), count = Math.Min(s.W, sum.Columns - lead);
            new Span<float>(place, lead * sum.Place).Clear();
            Transposition.Copy(line, s.Input, channels, count, place + lead * sum.Place, sum.Place);
            new Span<float>(place + (lead + count) * sum.Place, (sum.Columns - lead - count) * sum.Place).Clear();
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

    /// <summary>An item is a panel of filters and a tile of rows: all taps of all images.</summary>
    private readonly struct Products<V, L>(WeightSum sum, float* turned, float* residuals, int* list, int images, int panels, bool fresh, float* sums) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            int lanes = Tiles.PanelVectors * L.Count, block = sum.RowsOfBlock;
            for (int item = from; item < to; item++)
            {
                int panel = item / sum.Tiles.Count, tile = item % sum.Tiles.Count, rows = sum.Tiles.RowsOf(tile), width = Math.Min(lanes, (s.KG - panel * lanes + L.Count - 1) / L.Count * L.Count);
                var product = Tiles.Of<V, L>(rows, width / L.Count);
                float* sumsOfTile = sums + item * (nint)sum.Taps * sum.Tiles.Rows * lanes;
                if (fresh)
                    new Span<float>(sumsOfTile, sum.Taps * sum.Tiles.Rows * lanes).Clear();
                for (int n = 0; n < images; n++)
                {
                    float* image = turned + n * sum.Parts * (nint)sum.Image + sum.Start(tile), residual = residuals + (n * panels + panel) * (nint)lanes * s.Output;
                    for (int o = 0; o < s.O; o++)
                        for (int i = 0; i < s.P; i += block)
                        {
                            int pixels = Math.Min(block, s.P - i) * s.Q;
                            float* place = image + ((nint)o * s.Sd * sum.Lines + i * s.Sh) * sum.Columns * sum.Place, columns = residual + ((nint)o * s.P + i) * s.Q * width;
                            for (int tap = 0; tap < sum.Taps; tap++)
                                product(place + sum.At(tap), list, list + pixels, columns, sumsOfTile + tap * (nint)sum.Tiles.Rows * lanes, width, true, null);
                        }
                }
            }
        }
    }

    private readonly struct Storing<V, L>(WeightSum sum, float* sums, float* dw) : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            int lanes = Tiles.PanelVectors * L.Count;
            nint filter = (nint)s.CG * s.Taps;
            for (int item = from; item < to; item++)
            {
                int panel = item / sum.Tiles.Count, tile = item % sum.Tiles.Count, filters = Math.Min(lanes, s.KG - panel * lanes), width = (filters + L.Count - 1) / L.Count * L.Count;
                float* sumsOfTile = sums + item * (nint)sum.Taps * sum.Tiles.Rows * lanes, weights = dw + (sum.Group * s.KG + panel * lanes) * filter;
                if (s.Taps == 1)
                    Transposition.Copy(sumsOfTile, width, sum.Tiles.RowsOf(tile), filters, weights + tile * sum.Tiles.Rows, filter);
                else
                    for (int row = 0; row < sum.Tiles.RowsOf(tile); row++)
                    {
                        int each = tile * sum.Tiles.Rows + row;
                        if (!sum.Spreads)
                            Transposition.Copy(sumsOfTile + row * width, (nint)sum.Tiles.Rows * lanes, sum.Taps, filters, weights + (nint)each * s.Taps, filter);
                        else
                            for (int tap = 0; tap < sum.Taps; tap++)
                                Transposition.Copy(sumsOfTile + (tap * (nint)sum.Tiles.Rows * lanes) + row * width, 0, 1, filters, weights + (each % s.CG * s.Taps) + tap * s.S + each / s.CG, filter);
                    }
            }
        }
    }
}
