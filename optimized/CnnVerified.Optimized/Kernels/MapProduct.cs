using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution for many filters: they are the lanes, the rows of a tile are neighbouring pixels, and what a tap meets is read where it stands.</summary>
/// <remarks>
/// <para>Order of the sum: from +0, one fused multiply-add for each channel and tap, ascending, the bias last.</para>
/// <para>A strip of pixels is computed for a panel of filters, in tiles, into a buffer that stays in L1, and goes from there to the maps of
/// the result in whole lines: their distances are often powers of two, which a cache does not hold at once. Blocks of maps are written as they are: nothing is turned.</para>
/// </remarks>
internal static unsafe class MapProduct
{
    private const int StripPixels = 64;
    private const long BandFloats = 128 * 1024;          // rows of the padded images that stay in L2 while the panels of weights pass

    /// <summary>Computes; bias may be null.</summary>
    public static void Run<V, L>(Execution on, MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        PaddedMaps maps = sum.Maps;
        nint image = sum.From.Maps * (nint)maps.Size, packed = sum.Prepared == 0 ? PackedSize<V, L>(sum) : 0;
        int images = maps.Fits ? sum.N : (int)Math.Clamp(DirectConvolution.CopiedFloats / Math.Max(1, image), 1, sum.N);
        float* memory = on.Shared(packed + TapTable.Size(sum) + (maps.Fits ? 0 : images * image));
        float* panel = sum.Prepared == 0 ? memory : (float*)sum.Prepared, biases = panel + PackedWeights<V, L>(sum), copy = memory + packed + TapTable.Size(sum);
        var taps = new TapTable(sum, maps, (int*)(memory + packed));
        if (sum.Prepared == 0)
            Pack<V, L>(on, sum, taps, w, bias, panel);
        Execution.PerThread strips = on.Local(2 * (nint)Lanes<V, L>() * StripLength(sum));
        for (int n0 = 0; n0 < sum.N; n0 += images)
        {
            int count = Math.Min(images, sum.N - n0);
            if (!maps.Fits)
                on.Run(count * sum.From.Maps, new MapCopying(sum, maps, x, n0, copy));
            var strip = new Strips<V, L>(sum, taps, maps.Fits ? x : copy, n0, count, panel, bias == null ? null : biases, y, strips, on.Threads);
            on.Run(strip.Items, strip);
        }
    }

    /// <summary>Brings weights and bias into the order in which tiles take them.</summary>
    /// <param name="on">Where to compute.</param>
    /// <param name="sum">A sum that they will be used for: of any images.</param>
    /// <param name="w">Weights.</param>
    /// <param name="bias">Bias; null for none.</param>
    /// <param name="packed">Where to: <see cref="PackedSize"/> floats.</param>
    public static void Prepare<V, L>(Execution on, MapSum sum, float* w, float* bias, float* packed) where V : unmanaged where L : struct, ILanes<V> =>
        Pack<V, L>(on, sum, new TapTable(sum, sum.Maps, (int*)on.Shared(TapTable.Size(sum))), w, bias, packed);

    /// <summary>Floats of weights and bias in that order.</summary>
    public static nint PackedSize<V, L>(in MapSum sum) where V : unmanaged where L : struct, ILanes<V> => PackedWeights<V, L>(sum) + sum.G * Panels<V, L>(sum) * Lanes<V, L>();

    private static nint PackedWeights<V, L>(in MapSum sum) where V : unmanaged where L : struct, ILanes<V> => sum.G * Panels<V, L>(sum) * Lanes<V, L>() * (nint)sum.From.Count * sum.Taps;

    private static int Lanes<V, L>() where V : unmanaged where L : struct, ILanes<V> => Tiles.PanelVectors * L.Count;

    // Panels of a group.
    private static int Panels<V, L>(in MapSum sum) where V : unmanaged where L : struct, ILanes<V> => (sum.To.Lanes + Lanes<V, L>() - 1) / Lanes<V, L>();

    private static void Pack<V, L>(Execution on, in MapSum sum, TapTable taps, float* w, float* bias, float* packed) where V : unmanaged where L : struct, ILanes<V>
    {
        int panels = Panels<V, L>(sum);
        on.Run(sum.G * panels, new Packing<V, L>(sum, taps, panels, w, bias, packed, packed + PackedWeights<V, L>(sum)));
    }

    // Whole rows where some fit, else equal parts of a row.
    private static int RowsOfStrip(in MapSum sum) => Math.Max(1, StripPixels / sum.W.Size);

    private static int PartsOfRow(in MapSum sum) => (sum.W.Size + StripPixels - 1) / StripPixels;

    private static int StripLength(in MapSum sum) => RowsOfStrip(sum) * ((sum.W.Size + PartsOfRow(sum) - 1) / PartsOfRow(sum));

