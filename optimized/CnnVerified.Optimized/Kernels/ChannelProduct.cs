using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Depthwise convolution of maps in blocks: lanes are the channels of a block, each of which meets weights of its own; the rows of a tile are neighbouring pixels.</summary>
/// <remarks>Order of the sum: that of <see cref="MapProduct"/>, in the same bits. Each pixel has the taps that it meets inside of the map: nothing is padded and nothing copied.</remarks>
internal static unsafe class ChannelProduct
{
    private const int RowsAhead = 4;

    /// <summary>Computes; bias may be null.</summary>
    public static void Run(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y)
    {
        switch (on.Width)
        {
            case VectorWidth.V512: Run<Vector512<float>, Lanes512>(on, sum, x, w, bias, y); break;
            case VectorWidth.V256: Run<Vector256<float>, Lanes256>(on, sum, x, w, bias, y); break;
            case VectorWidth.V128: Run<Vector128<float>, Lanes128>(on, sum, x, w, bias, y); break;
            default: Run<float, ScalarLanes>(on, sum, x, w, bias, y); break;
        }
    }

    private static void Run<V, L>(Execution on, in MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        int blocks = sum.To.Maps, panel = (sum.Taps + 1) * Tiles.Place;
        nint size = PixelTaps.Size(sum);
        float* packed = on.Shared((nint)blocks * panel + size + sum.W.Size);
        var taps = new PixelTaps(sum, (int*)(packed + blocks * panel));
        int* runs = (int*)(packed + blocks * panel + size);
        FindRuns(sum, taps, runs);
        for (int c = 0; c < blocks * Tiles.Place; c++)
            for (int tap = 0; tap <= sum.Taps; tap++)
                packed[c / Tiles.Place * panel + tap * Tiles.Place + c % Tiles.Place] = c >= sum.To.All ? 0 : tap < sum.Taps ? w[(nint)c * sum.Taps + tap] : bias == null ? 0 : bias[c];
        int rows = sum.D.Size * sum.H.Size, parts = (int)Math.Clamp(4L * on.Threads / ((long)sum.N * blocks), 1, rows);
        on.Run(checked(sum.N * blocks * parts), new Rows<V, L>(sum, taps, runs, rows, parts, x, packed, panel, bias != null, y));
    }

    // For the pixel of a row that a tile begins with, how many the tile has: as many, a class apart, as meet the same taps of their columns.
    private static void FindRuns(in MapSum sum, in PixelTaps taps, int* runs)
    {
        int most = sum.W.Step <= 2 ? Tiles.MostPixels : 1;
        for (int first = 0; first < Math.Min(sum.W.Classes, sum.W.Size); first++)
            for (int w = first, pixels; w < sum.W.Size; w += pixels * sum.W.Classes)
            {
                pixels = 1;
                while (pixels < most && w + pixels * sum.W.Classes < sum.W.Size && taps.AreAlike(w, pixels * sum.W.Classes, pixels * sum.W.Step))
                    pixels++;
                runs[w] = pixels;
            }
    }

    /// <summary>An item is some rows of a block of maps.</summary>
    private readonly struct Rows<V, L>(MapSum sum, PixelTaps taps, int* runs, int rows, int parts, float* x, float* packed, int panel, bool hasBias, float* y) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                int map = item / parts, part = item % parts, block = map % sum.To.Maps, unused = (block + 1) * Tiles.Place - sum.To.All;
                float* weights = packed + block * panel, image = x + (nint)map * sum.Source * Tiles.Place, result = y + (nint)map * sum.Output * Tiles.Place;
                for (int row = (int)((long)rows * part / parts); row < (int)((long)rows * (part + 1) / parts); row++)
                {
                    float* line = result + (nint)row * sum.W.Size * Tiles.Place;
                    for (int first = 0; first < Math.Min(sum.W.Classes, sum.W.Size); first++)
                        for (int w = first; w < sum.W.Size; w += runs[w] * sum.W.Classes)
                            Compute(image, row / sum.H.Size, row % sum.H.Size, w, weights, line + w * Tiles.Place);
                    Activations.Finish(sum.Activation, (VectorWidth)L.Count, line, sum.W.Size * Tiles.Place);
                    // What stands in the unused channels of the image may be anything.
                    for (int w = 0; unused > 0 && w < sum.W.Size; w++)
                        new Span<float>(line + w * Tiles.Place + Tiles.Place - unused, unused).Clear();
                }
            }
        }

        private void Compute(float* image, int d, int h, int w, float* weights, float* result)
        {
            int* list = taps.List(d, h, w, out int* end);
            float* place = image + taps.Place(d, h, w) * Tiles.Place, bias = hasBias ? weights + sum.Taps * Tiles.Place : null;
            if (Sse.IsSupported)
                for (int pixel = 0; pixel < runs[w]; pixel++)
                {
                    Sse.Prefetch0(place + RowsAhead * sum.W.Source * Tiles.Place + pixel * Tiles.Place);
                    Sse.Prefetch0(result + RowsAhead * sum.W.Size * Tiles.Place + pixel * Tiles.Place);
                }
            var tile = Tiles.Channels<V, L>(runs[w], Math.Min(sum.W.Step, 2) * Tiles.Place);
            for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                tile(place + lane, list, end, weights + lane, result + lane, sum.W.Classes * Tiles.Place, bias == null ? null : bias + lane);
        }
    }
}

