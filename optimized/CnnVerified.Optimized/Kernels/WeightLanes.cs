using System.Runtime.Intrinsics;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Weight gradients of few channels: lanes are neighbouring pixels, the rows of a tile are filters, its columns channels and taps.</summary>
/// <remarks>
/// <para>Order of the sum: pixel j of a row goes to lane j mod 16, whatever the hardware width; each lane starts at +0 and takes one fused
/// multiply-add for each pixel, ascending in (n, o, i, j); lanes fold as in <see cref="Sums"/>.</para>
/// <para>A thread has some filters of some groups. It copies a band of rows of the image at a time, with its padding; the residual is read where it stands, and from
/// a copy at its end alone, behind which vectors must not read.</para>
/// </remarks>
internal static unsafe class WeightLanes
{
    /// <summary>Groups of at most so many channels are summed in this order, if a group has fewer filters than that or a filter at most so many weights.</summary>
    public const int MostChannels = 4, FewFilters = 8, MostWeights = 64;

    private const int Lanes = Sums.VirtualLanes;
    private const int MostFilters = 8, MostOfNarrow = 12;   // of an item: two tiles of four, or four of three, where vectors are narrow
    private const int BandFloats = 32 * 1024;
    private const int WaitingFloats = 256 * 1024;        // sums that wait in L2 for the next image

    /// <summary>Whether the order of these sums is that of lanes: a question of the layer's shape alone.</summary>
    public static bool Takes(in Geometry s) => s.CG <= MostChannels && (s.KG < FewFilters || (long)s.CG * s.Taps <= MostWeights);

    /// <summary>Computes the weights of all groups.</summary>
    public static void Run(Execution on, in Geometry s, float* dy, float* x, float* dw)
    {
        if (s.K == 0 || s.CG == 0)
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
        var sum = MapSum.Forward(s, flattens: false);
        int wanted = (on.Threads + s.G - 1) / s.G, most = (L.Count < Lanes ? MostOfNarrow : MostFilters) * wanted, parts = (s.KG + most - 1) / most * wanted;
        int filters = (s.KG + parts - 1) / parts;
        int columns = (s.Q + Lanes - 1) / Lanes * Lanes;
        double row = (double)s.CG * sum.D.Reach * s.Sh * sum.W.Places + filters * columns;
        int rows = (int)Math.Clamp(BandFloats / row, 1, Math.Max(1, s.P));
        PaddedMaps maps = sum.MapsOfBand(rows);
        int items = s.G * ((s.KG + filters - 1) / filters);
        var taps = new TapTable(sum, maps, (int*)on.Shared(TapTable.Size(sum)));
        nint sums = (nint)filters * s.CG * s.Taps * Lanes;
        int atOnce = (int)Math.Clamp(WaitingFloats / sums, 1, (items + on.Threads - 1) / on.Threads);
        Execution.PerThread scratch = on.Local(s.CG * (nint)maps.Size + Lanes + (nint)filters * rows * columns + Lanes + atOnce * sums);
        var bands = new Bands<V, L>(s, maps, taps, filters, atOnce, rows, columns, dy, x, dw, scratch);
        on.Run(items, bands);
    }

    /// <summary>An item is some filters of a group.</summary>
    private readonly struct Bands<V, L>(Geometry s, PaddedMaps padded, TapTable taps, int filtersOfItem, int itemsAtOnce, int rowsOfBand, int columns,
        float* dy, float* x, float* dw, Execution.PerThread scratch) : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        private int Blocks => (s.KG + filtersOfItem - 1) / filtersOfItem;

        private int Weights => s.CG * s.Taps;

        public void Do(int from, int to, int thread)
        {
            float* image = scratch[thread], behind = image + s.CG * (nint)padded.Size, residual = behind + Lanes;
            float* valid = residual + (nint)filtersOfItem * rowsOfBand * columns, sums = valid + Lanes;
            // What vectors read behind the last map, and behind each row of the copied residual.
            new Span<float>(behind, (int)(valid - behind)).Clear();
            for (int lane = 0; lane < Lanes; lane++)
                ((int*)valid)[lane] = lane < s.Q % Lanes ? -1 : 0;
            for (int first = from; first < to; first += itemsAtOnce)
                Sum(first, Math.Min(to, first + itemsAtOnce), image, residual, valid, sums);
        }

