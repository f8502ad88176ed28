using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution for few filters: lanes are neighbouring pixels, the rows of a tile are filters.</summary>
/// <remarks>
/// <para>Order of the sum: that of <see cref="MapProduct"/>, in the same bits.</para>
/// <para>A band of rows is computed from a padded copy of what it meets, which stays in the thread's cache. Where rows fill their vectors, tiles
/// write into the maps of the result; the last covers some pixels again. Where they do not and windows step by one, the rows of the band are taken as
/// one long row of the copy; what falls between two rows is computed and left out.</para>
/// </remarks>
internal static unsafe class PixelProduct
{
    private const long BandFloats = 128 * 1024;
    private const int Line = 16;                         // floats of a line of the cache
    private const int LeastRows = 4;                     // of a band: the windows of the first and last rows are copied twice

    // With fewer filters, or rows of fewer vectors, long rows and a buffer are quicker.
    private static (int Filters, int Vectors) Many => Tiles.RowsInRegisters == Tiles.MostRows ? (8, 4) : (3, 3);

    /// <summary>Whether vectors would be full enough.</summary>
    public static bool Pays(int lanes, in MapSum sum) => sum.W.PixelsOfClass >= lanes || IsLong(sum) && sum.H.Size > sum.H.Classes;

    /// <summary>Computes; bias may be null.</summary>
    public static void Run<V, L>(Execution on, MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        int rows = RowsOfBand(sum, on.Threads), slack = Tiles.MostVectors * L.Count;
        PaddedMaps maps = sum.MapsOfBand(rows);
        nint weights = sum.G * sum.Weights;
        float* packed = on.Shared(weights + TapTable.Size(sum));
        var taps = new TapTable(sum, maps, (int*)(packed + weights));
        var blocks = new RowBlocks(sum.To.Count);
        on.Run(sum.G * blocks.Count, new Packing(sum, taps, blocks, w, packed));
        // Vectors at the end of the last map read on behind it.
        Execution.PerThread scratch = on.Local(sum.From.Count * (nint)maps.Size + slack + blocks.Rows * ResultPitch(sum, maps, rows, slack));
        var bands = new Bands<V, L>(sum, maps, taps, blocks, rows, x, packed, bias, y, scratch, on.Threads);
        on.Run(bands.Items, bands);
    }

    // Whether the rows of a band are taken as one: where a row's pixels are at least half of what lies between its start and the next one's.
    private static bool IsLong(in MapSum sum) => sum.H.Step == 1 && sum.W.Step == 1 && 2 * sum.W.PixelsOfClass >= sum.W.Places;

    // Floats of one filter's pixels in the buffer; vectors at its end write on behind them.
    private static nint ResultPitch(in MapSum sum, PaddedMaps maps, int rows, int slack) => (nint)rows * (IsLong(sum) ? maps.Pitch : sum.W.PixelsOfClass) + slack;

    // Whether each row fills its vectors, all but an eighth.
    private static bool IsFull(in MapSum sum, int lanes) => sum.To.Count >= Many.Filters && sum.W.Classes * sum.H.Classes == 1
        && sum.W.Size >= Many.Vectors * lanes && 8L * sum.W.Size >= 7L * ((sum.W.Size + lanes - 1) / lanes * lanes);

    // Rows of each class. They fit the cache, but are not cut so short that much is copied twice, and there are some bands for each thread.
    private static int RowsOfBand(in MapSum sum, int threads)
    {
        int rows = sum.H.PixelsOfClass;
        double copied = (double)sum.From.Count * sum.D.Reach * sum.W.Places;
        int fit = (int)Math.Clamp((BandFloats / copied - sum.H.Reach) / sum.H.Step + 1, Math.Min(LeastRows, rows), rows);
        long wanted = threads == 1 ? 1 : (4L * threads + (long)sum.N * sum.G * sum.D.Size - 1) / ((long)sum.N * sum.G * sum.D.Size);
        int bands = (int)Math.Max((rows + fit - 1) / fit, Math.Min(wanted, (rows + LeastRows - 1) / LeastRows));
        return (rows + bands - 1) / bands;
    }

