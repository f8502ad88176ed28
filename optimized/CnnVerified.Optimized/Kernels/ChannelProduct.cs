using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Depthwise convolution of maps in blocks: lanes are the channels of a block, each of which meets weights of its own; the rows of a tile are neighbouring pixels.</summary>
/// <remarks>Order of the sum: that of <see cref="MapProduct"/>, in the same bits. Each pixel has the taps that it meets inside of the map: nothing is padded and nothing copied.</remarks>
internal static unsafe class ChannelProduct
{
    private const int RowsAhead = 4;                     // which are fetched, and L1 holds beside what is computed

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

    // For the pixel of a row that a run begins with, how many it has: as many, a class apart, as meet the same taps of their columns.
    private static void FindRuns(in MapSum sum, in PixelTaps taps, int* runs)
    {
        int most = sum.W.Step <= 2 ? sum.W.Size : 1;
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
            int distance = Math.Min(sum.W.Step, 2) * Tiles.Place, pixels = Math.Min(runs[w], Tiles.MostPixels), next = sum.W.Classes * Tiles.Place;
            float* places = place + RowsAhead * sum.W.Source * (nint)Tiles.Place, results = result + RowsAhead * sum.W.Size * (nint)Tiles.Place;
            int count = (int)(end - list) / 2;
            if (L.Count < Tiles.Place && count is > 0 and <= Tiles.RunTaps && runs[w] >= Tiles.RunPixels)
            {
                var run = Tiles.ChannelRun<V, L>(count, distance);
                for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                {
                    // Of two runs over the same lines one fetches places and one results.
                    bool isFirst = lane % (2 * L.Count) == 0;
                    run(place + lane, list, weights + lane, result + lane, next, runs[w], bias == null ? null : bias + lane, isFirst ? places : results, isFirst ? distance : next);
                }
                return;
            }
            if (Sse.IsSupported)
                for (int pixel = 0; pixel < runs[w]; pixel++)
                {
                    Sse.Prefetch0(places + pixel * (nint)Tiles.Place);
                    Sse.Prefetch0(results + pixel * (nint)Tiles.Place);
                }
            var tile = Tiles.Channels<V, L>(pixels, distance);
            for (int pixel = 0; pixel < runs[w]; pixel += pixels)
            {
                // The last tile computes some pixels once more.
                int first = Math.Min(pixel, runs[w] - pixels);
                for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                    tile(place + first * (nint)distance + lane, list, end, weights + lane, result + first * (nint)next + lane, next, bias == null ? null : bias + lane);
            }
        }
    }
}