    // Lanes of the panel that begins with a filter, in whole vectors.
    private static int WidthOf<V, L>(in MapSum sum, int first) where V : unmanaged where L : struct, ILanes<V> =>
        (Math.Min(Lanes<V, L>(), sum.To.Lanes - first) + L.Count - 1) / L.Count * L.Count;

    /// <summary>Weights in the order in which tiles take them: for each panel of filters and each class, term by term all lanes.</summary>
    private readonly struct Packing<V, L>(MapSum sum, TapTable taps, int panelsOfGroup, float* w, float* bias, float* panels, float* biases) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            int lanes = Lanes<V, L>(), C = sum.From.Count;
            for (int item = from; item < to; item++)
            {
                int g = item / panelsOfGroup, first = item % panelsOfGroup * lanes, filters = Math.Clamp(sum.To.Count - first, 0, lanes), width = WidthOf<V, L>(sum, first);
                float* panel = panels + item * lanes * (nint)C * sum.Taps, weights = w + g * sum.Weights + first * sum.FilterStep;
                if (filters < width)
                    new Span<float>(panel, checked((int)(width * (nint)C * sum.Taps))).Clear();
                for (int kind = 0; kind < sum.Classes; kind++)
                    Pack(kind, weights, filters, panel + width * taps.Before(kind), width);
                for (int lane = 0; lane < width; lane++)
                    biases[item * lanes + lane] = bias != null && lane < filters ? bias[g * sum.To.Count + first + lane] : 0;
            }
        }

        private void Pack(int kind, float* weights, int filters, float* to, int width)
        {
            int count = taps.Count(kind), C = sum.From.Count;
            int* tap = taps.Taps(kind);
            if (count == sum.Taps && sum.ChannelStep == count)
                Transposition.Copy(weights, sum.FilterStep, filters, C * count, to, width);
            else if (count == sum.Taps)
                for (int c = 0; c < C; c++)
                    Transposition.Copy(weights + c * sum.ChannelStep, sum.FilterStep, filters, count, to + (nint)c * count * width, width);
            else
                for (int c = 0; c < C; c++)
                    for (int t = 0; t < count; t++, to += width)
                        for (int lane = 0; lane < filters; lane++)
                            to[lane] = weights[lane * sum.FilterStep + c * sum.ChannelStep + tap[t]];
        }
    }

    /// <summary>An item is a band of strips of one image and group, and some panels: each panel's weights pass over the band once, whose pixels stay in L2.</summary>
    private readonly struct Strips<V, L> : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        private readonly MapSum _sum;
        private readonly TapTable _taps;
        private readonly float* _x, _weights, _biases, _y;
        private readonly int _n0, _images, _rows, _rowsOfStrip, _parts, _strips, _panels, _band, _bands, _cuts;
        private readonly Execution.PerThread _buffers;

        public Strips(in MapSum sum, TapTable taps, float* x, int n0, int images, float* panels, float* biases, float* y, Execution.PerThread buffers, int threads)
        {
            (_sum, _taps, _n0, _images, _buffers) = (sum, taps, n0, images, buffers);
            _x = x;
            _weights = panels;
            _biases = biases;
            _y = y;
            (_rows, _rowsOfStrip, _parts) = (sum.D.Size * sum.H.Size, RowsOfStrip(sum), PartsOfRow(sum));
            _strips = (_rows + _rowsOfStrip - 1) / _rowsOfStrip * _parts;
            _panels = Panels<V, L>(sum);
            // Pixels of the result for which the maps' pixels fill the band.
            double each = (double)sum.From.Count / sum.From.Place * sum.Maps.Size / sum.Output;
            _band = (int)Math.Clamp(BandFloats / Math.Max(1, each * StripLength(sum)), 1, _strips);
            _bands = (_strips + _band - 1) / _band;
            _cuts = (int)Math.Clamp(4L * threads / ((long)images * sum.G * _bands), 1, _panels);
        }

        private static int Lanes => Lanes<V, L>();

        public int Items => checked(_images * _sum.G * _bands * _cuts);

        public void Do(int from, int to, int thread)
        {
            PaddedMaps maps = _sum.Maps;
            nint input = maps.Fits ? (nint)_sum.Source * _sum.From.Place : (nint)maps.Size;
            float* buffer = _buffers[thread], turned = buffer + Lanes * StripLength(_sum);
            for (int item = from; item < to; item++)
            {
                int cut = item % _cuts, band = item / _cuts % _bands, g = item / _cuts / _bands % _sum.G, n = item / _cuts / _bands / _sum.G;
                float* image = _x + ((nint)(maps.Fits ? _n0 + n : n) * _sum.From.Maps + g * _sum.From.Count) * input;
                float* result = _y + ((nint)(_n0 + n) * _sum.To.Maps * _sum.To.Place + g * _sum.To.Count) * _sum.Output;
                for (int panel = _panels * cut / _cuts; panel < _panels * (cut + 1) / _cuts; panel++)
                {
                    int filters = Math.Min(Lanes, _sum.To.Count - panel * Lanes), width = WidthOf<V, L>(_sum, panel * Lanes);
                    for (int strip = band * _band; strip < Math.Min(_strips, (band + 1) * _band); strip++)
                    {
                        int row0 = strip / _parts * _rowsOfStrip, row1 = Math.Min(_rows, row0 + _rowsOfStrip);
                        int part = strip % _parts, column0 = (int)((long)_sum.W.Size * part / _parts), column1 = (int)((long)_sum.W.Size * (part + 1) / _parts);
                        int pixels = (row1 - row0) * (column1 - column0);
                        nint first = (nint)row0 * _sum.W.Size + column0;
                        if (_sum.To.AreBlocked)
                        {
                            float* pixel0 = result + _sum.To.At(panel * Lanes, _sum.Output) + first * Tiles.Place;
                            Compute(image, panel, width, row0, row1, column0, column1, pixel0, Tiles.Place, _sum.W.Size, L.Count < Tiles.Place ? L.Count : (nint)_sum.Output * Tiles.Place);
                            Finish(pixel0, width, row1 - row0, column1 - column0);
                            continue;
                        }
                        Compute(image, g * _panels + panel, width, row0, row1, column0, column1, buffer, width, column1 - column0, L.Count);
                        Activations.Finish(_sum.Activation, (VectorWidth)L.Count, buffer, width * pixels);
                        Transposition.Copy(buffer, width, pixels, filters, turned, pixels);
                        float* at = result + (nint)panel * Lanes * _sum.Output + first;
                        for (int filter = 0; filter < filters; filter++)
                            Runs.Move(turned + filter * pixels, pixels, at + (nint)filter * _sum.Output);
                    }
                }
            }
        }

        /// <summary>What is made of the sums of a strip while they are in L1: a panel may be a part of a block, or two.</summary>
        private void Finish(float* pixel, int width, int rows, int columns)
        {
            if (_sum.Activation == Activation.None)
                return;
            int part = Math.Min(width, Tiles.Place);
            for (int block = 0; block < width; block += part, pixel += (nint)_sum.Output * Tiles.Place)
                for (int row = 0; row < rows; row++)
                    if (part == Tiles.Place)
                        Activations.Finish(_sum.Activation, (VectorWidth)L.Count, pixel + (nint)row * _sum.W.Size * Tiles.Place, columns * Tiles.Place);
                    else
                        for (int column = 0; column < columns; column++)
                            Activations.Finish(_sum.Activation, (VectorWidth)L.Count, pixel + ((nint)row * _sum.W.Size + column) * Tiles.Place, part);
        }

        /// <summary>The pixels of a strip for one panel of filters: neighbours are <paramref name="next"/> floats apart, vectors of a pixel <paramref name="across"/>, rows so many pixels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Compute(float* image, int panel, int width, int row0, int row1, int column0, int column1, float* result, int next, int pixelsOfRow, nint across)
        {
            PaddedMaps maps = _sum.Maps;
            float* weights = _weights + panel * Lanes * (nint)_sum.From.Count * _sum.Taps;
            float* bias = _biases == null ? null : _biases + panel * Lanes;
            int vectors = width / L.Count, most = Tiles.RowsInRegisters, apart = _sum.W.Classes, distance = _sum.Distance;
            for (int row = row0; row < row1; row++, result += pixelsOfRow * next)
            {
                int o = row / _sum.H.Size, i = row % _sum.H.Size;
                float* line = image + maps.At(o / _sum.D.Classes * _sum.D.Step, i / _sum.H.Classes * _sum.H.Step, 0);
                int rowKind = (o % _sum.D.Classes * _sum.H.Classes + i % _sum.H.Classes) * apart;
                for (int first = column0; first < Math.Min(column1, column0 + apart); first++)
                {
                    int kind = rowKind + first % apart, count = (column1 - first + apart - 1) / apart, tiles = (count + most - 1) / most;
                    int* list = _taps.Offsets(kind);
                    int* last = _taps.Offsets(kind + 1);
                    float* place = line + first / apart * distance, to = result + (first - column0) * next, columns = weights + width * _taps.Before(kind);
                    for (int tile = 0; tile < tiles; tile++)
                    {
                        int pixel = count * tile / tiles, rows = count * (tile + 1) / tiles - pixel;
                        if (next == Tiles.Place && Sse.IsSupported)
                            for (int ahead = pixel + rows; ahead < pixel + 2 * rows; ahead++)
                            {
                                Sse.Prefetch0(to + ahead * apart * next);
                                Sse.Prefetch0(to + ahead * apart * next + (vectors - 1) * across);
                            }
                        Tiles.Of<V, L>(rows, vectors, distance)(place + pixel * distance, list, last, columns, width, L.Count, to + pixel * apart * next, apart * next, across, false, bias);
                    }
                }
            }
        }
    }
}