/// <summary>Depthwise weight gradients of maps in blocks: lanes are the channels of a block, each for itself.</summary>
/// <remarks>
/// <para>Order of the sum: that of <see cref="WeightLanes"/>, in the same bits: each channel and tap has 16 sums of its own, one for every 16th pixel of a row.</para>
/// <para>An item is a block of channels of all images. It copies a band of rows of the image at a time, with its padding; the residual is read where it stands.</para>
/// </remarks>
internal static unsafe class ChannelWeights
{
    private const int Lanes = Sums.VirtualLanes, Neighbours = 2;
    private const int BandFloats = 32 * 1024;            // of image and residual, which stay in the cache while taps and sums pass

    /// <summary>Computes.</summary>
    public static void Run(Execution on, in Geometry s, float* dy, float* x, float* dw)
    {
        if (s.K == 0)
            return;
        switch (on.Width)
        {
            case VectorWidth.V512: Run<Vector512<float>, Lanes512>(on, s, dy, x, dw); break;
            case VectorWidth.V256: Run<Vector256<float>, Lanes256>(on, s, dy, x, dw); break;
            case VectorWidth.V128: Run<Vector128<float>, Lanes128>(on, s, dy, x, dw); break;
            default: Run<float, ScalarLanes>(on, s, dy, x, dw); break;
        }
    }

    private static void Run<V, L>(Execution on, in Geometry s, float* dy, float* x, float* dw) where V : unmanaged where L : struct, ILanes<V>
    {
        var sum = MapSum.Forward(s, flattens: false, Tiles.Place, Tiles.Place);
        double row = ((double)sum.D.Reach * s.Sh * sum.W.Places + s.Q) * Tiles.Place;
        int rows = (int)Math.Clamp(BandFloats / row, 1, Math.Max(1, s.P));
        PaddedMaps maps = sum.MapsOfBand(rows);
        int* offsets = (int*)on.Shared(2 * s.Taps);
        sum.TapsOf(0, maps, offsets, offsets + s.Taps);
        Execution.PerThread scratch = on.Local((nint)maps.Size + (nint)s.Taps * Lanes * Tiles.Place);
        on.Run(sum.To.Maps, new BlockSums<V, L>(s, maps, offsets + s.Taps, rows, dy, x, dw, scratch));
    }

    private readonly struct BlockSums<V, L>(Geometry s, PaddedMaps padded, int* offsets, int rowsOfBand, float* dy, float* x, float* dw, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            int blocks = BlockCopying.Count(s.C);
            float* image = scratch[thread], sums = image + padded.Size;
            for (int block = from; block < to; block++)
            {
                new Span<float>(sums, s.Taps * Lanes * Tiles.Place).Clear();
                for (int n = 0; n < s.N; n++)
                    for (int o = 0; o < s.O; o++)
                        for (int row = 0; row < s.P; row += rowsOfBand)
                        {
                            nint map = (nint)n * blocks + block;
                            float* residual = dy + (map * s.Output + ((nint)o * s.P + row) * s.Q) * Tiles.Place;
                            int rows = Math.Min(rowsOfBand, s.P - row);
                            // Sums read every 16th pixel, which the hardware does not foresee.
                            if (Sse.IsSupported)
                                for (int pixel = 0; pixel < rows * s.Q; pixel++)
                                    Sse.Prefetch1(residual + pixel * Tiles.Place);
                            padded.Copy(x + map * s.Input * Tiles.Place, image, 0, o * s.Sd, row * s.Sh);
                            Add(residual, image, rows, sums);
                        }
                Store(block * Tiles.Place, sums);
            }
        }

        // The first pixels of each 16 are one more than the others where a row is not a multiple of that.
        private void Add(float* residual, float* image, int rows, float* sums)
        {
            int more = s.Q % Lanes, most = Tiles.TapsInRegisters(Neighbours, s.Taps), pixel = s.Sw * Tiles.Place;
            for (int first = 0, pixels; first < Lanes; first += pixels)
            {
                pixels = Math.Min(Neighbours, (first < more ? more : Lanes) - first);
                int steps = s.Q / Lanes + (first < more ? 1 : 0);
                for (int tap = 0; tap < s.Taps && steps > 0; tap += most)
                {
                    var tile = Tiles.ChannelSums<V, L>(pixels, Math.Min(most, s.Taps - tap));
                    for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                        tile(residual + first * Tiles.Place + lane, (nint)s.Q * Tiles.Place, image + first * pixel + lane, offsets + tap, (nint)s.Sh * padded.Pitch, pixel, rows, steps,
                            sums + ((nint)tap * Lanes + first) * Tiles.Place + lane);
                }
            }
        }

        // Lanes fold as in Sums.
        private void Store(int first, float* sums)
        {
            for (int tap = 0; tap < s.Taps; tap++, sums += Lanes * Tiles.Place)
            {
                for (int half = Lanes / 2; half > 0; half /= 2)
                    for (int at = 0; at < half * Tiles.Place; at += L.Count)
                        L.Store(L.Add(L.Load(sums + at), L.Load(sums + half * Tiles.Place + at)), sums + at);
                for (int c = first; c < Math.Min(s.C, first + Tiles.Place); c++)
                    dw[(nint)c * s.Taps + tap] = sums[c - first];
            }
        }
    }
}
