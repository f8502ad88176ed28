using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Depthwise weight gradients of maps in blocks: lanes are the channels of a block, each for itself.</summary>
/// <remarks>
/// <para>Order of the sum: that of <see cref="WeightLanes"/>, in the same bits: each channel and tap has 16 sums of its own, one for every 16th pixel of a row.</para>
/// <para>A band of rows at a time is read as it lies in memory, by one turn after the other. Nothing is padded and nothing copied: pixels at the border, which do not meet all taps, have turns of
/// their own, and rows there are bands of their own.</para>
/// </remarks>
internal static unsafe class ChannelWeights
{
    private const int Lanes = Sums.VirtualLanes, Neighbours = 2;
    private const int BandFloats = 20 * 1024;            // of image and residual, which stay in the cache while all turns pass

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
        nint sumsOfBlock = (nint)s.Taps * Lanes * Tiles.Place;
        float* sums = on.Shared(sum.To.Maps * sumsOfBlock + PixelTaps.Size(sum));
        var taps = new PixelTaps(sum, (int*)(sums + sum.To.Maps * sumsOfBlock));
        Execution.PerThread turns = on.Local((nint)s.Q * (sizeof(Turn) + sizeof(Call) * s.Taps) / sizeof(float));
        on.Run(checked(sum.To.Maps * Lanes), new LaneSums<V, L>(sum, taps, dy, x, sums, turns));
        on.Run(sum.To.Maps, new Folds<V, L>(s, sums, dw));
    }

    /// <summary>What is added at once of a row: every 16th pixel, and the neighbour of each where there are two.</summary>
    /// <param name="Pixel">The first.</param>
    /// <param name="Pixels">1, or <see cref="Neighbours"/>.</param>
    /// <param name="Steps">How many of each, but for the last one of the first, which may have no neighbour.</param>
    /// <param name="IsOneMore">Whether it is there.</param>
    private readonly record struct Turn(int Pixel, int Pixels, int Steps, bool IsOneMore = false);

    /// <summary>Some taps of a turn, as many as stay in registers, from a row on.</summary>
    private readonly struct Call(delegate*<float*, nint, float*, int*, nint, nint, int, int, bool, float*, void> tile, int* list, float* residual, float* image, float* sums, int steps, bool isOneMore)
    {
        public readonly delegate*<float*, nint, float*, int*, nint, nint, int, int, bool, float*, void> Tile = tile;
        public readonly int* List = list;
        public readonly float* Residual = residual, Image = image, Sums = sums;
        public readonly int Steps = steps;
        public readonly bool IsOneMore = isOneMore;
    }

    /// <summary>An item is one of the 16 sums of each channel and tap of a block. What a thread has of a block it adds together.</summary>
    private readonly struct LaneSums<V, L>(MapSum sum, PixelTaps taps, float* dy, float* x, float* sums, Execution.PerThread scratch) : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            var turns = (Turn*)scratch[thread];
            for (int lane = from, end; lane < to; lane = end)
            {
                end = Math.Min(to, (lane / Lanes + 1) * Lanes);
                int count = FindTurns(lane % Lanes, (end - 1) % Lanes + 1, turns, out int ofBands);
                AddBlock(lane / Lanes, lane % Lanes, (end - 1) % Lanes + 1, turns, ofBands, count, (Call*)(turns + sum.W.Size));
            }
        }

        // First those that a whole band of rows may pass before the next turn. Behind them those of sums to which pixels at the border go: each row passes all of these.
        private int FindTurns(int first, int end, Turn* turns, out int ofBands)
        {
            int left = 0, right = sum.W.Size, count = 0;
            while (left < right && !MeetsAll(left))
                left++;
            while (right > left && !MeetsAll(right - 1))
                right--;
            for (int lane = first, pixels; lane < end; lane += pixels)
            {
                int pixel = StartOf(lane, left);
                pixels = 1;
                if (IsAtBorder(lane, left, right) || pixel >= right)
                    continue;
                if (lane + 1 < end && StartOf(lane + 1, left) == pixel + 1 && pixel + 1 < right && !IsAtBorder(lane + 1, left, right))
                    pixels = Neighbours;
                int steps = StepsFrom(pixel, right), ofBoth = StepsFrom(pixel + pixels - 1, right);
                turns[count++] = new(pixel, pixels, ofBoth, steps > ofBoth);
            }
            ofBands = count;
            for (int lane = first; lane < end; lane++)
                if (IsAtBorder(lane, left, right))
                {
                    // Of each sum the pixels ascend.
                    for (int pixel = lane; pixel < left; pixel += Lanes)
                        turns[count++] = new(pixel, 1, 1);
                    if (StartOf(lane, left) is var within && within < right)
                        turns[count++] = new(within, 1, StepsFrom(within, right));
                    for (int pixel = StartOf(lane, right); pixel < sum.W.Size; pixel += Lanes)
                        turns[count++] = new(pixel, 1, 1);
                }
            return count;
        }

        private static int StartOf(int lane, int from) => from + (lane + Lanes - from % Lanes) % Lanes;

        private static int StepsFrom(int pixel, int right) => (right - 1 - pixel) / Lanes + 1;

        private bool IsAtBorder(int lane, int left, int right) => lane < left || StartOf(lane, right) < sum.W.Size;

        private bool MeetsAll(int pixel) => sum.W.Inside(pixel, 0) >= 0 && sum.W.Inside(pixel, sum.W.Taps - 1) >= 0;

        private void AddBlock(int block, int first, int end, Turn* turns, int ofBands, int count, Call* calls)
        {
            float* sumsOfBlock = sums + (nint)block * sum.Taps * Lanes * Tiles.Place;
            for (int tap = 0; tap < sum.Taps; tap++)
                new Span<float>(sumsOfBlock + ((nint)tap * Lanes + first) * Tiles.Place, (end - first) * Tiles.Place).Clear();
            int pixels = sum.W.Size + sum.H.Step * sum.W.Source;
            int mostRows = (int)Math.Clamp((BandFloats / Tiles.Place - (long)sum.H.Reach * sum.W.Source) / pixels, 1, Math.Max(1, sum.H.Size));
            for (int n = 0; n < sum.N; n++)
            {
                nint map = (nint)n * sum.To.Maps + block;
                float* residual = dy + map * sum.Output * Tiles.Place, image = x + map * sum.Source * Tiles.Place;
                for (int o = 0; o < sum.D.Size; o++)
                    for (int p = 0, rows; p < sum.H.Size; p += rows, residual += (nint)rows * sum.W.Size * Tiles.Place)
                    {
                        rows = 1;
                        while (rows < mostRows && p + rows < sum.H.Size && taps.RowsAreAlike(p, rows, rows * sum.H.Step))
                            rows++;
                        Fetch(residual + (nint)mostRows * sum.W.Size * Tiles.Place, rows * sum.W.Size);
                        Fetch(image + (taps.Place(o, p, 0) + (nint)(sum.H.Reach + mostRows * sum.H.Step) * sum.W.Source) * Tiles.Place, rows * sum.H.Step * sum.W.Source);
                        for (int turn = 0; turn < ofBands; turn++)
                            for (int call = 0, all = FindCalls(residual, image, o, p, turns[turn], sumsOfBlock, calls); call < all; call++)
                                Add(calls[call], 0, rows);
                        int some = 0;
                        for (int turn = ofBands; turn < count; turn++)
                            some += FindCalls(residual, image, o, p, turns[turn], sumsOfBlock, calls + some);
                        for (int row = 0; row < rows; row++)
                            for (int call = 0; call < some; call++)
                                Add(calls[call], row, 1);
                    }
            }
        }

        // Every 16th pixel is what the hardware does not foresee. Behind the last map nothing is fetched, wherever that points.
        private static void Fetch(float* from, int pixels)
        {
            if (Sse.IsSupported)
                for (int pixel = 0; pixel < pixels; pixel++)
                    Sse.Prefetch0(from + (nint)pixel * Tiles.Place);
        }

        private int FindCalls(float* residual, float* image, int o, int p, in Turn turn, float* sumsOfBlock, Call* calls)
        {
            int* list = taps.List(o, p, turn.Pixel, out int* last);
            int most = Tiles.TapsInRegisters(Neighbours, sum.Taps), count = 0;
            for (int left = (int)(last - list) / 2, some; left > 0; left -= some, list += 2 * some)
            {
                some = Math.Min(most, left);
                calls[count++] = new(Tiles.ChannelSums<V, L>(turn.Pixels, some), list, residual + (nint)turn.Pixel * Tiles.Place, image + taps.Place(o, p, turn.Pixel) * Tiles.Place,
                    sumsOfBlock + turn.Pixel % Lanes * Tiles.Place, turn.Steps, turn.IsOneMore);
            }
            return count;
        }

        private void Add(in Call call, int row, int rows)
        {
            nint ofResidual = (nint)sum.W.Size * Tiles.Place, ofImage = (nint)sum.H.Step * sum.W.Source * Tiles.Place;
            for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                call.Tile(call.Residual + row * ofResidual + lane, ofResidual, call.Image + row * ofImage + lane, call.List, ofImage, sum.W.Step * Tiles.Place, rows, call.Steps, call.IsOneMore, call.Sums + lane);
        }
    }

    /// <summary>An item is a block of channels. Lanes fold as in <see cref="Sums"/>.</summary>
    private readonly struct Folds<V, L>(Geometry s, float* sums, float* dw) : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int block = from; block < to; block++)
                for (int tap = 0; tap < s.Taps; tap++)
                {
                    float* lanes = sums + ((nint)block * s.Taps + tap) * Lanes * Tiles.Place;
                    for (int half = Lanes / 2; half > 0; half /= 2)
                        for (int at = 0; at < half * Tiles.Place; at += L.Count)
                            L.Store(L.Add(L.Load(lanes + at), L.Load(lanes + half * Tiles.Place + at)), lanes + at);
                    for (int c = block * Tiles.Place; c < Math.Min(s.C, (block + 1) * Tiles.Place); c++)
                        dw[(nint)c * s.Taps + tap] = lanes[c % Tiles.Place];
                }
        }
    }
}
