using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution of small maps: they are turned so that the images of a batch are neighbours, which are the lanes; the rows of a tile are filters.</summary>
/// <remarks>Order of the sum: that of <see cref="MapProduct"/>, in the same bits. Each pixel has the taps that it meets inside of the map: nothing is padded.</remarks>
internal static unsafe class TurnedMaps
{
    private const int Columns = 256;                     // of an item
    private const int LeastSums = 8;                     // of a tile that is not much slower than a whole one
    private const int CachedFloats = 384 * 1024;         // of a part of the batch, turned, which stays in L2

    /// <summary>Computes; bias may be null.</summary>
    public static void Run(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y)
    {
        switch (Math.Min((int)on.Width, sum.N))
        {
            case >= 16: Run<Vector512<float>, Lanes512>(on, sum, x, w, bias, y); break;
            case >= 8: Run<Vector256<float>, Lanes256>(on, sum, x, w, bias, y); break;
            case >= 4: Run<Vector128<float>, Lanes128>(on, sum, x, w, bias, y); break;
            default: Run<float, ScalarLanes>(on, sum, x, w, bias, y); break;
        }
    }

    private static void Run<V, L>(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        int input = sum.From.All * sum.Source, output = sum.To.All * sum.Output;
        var blocks = new RowBlocks(sum.To.Count);
        nint weights = sum.G * blocks.Count * (nint)blocks.Rows * sum.From.Count * sum.Taps;
        float* packed = on.Shared(weights + PixelTaps.Size(sum));
        int tile = Tiles.VectorsInRegisters(blocks.Rows) * L.Count, images = Math.Max(1, CachedFloats / Math.Max(1, input) / tile) * tile;
        // Where each thread has whole vectors of images, threads share out parts of the batch; else all of them work on one part.
        int least = (LeastSums + blocks.Rows - 1) / blocks.Rows * L.Count;
        bool byParts = sum.N >= on.Threads * least;
        if (byParts)
        {
            int rounds = ((sum.N + images - 1) / images + on.Threads - 1) / on.Threads, all = rounds * on.Threads * L.Count;
            images = (sum.N + all - 1) / all * L.Count;
        }
        else
            images = Math.Min(images, sum.N);
        var taps = new PixelTaps(sum, (int*)(packed + weights), images, blocks.Rows);
        on.Run(sum.G * blocks.Count, new Packing(sum, blocks, w, packed));
        if (byParts)
        {
            on.Run((sum.N + images - 1) / images, new Parts<V, L>(sum, taps, blocks, images, x, packed, bias, y, on.Local((nint)images * (input + output))));
            return;
        }
        for (int n = 0; n < sum.N; n += images)
        {
            var part = new Part<V, L>(sum, taps, blocks, n, images, x, packed, bias, y, on.Turned((nint)images * (input + output)));
            on.Run((input + Columns - 1) / Columns, part.Turning);
            on.Run(sum.G * sum.Output, part.Pixels);
            on.Run((output + Columns - 1) / Columns, part.TurningBack);
        }
    }

    /// <summary>Some images of the batch from the n-th on, and where they are turned. They are whole vectors, so that the last part goes over some images again. Elements of turned maps are <paramref name="images"/> floats apart, those of the last part too.</summary>
    private readonly struct Part<V, L>(MapSum sum, PixelTaps taps, RowBlocks blocks, int n, int images, float* x, float* packed, float* bias, float* y, float* turned)
        where V : unmanaged where L : struct, ILanes<V>
    {
        private int First => Math.Min(n, Math.Max(0, sum.N - L.Count));

        private int Count => Math.Min(images, sum.N - First);

        private int Input => sum.From.All * sum.Source;

        private int Output => sum.To.All * sum.Output;

        private float* Result => turned + (nint)images * Input;

        public Turning Turning => new(x + (nint)First * Input, Count, Input, turned, images);

        public Pixels<V, L> Pixels => new(sum, taps, blocks, Count, images, turned, packed, bias, Result);

        public Turning TurningBack => new(y + (nint)First * Output, Count, Output, Result, images, back: true);
    }

