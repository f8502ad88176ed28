using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>The sizes of a weight gradient's operands, turned.</summary>
internal readonly struct WeightSum
{
    /// <summary>Pixels of a block: a panel of their residuals takes 64 KiB at most, which stays in L2 while taps and channels pass.</summary>
    public const int BlockPixels = 512;

    /// <summary>Floats of a place that has a tile's channels: a cache line.</summary>
    public const int PlaceOfTile = 16;

    private const int FewChannels = 8;
    private const int TurningCost = 12;                  // multiply-adds that must go with a float that every other thread turns too
    private const int NearFloats = 64 * 1024;            // turned operands that stay in L2 until they are multiplied

    public readonly Geometry Shape;
    public readonly int Group;

    /// <summary>The sum of one group, with image or residual in blocks.</summary>
    public WeightSum(in Geometry geometry, int g, bool ofBlocks = false, bool byBlocks = false)
    {
        Geometry s = geometry.WithRowsOf(BlockPixels);
        (Shape, Group, OfBlocks, ByBlocks) = (s, g, ofBlocks, byBlocks);
        Spreads = !ofBlocks && s.CG < FewChannels && s.Ew == 1;
        Rows = Spreads ? s.CG * s.S : s.CG;
        Taps = Spreads ? s.T * s.R : s.Taps;
        Tiles = ofBlocks ? RowBlocks.OfPlaces(Rows) : new RowBlocks(Rows);
        (Frames, Lines) = ((s.O - 1) * s.Sd + (s.T - 1) * s.Ed + 1, (s.P - 1) * s.Sh + (s.R - 1) * s.Eh + 1);
        Columns = (s.Q - 1) * s.Sw + (s.S - 1) * s.Ew + 1;
        StandsWhole = ofBlocks && (s.Pd, s.Ph, s.Pw) == (0, 0, 0) && Frames <= s.D && Lines <= s.H && Columns <= s.W;
        if (StandsWhole)
            (Frames, Lines, Columns) = (s.D, s.H, s.W);
        Place = Spreads ? s.CG : PlaceOfTile;
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

    /// <summary>Whether the image comes in blocks.</summary>
    public bool OfBlocks { get; }

    /// <summary>Whether the residual does.</summary>
    public bool ByBlocks { get; }

    /// <summary>Whether the image is read where it stands, in blocks and without padding.</summary>
    public bool StandsWhole { get; }

    /// <summary>Turned images for each image: one for each tile's channels, or each block of them, or one with all.</summary>
    public int Parts => Spreads ? 1 : OfBlocks ? BlockCopying.Count(Shape.CG) : Tiles.Count;

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

    /// <summary>Whether offsets are whole numbers of 32 bits, and a row of pixels is within a block.</summary>
    public bool Fits => Tiles.Count * Image <= int.MaxValue && Shape.Q <= BlockPixels;

    /// <summary>Floats of so many turned images, up to where a vector may begin.</summary>
    public nint Images(int count) => StandsWhole ? 0 : (count * Parts * (nint)Image + PlaceOfTile - 1) / PlaceOfTile * PlaceOfTile;

    /// <summary>Floats of their residuals, turned, which have places for so many filters.</summary>
    public nint Residuals(int count, int filters) => ByBlocks ? 0 : (nint)count * filters * Shape.Output;

    /// <summary>Whether each thread turns what it multiplies for itself. What one core has written and another reads is slow, but what all turn is turned as often as there are threads.</summary>
    public bool IsTurnedByEach(int threads) => !(StandsWhole && ByBlocks) && (double)Shape.Output * Rows * Taps * Shape.KG >= (double)TurningCost * (threads - 1) * (Images(1) + Residuals(1, Shape.KG));

    /// <summary>Images that are turned at a time: by each thread as many as stay near, unless its sums would then travel more than they do.</summary>
    public int ImagesAtOnce(int filters, nint sums, bool byEach)
    {
        long most = byEach ? Math.Clamp(sums, NearFloats, DirectConvolution.CopiedFloats) : DirectConvolution.CopiedFloats;
        return (int)Math.Clamp(most / Math.Max(1, Parts * Image + (long)filters * Shape.Output), 1, Math.Max(1, Shape.N));
    }

    /// <summary>The part of a turned image that a tile reads.</summary>
    public int PartOf(int tile) => Spreads ? 0 : OfBlocks ? Tiles.First(tile) / PlaceOfTile : tile;

    /// <summary>Where what a tile reads begins.</summary>
    public nint Start(int tile) => PartOf(tile) * (nint)Image + (Spreads ? tile * Tiles.Rows : OfBlocks ? Tiles.First(tile) % PlaceOfTile : 0);

    /// <summary>How far behind a pixel's place a tap lies.</summary>
    public nint At(int tap)
    {
        int column = Spreads ? 0 : tap % Shape.S * Shape.Ew, row = (Spreads ? tap : tap / Shape.S) % Shape.R * Shape.Eh;
        int frame = tap / (Spreads ? Shape.R : Shape.R * Shape.S) * Shape.Ed;
        return (((nint)frame * Lines + row) * Columns + column) * Place;
    }

    /// <summary>Where the first pixel of a row stands.</summary>
    public nint RowAt(int o, int i) => ((nint)o * Shape.Sd * Lines + i * Shape.Sh) * Columns * Place;

    /// <summary>How far behind the first pixel those of a block stand.</summary>
    public unsafe void List(int* list)
    {
        for (int pixel = 0; pixel < RowsOfBlock * Shape.Q; pixel++)
            list[pixel] = (pixel / Shape.Q * Shape.Sh * Columns + pixel % Shape.Q * Shape.Sw) * Place;
    }
}

/// <summary>Images whose channels become neighbours; an item is what one tile reads of an image, or all of it.</summary>
internal readonly unsafe struct TurnImages(WeightSum sum, float* x, int n0, int images, float* turned) : IWork
{
    public void Do(int from, int to, int thread)
    {
        Geometry s = sum.Shape;
        for (int item = from; item < to; item++)
        {
            int n = item % images, part = item / images, channels = sum.Spreads ? s.CG : sum.OfBlocks ? WeightSum.PlaceOfTile : sum.Tiles.RowsOf(part);
            float* image = sum.OfBlocks ? x + ((nint)(n0 + n) * sum.Parts + part) * s.Input * WeightSum.PlaceOfTile : x + ((nint)(n0 + n) * s.C + sum.Group * s.CG + part * sum.Tiles.Rows) * s.Input, place = turned + ((nint)n * sum.Parts + part) * (nint)sum.Image;
            for (int f = 0; f < sum.Frames; f++)
                for (int a = 0; a < sum.Lines; a++, place += sum.Columns * sum.Place)
                {
                    int d = f - s.Pd, u = a - s.Ph;
                    if (d < 0 || d >= s.D || u < 0 || u >= s.H)
                        new Span<float>(place, sum.Columns * sum.Place).Clear();
                    else
                        Line(image + ((nint)d * s.H + u) * s.W * (sum.OfBlocks ? WeightSum.PlaceOfTile : 1), channels, place);
                }
        }
    }

    private void Line(float* line, int channels, float* place)
    {
        Geometry s = sum.Shape;
        int lead = Math.Min(s.Pw, sum.Columns), count = Math.Min(s.W, sum.Columns - lead);
        new Span<float>(place, lead * sum.Place).Clear();
        if (sum.OfBlocks)
            Runs.Move(line, count * sum.Place, place + lead * sum.Place);
        else
            Turn(line, channels, count, place + lead * sum.Place);
        new Span<float>(place + (lead + count) * sum.Place, (sum.Columns - lead - count) * sum.Place).Clear();
    }

    private void Turn(float* line, int channels, int count, float* place)
    {
        Geometry s = sum.Shape;
        // Whole squares where there are as many rows: what stands in the unused floats of a place may be anything.
        bool isWhole = sum.Place == WeightSum.PlaceOfTile && channels > sum.Place / 2 && line + (sum.Place - 1) * (nint)s.Input + s.W <= x + (nint)s.N * s.C * s.Input;
        Transposition.Copy(line, s.Input, isWhole ? sum.Place : channels, count, place, sum.Place);
    }
}