        // Images are the outer loop: memory is read as it lies, and the sums of some items wait.
        private void Sum(int from, int to, float* image, float* residual, float* valid, float* sums)
        {
            nint sumsOfItem = (nint)filtersOfItem * Weights * Lanes;
            for (int item = from; item < to; item++)
                new Span<float>(sums + (item - from) * sumsOfItem, checked((int)sumsOfItem)).Clear();
            for (int n = 0; n < s.N; n++)
                for (int o = 0; o < s.O; o++)
                    for (int row = 0; row < s.P; row += rowsOfBand)
                        for (int item = from, copied = -1; item < to; item++)
                        {
                            int g = item / Blocks, rows = Math.Min(rowsOfBand, s.P - row), filters = FiltersOf(item);
                            if (g != copied)
                                CopyImage(n, copied = g, o, row, image);
                            float* maps = dy + ((nint)n * s.K + First(item)) * s.Output + ((nint)o * s.P + row) * s.Q;
                            float* sumsHere = sums + (item - from) * sumsOfItem;
                            if (maps + (filters - 1) * (nint)s.Output + (rows - 1) * s.Q + columns <= dy + (nint)s.N * s.K * s.Output)
                                Add(image, maps, s.Q, s.Output, filters, rows, valid, sumsHere);
                            else
                            {
                                CopyResidual(maps, filters, rows, residual);
                                Add(image, residual, columns, (nint)rowsOfBand * columns, filters, rows, valid, sumsHere);
                            }
                        }
            for (int item = from; item < to; item++)
                for (int weight = 0; weight < FiltersOf(item) * Weights; weight++)
                    dw[(nint)First(item) * Weights + weight] = Sums.Fold(sums + (item - from) * sumsOfItem + (nint)weight * Lanes);
        }

        // Among the filters of all groups.
        private int First(int item) => item / Blocks * s.KG + item % Blocks * filtersOfItem;

        private int FiltersOf(int item) => Math.Min(filtersOfItem, s.KG - item % Blocks * filtersOfItem);

        private void CopyImage(int n, int g, int o, int row, float* image)
        {
            for (int c = 0; c < s.CG; c++)
                padded.Copy(x + ((nint)n * s.C + g * s.CG + c) * s.Input, image + c * (nint)padded.Size, 0, o * s.Sd, row * s.Sh);
        }

        private void CopyResidual(float* from, int filters, int rows, float* residual)
        {
            for (int filter = 0; filter < filters; filter++)
                for (int i = 0; i < rows; i++)
                    Runs.Move(from + (nint)filter * s.Output + (nint)i * s.Q, s.Q, residual + ((nint)filter * rowsOfBand + i) * columns);
        }

        private void Add(float* image, float* residual, int dyRow, nint dyMap, int filters, int rows, float* valid, float* sums)
        {
            nint step = (nint)s.Sh * padded.Pitch;
            int across = Tiles.FiltersInRegisters(filters), most = Tiles.TapsInRegisters(across, Weights);
            for (int filter = 0; filter < filters; filter += across)
                for (int tap = 0; tap < Weights; tap += most)
                {
                    int height = Math.Min(across, filters - filter), width = Math.Min(most, Weights - tap);
                    var tile = Tiles.Lanes<V, L>(height, width);
                    for (int lane = 0; lane < Lanes; lane += L.Count)
                        tile(residual + filter * dyMap + lane, dyMap, image + lane, taps.Offsets(0) + tap, rows, dyRow, step, s.Q,
                            valid + lane, sums + ((nint)filter * Weights + tap) * Lanes + lane, (nint)Weights * Lanes);
                }
        }
    }
}
