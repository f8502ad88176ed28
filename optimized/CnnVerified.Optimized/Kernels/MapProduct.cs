using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct convolution for many filters: they are the lanes, the rows of a tile are neighbouring pixels, and what a tap meets is read where it stands.</summary>
/// <remarks>
/// <para>Order of the sum: from +0, one fused multiply-add for each channel and tap, ascending, the bias last.</para>
/// <para>A strip of pixels is computed for a panel of filters, in tiles, into a buffer that stays in L1, and goes from there to the maps of
/// the result in whole lines: their distances are often powers of two, which a cache does not hold at once. Blocks of maps are written as they are: nothing is turned.</para>
/// <para>Weights are packed first, or were prepared. Where all images have few pixels, each panel is packed by who multiplies with it, into L2, and passes over all images from there.</para>
/// </remarks>
internal static unsafe class MapProduct
{
    private const int StripPixels = 64;
    private const long BandFloats = 128 * 1024;          // rows of the padded images that stay in L2 while the panels of weights pass
    private const long FewPixels = 1024;                 // of all images: up to here the weights cost more than reading the images again for each panel
    private const int PanelsOfThread = 4;                // at least, where they are what threads share

    /// <summary>Computes; bias may be null.</summary>
    public static void Run<V, L>(Execution on, MapSum sum, float* x, float* w, float* bias, float* y) where V : unmanaged where L : struct, ILanes<V>
    {
        PaddedMaps maps = sum.Maps;
        nint image = sum.From.Maps * (nint)maps.Size;
        int images = maps.Fits ? sum.N : (int)Math.Clamp(DirectConvolution.CopiedFloats / Math.Max(1, image), 1, sum.N), panels = sum.G * Panels<V, L>(sum);
        bool isByPanel = (long)sum.N * sum.Output <= FewPixels && panels >= PanelsOfThread * on.Threads && images == sum.N;
        nint packed = sum.Prepared != 0 || isByPanel ? 0 : PackedSize<V, L>(sum), ofPanel = sum.Prepared == 0 && isByPanel ? PackedSize<V, L>(sum) / panels : 0;
        float* memory = on.Shared(packed + TapTable.Size(sum) + (maps.Fits ? 0 : images * image));
        float* panel = sum.Prepared == 0 ? memory : (float*)sum.Prepared, biases = panel + PackedWeights<V, L>(sum), copy = memory + packed + TapTable.Size(sum);
        var taps = new TapTable(sum, maps, (int*)(memory + packed), Tiles.TakeRuns<V, L>());
        if (packed > 0)
            Pack<V, L>(on, sum, taps, w, bias, panel);
        Execution.PerThread strips = on.Local(2 * (nint)Lanes<V, L>() * StripLength(sum) + ofPanel);
        for (int n0 = 0; n0 < sum.N; n0 += images)
        {
            int count = Math.Min(images, sum.N - n0);
            if (!maps.Fits)
                on.Run(count * sum.From.Maps, new MapCopying(sum, maps, x, n0, copy));
            var strip = new Strips<V, L>(sum, taps, maps.Fits ? x : copy, n0, count, panel, biases, bias != null, y, strips);
            if (isByPanel)
                on.Run(panels, new PanelByPanel<V, L>(strip, new Packing<V, L>(sum, taps, Panels<V, L>(sum), w, bias, null, null), isPacked: sum.Prepared != 0));
            else
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
            for (int item = from; item < to; item++)
                Pack(item, panels + item * WeightsOfPanel, biases + item * Lanes<V, L>());
        }

        /// <summary>Floats from the weights of one panel to those of the next.</summary>
        public nint WeightsOfPanel => Lanes<V, L>() * (nint)sum.From.Count * sum.Taps;

        /// <summary>One panel, and its biases.</summary>
        public void Pack(int item, float* panel, float* biasesOfPanel)
        {
            int lanes = Lanes<V, L>(), g = item / panelsOfGroup, first = item % panelsOfGroup * lanes, filters = Math.Clamp(sum.To.Count - first, 0, lanes), width = WidthOf<V, L>(sum, first);
            float* weights = w + g * sum.Weights + first * sum.FilterStep;
            if (filters < width)
                new Span<float>(panel, checked((int)(width * (nint)sum.From.Count * sum.Taps))).Clear();
            for (int kind = 0; kind < sum.Classes; kind++)
                Pack(kind, weights, filters, panel + width * taps.Before(kind), width);
            for (int lane = 0; lane < width; lane++)
                biasesOfPanel[lane] = bias != null && lane < filters ? bias[g * sum.To.Count + first + lane] : 0;
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

    /// <summary>An item is a panel of a band of strips of one image and group: the panels' weights pass over the band one after the other, whose pixels stay in L2.</summary>
    private readonly struct Strips<V, L> : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        private readonly MapSum _sum;
        private readonly TapTable _taps;
        private readonly float* _x, _weights, _biases, _y;
        private readonly int _n0, _images, _rows, _rowsOfStrip, _parts, _strips, _panels, _band, _bands, _run;
        private readonly bool _hasBias;
        private readonly Execution.PerThread _buffers;

        public Strips(in MapSum sum, TapTable taps, float* x, int n0, int images, float* panels, float* biases, bool hasBias, float* y, Execution.PerThread buffers)
        {
            (_sum, _taps, _n0, _images, _hasBias, _buffers) = (sum, taps, n0, images, hasBias, buffers);
            _x = x;
            _weights = panels;
            _biases = biases;
            _y = y;
            (_rows, _rowsOfStrip, _parts) = (sum.D.Size * sum.H.Size, RowsOfStrip(sum), PartsOfRow(sum));
            _strips = (_rows + _rowsOfStrip - 1) / _rowsOfStrip * _parts;
            _panels = Panels<V, L>(sum);
            _run = taps.Run;
            // Pixels of the result for which the maps' pixels fill the band.
            double each = (double)sum.From.Count / sum.From.Place * sum.Maps.Size / sum.Output;
            _band = (int)Math.Clamp(BandFloats / Math.Max(1, each * StripLength(sum)), 1, _strips);
            _bands = (_strips + _band - 1) / _band;
        }

        private static int Lanes => Lanes<V, L>();

        public int Items => checked(_images * _sum.G * _bands * _panels);

        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                int panel = item % _panels, band = item / _panels % _bands, g = item / _panels / _bands % _sum.G, n = item / _panels / _bands / _sum.G;
                Pass(n, g, panel, band * _band, Math.Min(_strips, (band + 1) * _band), Weights(g * _panels + panel), _biases + (g * _panels + panel) * Lanes, _buffers[thread]);
            }
        }

