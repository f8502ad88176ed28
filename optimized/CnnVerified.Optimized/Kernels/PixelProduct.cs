using System.Runtime.CompilerServices;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution for few filters: lanes are neighbouring pixels, the rows of a tile are filters.</summary>
/// <remarks>
/// <para>Order of the sum: that of <see cref="MapProduct"/>, in the same bits.</para>
/// <para>Where windows step by one, the rows of a map are taken as one long row of its padded copy, so that vectors are full; what falls between two
/// rows is computed and left out.</para>
/// </remarks>
internal static unsafe class PixelProduct
{
    private const int GroupPixels = 1024;                // rows that an item computes, about

    /// <summary>Whether vectors would be full enough.</summary>
    public static bool Pays(int lanes, in MapSum sum) => sum.W.Size / sum.W.Classes >= lanes || IsLong(sum) && sum.H.Size > sum.H.Classes;

    /// <summary>Computes; bias may be null.</summary>
    public static void Run<V, L>(Execution on, MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        PaddedMaps maps = sum.CopiedMaps;
        nint image = sum.From.Count * (nint)maps.Size, weights = (nint)sum.To.Count * sum.From.Count * sum.Taps;
        int images = (int)Math.Clamp(DirectConvolution.CopiedFloats / Math.Max(1, image), 1, sum.N), slack = Tiles.MostVectors * L.Count;
        float* packed = on.Shared(weights + TapTable.Size(sum) + images * image + slack), copy = packed + weights + TapTable.Size(sum);
        var taps = new TapTable(sum, maps, (int*)(packed + weights));
        var blocks = new RowBlocks(sum.To.Count);
        on.Run(blocks.Count, new Packing(sum, taps, blocks, w, packed));
        // Vectors at the end of the last map read on behind it.
        new Span<float>(copy + images * image, slack).Clear();
        Execution.PerThread buffers = on.Local((nint)blocks.Rows * slack);
        for (int n0 = 0; n0 < sum.N; n0 += images)
        {
            int count = Math.Min(images, sum.N - n0);
            on.Run(count * sum.From.Count, new MapCopying(sum, maps, x, n0, copy));
            var rows = new Groups<V, L>(sum, taps, blocks, copy, n0, count, packed, bias == null ? null : bias + sum.To.First, y, buffers);
            on.Run(rows.Items, rows);
        }
    }

    // Whether the rows of a map are taken as one: where a row's pixels are at least half of what lies between its start and the next one's.
    private static bool IsLong(in MapSum sum) =>
        sum.H.Step == 1 && sum.W.Step == 1 && 2 * ((sum.W.Size + sum.W.Classes - 1) / sum.W.Classes) >= sum.CopiedMaps.Pitch;