    /// <summary>An item is such a part, for all of it: nothing crosses from one thread to another.</summary>
    private readonly struct Parts<V, L>(MapSum sum, PixelTaps taps, RowBlocks blocks, int images, float* x, float* packed, float* bias, float* y, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                var part = new Part<V, L>(sum, taps, blocks, item * images, images, x, packed, bias, y, scratch[thread]);
                part.Turning.Do(0, (sum.From.All * sum.Source + Columns - 1) / Columns, thread);
                part.Pixels.Do(0, sum.G * sum.Output, thread);
                part.TurningBack.Do(0, (sum.To.All * sum.Output + Columns - 1) / Columns, thread);
            }
        }
    }

    /// <summary>An item is some columns of a matrix of so many rows, turned, or turned back.</summary>
    private readonly struct Turning(float* matrix, int rows, int columns, float* turned, int pitch, bool back = false) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            int first = from * Columns, count = Math.Min(columns, to * Columns) - first;
            if (back)
                Transposition.Copy(turned + (nint)first * pitch, pitch, count, rows, matrix + first, columns);
            else
                Transposition.Copy(matrix + first, columns, rows, count, turned + (nint)first * pitch, pitch);
        }
    }

    /// <summary>Weights in the order in which tiles take them: for each block of filters, channel by channel and tap by tap all rows; the last block has places for as many.</summary>
    private readonly struct Packing(MapSum sum, RowBlocks blocks, float* w, float* packed) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                int g = item / blocks.Count, block = item % blocks.Count, rows = blocks.RowsOf(block);
                float* weights = w + g * sum.Weights + block * blocks.Rows * sum.FilterStep, panel = packed + (nint)item * blocks.Rows * sum.From.Count * sum.Taps;
                if (sum.ChannelStep == sum.Taps)
                    Transposition.Copy(weights, sum.FilterStep, rows, sum.From.Count * sum.Taps, panel, blocks.Rows);
                else
                    for (int c = 0; c < sum.From.Count; c++)
                        Transposition.Copy(weights + c * sum.ChannelStep, sum.FilterStep, rows, sum.Taps, panel + (nint)c * sum.Taps * blocks.Rows, blocks.Rows);
            }
        }
    }

    /// <summary>An item is a pixel of the maps of one group, for all images of the part and all filters.</summary>
    private readonly struct Pixels<V, L>(MapSum sum, PixelTaps taps, RowBlocks blocks, int images, int pitch, float* x, float* packed, float* bias, float* y) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            nint weightsOfBlock = (nint)blocks.Rows * sum.From.Count * sum.Taps;
            for (int item = from; item < to; item++)
            {
                int g = item / sum.Output, pixel = item % sum.Output, d = pixel / (sum.H.Size * sum.W.Size), h = pixel / sum.W.Size % sum.H.Size, w = pixel % sum.W.Size;
                int* list = taps.List(d, h, w, out int* end);
                float* place = x + ((nint)g * sum.From.Count * sum.Source + taps.Place(d, h, w)) * pitch, result = y + ((nint)g * sum.To.Count * sum.Output + pixel) * pitch;
                for (int n = 0, vectors = Tiles.VectorsInRegisters(blocks.Rows); n < images; n += vectors * L.Count)
                {
                    vectors = Tiles.NextVectors(vectors, L.Count, images - n, images);
                    int first = Math.Min(n, images - vectors * L.Count);
                    for (int block = 0; block < blocks.Count; block++)
                    {
                        int filter = g * sum.To.Count + block * blocks.Rows;
                        Tiles.Images<V, L>(blocks.RowsOf(block), vectors)(place + first, list, end, sum.From.Count, (nint)sum.Source * pitch,
                            packed + (g * (nint)blocks.Count + block) * weightsOfBlock, (nint)sum.Taps * blocks.Rows, result + ((nint)block * blocks.Rows * sum.Output * pitch) + first,
                            (nint)sum.Output * pitch, bias == null ? null : bias + filter);
                    }
                }
                for (int filter = 0; filter < sum.To.Count && sum.Activation != Activation.None; filter++)
                    Activations.Finish(sum.Activation, (VectorWidth)L.Count, result + (nint)filter * sum.Output * pitch, images);
            }
        }
    }
}