        /// <summary>The weights of a panel, of all groups, where all are packed.</summary>
        public float* Weights(int panel) => _weights + panel * Lanes * (nint)_sum.From.Count * _sum.Taps;

        /// <summary>The biases of all panels.</summary>
        public float* Biases => _biases;

        /// <summary>What a thread has for one packed panel and its biases.</summary>
        public float* Packed(int thread) => _buffers[thread] + 2 * Lanes * StripLength(_sum);

        /// <summary>One panel of all groups, for all images.</summary>
        public void Pass(int item, float* weights, float* biases, int thread)
        {
            for (int n = 0; n < _images; n++)
                Pass(n, item / _panels, item % _panels, 0, _strips, weights, biases, _buffers[thread]);
        }

        private void Pass(int n, int g, int panel, int firstStrip, int lastStrip, float* weights, float* biases, float* buffer)
        {
            PaddedMaps maps = _sum.Maps;
            nint input = maps.Fits ? (nint)_sum.Source * _sum.From.Place : (nint)maps.Size;
            float* turned = buffer + Lanes * StripLength(_sum), bias = _hasBias ? biases : null;
            float* image = _x + ((nint)(maps.Fits ? _n0 + n : n) * _sum.From.Maps + g * _sum.From.Count) * input;
            float* result = _y + ((nint)(_n0 + n) * _sum.To.Maps * _sum.To.Place + g * _sum.To.Count) * _sum.Output;
            int filters = Math.Min(Lanes, _sum.To.Count - panel * Lanes), width = WidthOf<V, L>(_sum, panel * Lanes);
            for (int strip = firstStrip; strip < lastStrip; strip++)
            {
                int row0 = strip / _parts * _rowsOfStrip, row1 = Math.Min(_rows, row0 + _rowsOfStrip);
                int part = strip % _parts, column0 = (int)((long)_sum.W.Size * part / _parts), column1 = (int)((long)_sum.W.Size * (part + 1) / _parts);
                int pixels = (row1 - row0) * (column1 - column0);
                nint first = (nint)row0 * _sum.W.Size + column0;
                if (_sum.To.AreBlocked)
                {
                    float* pixel0 = result + _sum.To.At(panel * Lanes, _sum.Output) + first * Tiles.Place;
                    Compute(image, weights, bias, width, row0, row1, column0, column1, pixel0, Tiles.Place, _sum.W.Size, L.Count < Tiles.Place ? L.Count : (nint)_sum.Output * Tiles.Place);
                    Finish(pixel0, width, row1 - row0, column1 - column0);
                    continue;
                }
                Compute(image, weights, bias, width, row0, row1, column0, column1, buffer, width, column1 - column0, L.Count);
                Activations.Finish(_sum.Activation, (VectorWidth)L.Count, buffer, width * pixels);
                Transposition.Copy(buffer, width, pixels, filters, turned, pixels);
                float* at = result + (nint)panel * Lanes * _sum.Output + first;
                for (int filter = 0; filter < filters; filter++)
                    Runs.Move(turned + filter * pixels, pixels, at + (nint)filter * _sum.Output);
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
        private void Compute(float* image, float* weights, float* bias, int width, int row0, int row1, int column0, int column1, float* result, int next, int pixelsOfRow, nint across)
        {
            PaddedMaps maps = _sum.Maps;
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
                        Tiles.InMaps<V, L>(_run, rows, vectors, distance)(place + pixel * distance, list, last, columns, width, L.Count, to + pixel * apart * next, apart * next, across, false, bias);
                    }
                }
            }
        }
    }

    /// <summary>An item is a panel: who multiplies with its weights has packed them, and they pass over all images from L2.</summary>
    private readonly struct PanelByPanel<V, L>(Strips<V, L> strips, Packing<V, L> packing, bool isPacked) : IWork where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                float* weights = isPacked ? strips.Weights(item) : strips.Packed(thread), biases = isPacked ? strips.Biases + item * Lanes<V, L>() : weights + packing.WeightsOfPanel;
                if (!isPacked)
                    packing.Pack(item, weights, biases);
                strips.Pass(item, weights, biases, thread);
            }
        }
    }
}