    /// <summary>Weights in the order in which tiles take them: for each block of filters and each class, term by term all rows.</summary>
    private readonly struct Packing(MapSum sum, TapTable taps, RowBlocks blocks, float* w, float* packed) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int block = from; block < to; block++)
            {
                int rows = blocks.RowsOf(block);
                float* weights = w + (nint)block * blocks.Rows * sum.FilterStep;
                float* panel = packed + (nint)block * blocks.Rows * sum.From.Count * sum.Taps;
                for (int kind = 0; kind < sum.Classes; kind++)
                {
                    int* tap = taps.Taps(kind);
                    for (int c = 0; c < sum.From.Count; c++)
                        for (int t = 0; t < taps.Count(kind); t++)
                            for (int row = 0; row < rows; row++)
                                *panel++ = weights[row * sum.FilterStep + c * sum.ChannelStep + tap[t]];
                }
            }
        }
    }

    /// <summary>An item is some rows of one class of pixels of an image, for all filters.</summary>
    private readonly struct Groups<V, L> : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        private readonly MapSum _sum;
        private readonly TapTable _taps;
        private readonly RowBlocks _blocks;
        private readonly float* _x, _weights, _bias, _y;
        private readonly int _n0, _images, _rows, _groups;
        private readonly bool _isLong;
        private readonly Execution.PerThread _buffers;

        public Groups(in MapSum sum, TapTable taps, RowBlocks blocks, float* x, int n0, int images, float* packed, float* bias, float* y, Execution.PerThread buffers)
        {
            (_sum, _taps, _blocks, _n0, _images, _buffers) = (sum, taps, blocks, n0, images, buffers);
            _x = x;
            _weights = packed;
            _bias = bias;
            _y = y;
            int columns = (sum.W.Size + sum.W.Classes - 1) / sum.W.Classes, lines = (sum.H.Size + sum.H.Classes - 1) / sum.H.Classes;
            _isLong = IsLong(sum);
            _rows = Math.Clamp(GroupPixels / columns, 1, lines);
            _groups = (lines + _rows - 1) / _rows;
        }

        public int Items => checked(_images * _sum.D.Size * _sum.H.Classes * _sum.W.Classes * _groups);

        public void Do(int from, int to, int thread)
        {
            PaddedMaps maps = _sum.CopiedMaps;
            for (int item = from; item < to; item++)
            {
                int group = item % _groups, w = item / _groups % _sum.W.Classes, h = item / _groups / _sum.W.Classes % _sum.H.Classes;
                int o = item / _groups / _sum.W.Classes / _sum.H.Classes % _sum.D.Size, n = item / _groups / _sum.W.Classes / _sum.H.Classes / _sum.D.Size;
                int lines = (_sum.H.Size - h + _sum.H.Classes - 1) / _sum.H.Classes, columns = (_sum.W.Size - w + _sum.W.Classes - 1) / _sum.W.Classes;
                int line0 = Math.Min(lines, group * _rows), line1 = Math.Min(lines, line0 + _rows), kind = (o % _sum.D.Classes * _sum.H.Classes + h) * _sum.W.Classes + w;
                if (line0 == line1 || columns <= 0)
                    continue;
                float* image = _x + n * (_sum.From.Count * (nint)maps.Size);
                float* result = _y + ((nint)(_n0 + n) * _sum.To.All + _sum.To.First) * _sum.Output + ((nint)o * _sum.H.Size + h) * _sum.W.Size + w;
                for (int block = 0; block < _blocks.Count; block++)
                    for (int line = line0; line < line1; line += _isLong ? line1 - line0 : 1)
                        Compute(image + maps.At(o / _sum.D.Classes * _sum.D.Step, line * _sum.H.Step, 0), kind, block, line, _isLong ? line1 - line0 : 1, columns, maps.Pitch,
                            result, _buffers[thread]);
            }
        }

        /// <summary>Some rows of pixels from <paramref name="line"/> on, as one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Compute(float* place, int kind, int block, int line, int lines, int columns, int pitch, float* result, float* buffer)
        {
            int rows = _blocks.RowsOf(block), most = Tiles.VectorsInRegisters(rows), pixels = (lines - 1) * pitch + columns;
            float* weights = _weights + (nint)block * _blocks.Rows * _sum.From.Count * _sum.Taps + rows * _taps.Before(kind);
            float* biasOfBlock = _bias == null ? null : _bias + block * _blocks.Rows;
            result += (nint)block * _blocks.Rows * _sum.Output;
            for (int pixel = 0; pixel < pixels;)
            {
                int vectors = most;
                while (vectors > 1 && pixels - pixel <= vectors / 2 * L.Count)
                    vectors /= 2;
                int width = vectors * L.Count;
                Tiles.Turned<V, L>(rows, vectors)(place + pixel, _taps.Offsets(kind), _taps.Offsets(kind + 1), weights, buffer, width, false, biasOfBlock);
                Store(buffer, rows, width, pixel, Math.Min(width, pixels - pixel), line, columns, pitch, result);
                pixel += width;
            }
        }

        private void Store(float* buffer, int rows, int width, int pixel, int count, int line, int columns, int pitch, float* result)
        {
            int apart = _sum.W.Classes;
            for (int at = 0; at < count;)
            {
                int i = (pixel + at) / pitch, j = (pixel + at) % pitch, run = Math.Min(columns - j, count - at);
                if (run <= 0)   // between two rows
                {
                    at += pitch - j;
                    continue;
                }
                float* to = result + (nint)(line + i) * _sum.H.Classes * _sum.W.Size + j * apart;
                for (int row = 0; row < rows; row++)
                    if (apart == 1)
                        Runs.Move(buffer + row * width + at, run, to + (nint)row * _sum.Output);
                    else
                        for (int e = 0; e < run; e++)
                            to[(nint)row * _sum.Output + e * apart] = buffer[row * width + at + e];
                at += run;
            }
        }
    }
}