    /// <summary>Weights in the order in which tiles take them: for each block of filters and each class, term by term all rows.</summary>
    private readonly struct Packing(MapSum sum, TapTable taps, RowBlocks blocks, float* w, float* packed) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                int g = item / blocks.Count, block = item % blocks.Count, rows = blocks.RowsOf(block);
                float* weights = w + g * sum.Weights + (nint)block * blocks.Rows * sum.FilterStep;
                float* panel = packed + g * sum.Weights + (nint)block * blocks.Rows * sum.From.Count * sum.Taps;
                for (int kind = 0; kind < sum.Classes; kind++)
                {
                    int* tap = taps.Taps(kind);
                    int count = taps.Count(kind);
                    for (int c = 0; c < sum.From.Count; c++, panel += count * rows)
                        if (count == sum.Taps)
                            Transposition.Copy(weights + c * sum.ChannelStep, sum.FilterStep, rows, count, panel, rows);
                        else
                            for (int t = 0; t < count; t++)
                                for (int row = 0; row < rows; row++)
                                    panel[t * rows + row] = weights[row * sum.FilterStep + c * sum.ChannelStep + tap[t]];
                }
            }
        }
    }

    /// <summary>An item is a band of rows of one frame of an image, for all filters of a group, or where there are few, for some of them.</summary>
    private readonly struct Bands<V, L> : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        private readonly MapSum _sum;
        private readonly PaddedMaps _maps;
        private readonly TapTable _taps;
        private readonly RowBlocks _blocks;
        private readonly float* _x, _weights, _bias, _y;
        private readonly int _rows, _bands, _cuts;
        private readonly nint _results;
        private readonly bool _isLong, _isFull;
        private readonly Execution.PerThread _scratch;

        public Bands(in MapSum sum, PaddedMaps maps, TapTable taps, RowBlocks blocks, int rows, float* x, float* packed, float* bias, float* y, Execution.PerThread scratch, int threads)
        {
            (_sum, _maps, _taps, _blocks, _rows, _scratch) = (sum, maps, taps, blocks, rows, scratch);
            _x = x;
            _weights = packed;
            _bias = bias;
            _y = y;
            _bands = (sum.H.PixelsOfClass + rows - 1) / rows;
            _isLong = IsLong(sum);
            _isFull = IsFull(sum, L.Count);
            _results = ResultPitch(sum, maps, rows, Tiles.MostVectors * L.Count);
            int bands = checked(sum.N * sum.G * sum.D.Size * _bands);
            _cuts = bands >= threads ? 1 : Math.Min(blocks.Count, threads);   // each cut copies the band
        }

        public int Items => checked(_sum.N * _sum.G * _sum.D.Size * _bands * _cuts);

        public void Do(int from, int to, int thread)
        {
            nint input = (nint)_sum.D.Source * _sum.H.Source * _sum.W.Source;
            float* band = _scratch[thread], buffer = band + _sum.From.Count * (nint)_maps.Size + Tiles.MostVectors * L.Count;
            for (int item = from; item < to; item++)
            {
                int cut = item % _cuts, part = item / _cuts, row0 = part % _bands * _rows, o = part / _bands % _sum.D.Size, g = part / _bands / _sum.D.Size % _sum.G, n = part / _bands / _sum.D.Size / _sum.G;
                float* image = _x + ((nint)n * _sum.From.All + g * _sum.From.Count) * input;
                for (int c = 0; c < _sum.From.Count; c++)
                    _maps.Copy(image + c * input, band + c * (nint)_maps.Size, 0, o / _sum.D.Classes * _sum.D.Step, row0 * _sum.H.Step);
                float* result = _y + ((nint)n * _sum.To.All + g * _sum.To.Count) * _sum.Output + (nint)o * _sum.H.Size * _sum.W.Size;
                // What the next item reads is fetched while this one computes, where it stands behind what this one read.
                float* next = _bands == 1 && _sum.D.Size == 1 ? image + _sum.From.Count * input : null;
                for (int kind = 0; kind < _sum.H.Classes * _sum.W.Classes; kind++)
                    for (int block = _blocks.Count * cut / _cuts; block < _blocks.Count * (cut + 1) / _cuts; block++, next = null)
                        Compute(band, g, o % _sum.D.Classes * _sum.H.Classes * _sum.W.Classes + kind, block, row0, result, buffer, next);
                Finish(cut, row0 * _sum.H.Classes, result);
            }
        }

        /// <summary>What is made of the sums of an item while they are in the cache.</summary>
        private void Finish(int cut, int row, float* result)
        {
            if (_sum.Activation == Activation.None)
                return;
            int rows = Math.Min(_rows * _sum.H.Classes, _sum.H.Size - row), first = _blocks.Count * cut / _cuts * _blocks.Rows, last = Math.Min(_blocks.Count * (cut + 1) / _cuts * _blocks.Rows, _sum.To.Count);
            for (int filter = first; filter < last; filter++)
                Activations.Finish(_sum.Activation, (VectorWidth)L.Count, result + (nint)filter * _sum.Output + (nint)row * _sum.W.Size, rows * _sum.W.Size);
        }

        /// <summary>The band's pixels of one class, for one block of filters.</summary>
        private void Compute(float* band, int g, int kind, int block, int row0, float* result, float* buffer, float* next)
        {
            int h = kind / _sum.W.Classes % _sum.H.Classes, w = kind % _sum.W.Classes, filters = _blocks.RowsOf(block);
            int rows = Math.Min(row0 + _rows, (_sum.H.Size - h + _sum.H.Classes - 1) / _sum.H.Classes) - row0, columns = (_sum.W.Size - w + _sum.W.Classes - 1) / _sum.W.Classes;
            if (rows <= 0 || columns <= 0)
                return;
            float* weights = _weights + g * _sum.Weights + (nint)block * _blocks.Rows * _sum.From.Count * _sum.Taps + filters * _taps.Before(kind);
            float* bias = _bias == null ? null : _bias + g * _sum.To.Count + block * _blocks.Rows;
            result += (nint)block * _blocks.Rows * _sum.Output + ((nint)row0 * _sum.H.Classes + h) * _sum.W.Size + w;
            if (_isFull)
            {
                for (int row = 0; row < rows; row++)
                    Compute(band + _maps.At(0, row * _sum.H.Step, 0), kind, filters, weights, bias, columns, result + (nint)row * columns, _sum.Output, null);
                return;
            }
            int pitch = _isLong ? _maps.Pitch : columns;
            if (_isLong)
                Compute(band, kind, filters, weights, bias, (rows - 1) * pitch + columns, buffer, _results, next);
            else
                for (int row = 0; row < rows; row++)
                    Compute(band + _maps.At(0, row * _sum.H.Step, 0), kind, filters, weights, bias, columns, buffer + row * pitch, _results, null);
            for (int filter = 0; filter < filters; filter++)
                Store(buffer + filter * _results, rows, columns, pitch, result + (nint)filter * _sum.Output);
        }

        /// <summary>Neighbouring pixels. Vectors at the end write on behind them, where the next row will be.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Compute(float* place, int kind, int filters, float* weights, float* bias, int pixels, float* to, nint apart, float* next)
        {
            int* list = _taps.Offsets(kind), last = _taps.Offsets(kind + 1);
            // Where rows are full, the last tile must not begin in front of its row.
            for (int pixel = 0, vectors = Tiles.VectorsInRegisters(filters); pixel < pixels; pixel += vectors * L.Count)
            {
                vectors = Tiles.NextVectors(vectors, L.Count, pixels - pixel, _isFull ? pixels : int.MaxValue);
                if (_isFull)
                    pixel = Math.Min(pixel, pixels - vectors * L.Count);
                if (next != null && Sse.IsSupported)
                    for (int e = 0; e < vectors * L.Count * _sum.From.Count; e += Line)
                        Sse.Prefetch1(next + (nint)pixel * _sum.From.Count + e);
                Tiles.Turned<V, L, Tiles.Scattered>(filters, vectors)(place + pixel, list, last, weights, to + pixel, apart, false, bias);
            }
        }

        private void Store(float* buffer, int rows, int columns, int pitch, float* to)
        {
            int apart = _sum.W.Classes, next = _sum.H.Classes * _sum.W.Size;
            for (int row = 0; row < rows; row++, buffer += pitch, to += next)
                if (apart == 1)
                    Runs.Move(buffer, columns, to);
                else
                    for (int e = 0; e < columns; e++)
                        to[e * apart] = buffer[e];
        }
    }
}
