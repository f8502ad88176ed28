using System.Runtime.Intrinsics;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Kernels;
using CnnVerified.Verification.Engines;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Every register tile that is generated, at every width that the machine has: layers reach only some of them.</summary>
public sealed unsafe class TileTests
{
    private const int Terms = 11, Rows = 3;

    private readonly Random _random = new(2015);

    public static TheoryData<VectorWidth> Widths => [.. EngineList.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_tile_multiplies(VectorWidth width)
    {
        switch (width)
        {
            case VectorWidth.V512: Products<Vector512<float>, Lanes512>(); break;
            case VectorWidth.V256: Products<Vector256<float>, Lanes256>(); break;
            case VectorWidth.V128: Products<Vector128<float>, Lanes128>(); break;
            default: Products<float, ScalarLanes>(); break;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_tile_of_lanes_sums_pixels(VectorWidth width)
    {
        switch (width)
        {
            case VectorWidth.V512: PixelSums<Vector512<float>, Lanes512>(); break;
            case VectorWidth.V256: PixelSums<Vector256<float>, Lanes256>(); break;
            case VectorWidth.V128: PixelSums<Vector128<float>, Lanes128>(); break;
            default: PixelSums<float, ScalarLanes>(); break;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_tile_of_channels_multiplies_and_sums_each_for_itself(VectorWidth width)
    {
        switch (width)
        {
            case VectorWidth.V512: Channels<Vector512<float>, Lanes512>(); break;
            case VectorWidth.V256: Channels<Vector256<float>, Lanes256>(); break;
            case VectorWidth.V128: Channels<Vector128<float>, Lanes128>(); break;
            default: Channels<float, ScalarLanes>(); break;
        }
    }

    [Fact]
    public void Runs_of_every_length_are_taken_apart_and_joined_again()
    {
        for (int count = 0; count <= 70; count++)
        {
            float[] from = [.. Enumerable.Range(0, Math.Max(1, 2 * count - 1)).Select(i => (float)i)], evens = new float[count + 1], odds = [.. Enumerable.Range(0, count).Select(i => -i - 1f)], joined = new float[2 * count + 1];
            (evens[count], joined[2 * count]) = (0.5f, 0.5f);
            fixed (float* pFrom = from, pEvens = evens, pOdds = odds, pJoined = joined)
            {
                Runs.EverySecond(pFrom, count, pEvens);
                Runs.Alternate(pEvens, pOdds, count, pJoined);
            }
            Assert.Equal([.. Enumerable.Range(0, count).Select(i => 2f * i), 0.5f], evens);
            Assert.Equal([.. Enumerable.Range(0, count).SelectMany(i => new[] { 2f * i, -i - 1f }), 0.5f], joined);
        }
    }

    private void Products<V, L>() where V : unmanaged where L : struct, ILanes<V>
    {
        int tiles = 0;
        for (int rows = 1; rows <= Tiles.MostRows; rows++)
        {
            for (int vectors = 1; vectors <= Tiles.PanelVectors; vectors++)
            {
                foreach (int distance in Tiles.Distances)
                {
                    Product<V, L, Tiles.InOrder>(rows, vectors, distance);
                    Product<V, L, Tiles.Scattered>(rows, vectors, distance);
                    if (L.Count < Tiles.Place && rows <= Tiles.NarrowRows)
                    {
                        Product<V, L, Tiles.RunsOf3>(rows, vectors, distance);
                        Product<V, L, Tiles.RunsOf4>(rows, vectors, distance);
                        Product<V, L, Tiles.RunsOf5>(rows, vectors, distance);
                        Product<V, L, Tiles.RunsOf7>(rows, vectors, distance);
                        Product<V, L, Tiles.RunsOf11>(rows, vectors, distance);
                    }
                    tiles++;
                }
            }
            for (int vectors = 1; vectors <= Tiles.MostVectors && (rows + 1) * vectors + 1 <= 32; vectors *= 2, tiles += 2)
            {
                TurnedProduct<V, L, Tiles.InOrder>(rows, vectors);
                TurnedProduct<V, L, Tiles.Scattered>(rows, vectors);
                ImageProduct<V, L>(rows, vectors);
            }
        }
        Assert.True(tiles > 140);
    }

    // Rows stand where a list says and are broadcast; columns stand in the order of the terms. The vectors of a term, and of a row of the result, may be anywhere, but for terms in runs.
    private void Product<V, L, TListing>(int rows, int vectors, int distance) where V : unmanaged where L : struct, ILanes<V> where TListing : struct, Tiles.IListing
    {
        int run = TListing.Run, most = run == 1 ? Terms : 4 * run + 1, step = run == 1 ? L.Count + 5 : vectors * L.Count, apart = run == 1 ? Terms * step + 3 : L.Count, row = L.Count + 2, column = rows * row + 1;
        float[] listed = Numbers(2048), streamed = Numbers(vectors * Math.Max(most * step, apart)), start = Numbers(vectors * column), biases = Numbers(vectors * L.Count);
        foreach (bool resumes in new[] { false, true })
            foreach (bool hasBias in new[] { false, true })
            {
                int terms = resumes ? most : run == 1 ? Terms - 1 : 3 * run;   // narrow tiles take some at a time
                int[] entries = [.. Enumerable.Range(0, terms + Tiles.Ahead).Select(_ => 160 + _random.Next(1024))], places = [.. Enumerable.Range(0, terms).Select(t => entries[t / run * run] - 13 * (t % run))];
                for (int t = 0; t < terms; t++)
                    if (t % run < 2 || t / run * run + 2 * run > terms)   // the other entries are not looked up
                        entries[t] = places[t];
                float[] expected = [.. start], got = [.. start];
                for (int m = 0; m < rows; m++)
                    for (int lane = 0; lane < vectors * L.Count; lane++)
                    {
                        int at = m * row + lane / L.Count * column + lane % L.Count;
                        float sum = resumes ? start[at] : 0;
                        for (int t = 0; t < terms; t++)
                            sum = MathF.FusedMultiplyAdd(listed[places[t] + m * distance], streamed[t * step + lane / L.Count * apart + lane % L.Count], sum);
                        expected[at] = hasBias ? sum + biases[lane] : sum;
                    }
                fixed (float* l = listed, s = streamed, c = got, b = biases)
                fixed (int* list = entries)
                    Tiles.Of<V, L, TListing>(rows, vectors, distance)(l, list, list + terms, s, step, apart, c, row, column, resumes, hasBias ? b : null);
                Assert.Equal(expected, got);
            }
    }

    // Columns stand where a list says; rows stand in the order of the terms and are broadcast.
    private void TurnedProduct<V, L, TListing>(int rows, int vectors) where V : unmanaged where L : struct, ILanes<V> where TListing : struct, Tiles.IListing
    {
        int lanes = vectors * L.Count, row = lanes + 3;
        float[] listed = Numbers(4096), streamed = Numbers(Terms * rows), start = Numbers(rows * row), biases = Numbers(rows);
        int[] places = [.. Enumerable.Range(0, Terms + Tiles.Ahead).Select(_ => _random.Next(1024))];
        foreach (bool resumes in new[] { false, true })
            foreach (bool hasBias in new[] { false, true })
            {
                int terms = resumes ? Terms : Terms - 1;   // narrow tiles take four at a time
                float[] expected = [.. start], got = [.. start];
                for (int m = 0; m < rows; m++)
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        float sum = resumes ? start[m * row + lane] : 0;
                        for (int t = 0; t < terms; t++)
                            sum = MathF.FusedMultiplyAdd(streamed[t * rows + m], listed[places[t] + lane], sum);
                        expected[m * row + lane] = hasBias ? sum + biases[m] : sum;
                    }
                fixed (float* l = listed, s = streamed, c = got, b = biases)
                fixed (int* list = places)
                    Tiles.Turned<V, L, TListing>(rows, vectors)(l, list, list + terms, s, c, row, resumes, hasBias ? b : null);
                Assert.Equal(expected, got);
            }
    }

    private void Channels<V, L>() where V : unmanaged where L : struct, ILanes<V>
    {
        for (int rows = 1; rows <= Tiles.MostPixels; rows++)
            foreach (int distance in new[] { Tiles.Place, 2 * Tiles.Place })
                ChannelProduct<V, L>(rows, distance);
        for (int taps = 1; taps <= Tiles.RunTaps; taps++)
            foreach (int distance in new[] { Tiles.Place, 2 * Tiles.Place })
                ChannelRun<V, L>(taps, distance);
        for (int pixels = 1; pixels <= 2; pixels++)
            for (int taps = 1; taps <= Tiles.MostTaps; taps++)
                ChannelSum<V, L>(pixels, taps);
    }

    // Of the pairs of a list the first says where a tap lies, the second which it is, both in places.
    private void ChannelProduct<V, L>(int rows, int distance) where V : unmanaged where L : struct, ILanes<V>
    {
        const int Row = Tiles.Place + 4;
        float[] x = Numbers(64 * Tiles.Place), weights = Numbers(5 * Tiles.Place), biases = Numbers(L.Count);
        int[] list = [4, 0, 6, 3, 0, 4];
        foreach (bool hasBias in new[] { false, true })
        {
            float[] expected = Numbers(rows * Row), got = [.. expected];
            ChannelByChannel(x, list, weights, hasBias ? biases : null, rows, distance, L.Count, expected, Row);
            fixed (float* image = x, w = weights, c = got, b = biases)
            fixed (int* pairs = list)
                Tiles.Channels<V, L>(rows, distance)(image, pairs, pairs + list.Length, w, c, Row, hasBias ? b : null);
            Assert.Equal(expected, got);
        }
    }

    // The same for a run of pixels, of which the last are computed twice.
    private void ChannelRun<V, L>(int taps, int distance) where V : unmanaged where L : struct, ILanes<V>
    {
        const int Row = Tiles.Place + 4;
        float[] x = Numbers(64 * Tiles.Place), weights = Numbers(taps * Tiles.Place), biases = Numbers(L.Count);
        int[] list = [.. Enumerable.Range(0, taps).Reverse().SelectMany(tap => new[] { _random.Next(32), tap })];
        foreach (int pixels in new[] { Tiles.RunPixels, Tiles.RunPixels + 1, 2 * Tiles.RunPixels, 3 * Tiles.RunPixels - 1 })
            foreach (bool hasBias in new[] { false, true })
            {
                float[] expected = Numbers(pixels * Row), got = [.. expected];
                ChannelByChannel(x, list, weights, hasBias ? biases : null, pixels, distance, L.Count, expected, Row);
                fixed (float* image = x, w = weights, c = got, b = biases)
                fixed (int* pairs = list)
                    Tiles.ChannelRun<V, L>(taps, distance)(image, pairs, w, c, Row, pixels, hasBias ? b : null, image, 0);
                Assert.Equal(expected, got);
            }
    }

    private static void ChannelByChannel(float[] x, int[] list, float[] weights, float[]? biases, int pixels, int distance, int lanes, float[] expected, int row)
    {
        for (int m = 0; m < pixels; m++)
            for (int lane = 0; lane < lanes; lane++)
            {
                float sum = 0;
                for (int t = 0; t < list.Length; t += 2)
                    sum = MathF.FusedMultiplyAdd(weights[list[t + 1] * Tiles.Place + lane], x[list[t] * Tiles.Place + m * distance + lane], sum);
                expected[m * row + lane] = biases == null ? sum : sum + biases[lane];
            }
    }

    // Every 16th pixel of each row, or two neighbours, and for each tap a sum for each of them. The first may have one pixel more.
    private void ChannelSum<V, L>(int pixels, int taps) where V : unmanaged where L : struct, ILanes<V>
    {
        const int Steps = 2, Lanes = Sums.VirtualLanes, Row = ((Steps + 1) * Lanes + 3) * Tiles.Place, Pixel = 2 * Tiles.Place, ImageRow = (2 * (Steps + 1) * Lanes + 5) * Tiles.Place;
        float[] dy = Numbers(Rows * Row), x = Numbers(Rows * ImageRow + 512 * Tiles.Place);
        int[] list = [.. Enumerable.Range(0, taps).Reverse().SelectMany(tap => new[] { _random.Next(32), tap })];
        foreach (bool isOneMore in new[] { false, true })
        {
            float[] expected = Numbers(taps * Lanes * Tiles.Place), got = [.. expected];
            for (int term = 0; term < taps; term++)
                for (int m = 0; m < pixels; m++)
                    for (int lane = 0; lane < L.Count; lane++)
                        for (int i = 0; i < Rows; i++)
                            for (int step = 0; step < (isOneMore && m == 0 ? Steps + 1 : Steps); step++)
                            {
                                ref float sum = ref expected[(list[2 * term + 1] * Lanes + m) * Tiles.Place + lane];
                                sum = MathF.FusedMultiplyAdd(dy[i * Row + (step * Lanes + m) * Tiles.Place + lane], x[list[2 * term] * Tiles.Place + i * ImageRow + (step * Lanes + m) * Pixel + lane], sum);
                            }
            fixed (float* d = dy, image = x, sums = got)
            fixed (int* pairs = list)
                Tiles.ChannelSums<V, L>(pixels, taps)(d, Row, image, pairs, ImageRow, Pixel, Rows, Steps, isOneMore, sums);
            Assert.Equal(expected, got);
        }
    }

    // Channels and within each the taps of a list: a place and which tap it is, in floats. Lanes are images.
    private void ImageProduct<V, L>(int rows, int vectors) where V : unmanaged where L : struct, ILanes<V>
    {
        const int Channels = 3, Places = 7, Taps = 5;
        int images = vectors * L.Count + 2, row = images + 3;
        float[] x = Numbers(Channels * Places * images), weights = Numbers(Channels * Taps * rows), biases = Numbers(rows);
        int[] all = [4, 0, 6, 3, 0, 4];
        foreach (bool hasBias in new[] { false, true })
        {
            int[] list = hasBias ? all : all[2..];
            float[] expected = Numbers(rows * row), got = [.. expected];
            for (int m = 0; m < rows; m++)
                for (int n = 0; n < vectors * L.Count; n++)
                {
                    float sum = 0;
                    for (int c = 0; c < Channels; c++)
                        for (int t = 0; t < list.Length; t += 2)
                            sum = MathF.FusedMultiplyAdd(weights[(c * Taps + list[t + 1]) * rows + m], x[(c * Places + list[t]) * images + n], sum);
                    expected[m * row + n] = hasBias ? sum + biases[m] : sum;
                }
            fixed (float* image = x, w = weights, c = got, b = biases)
            fixed (int* pairs = list.Select((each, i) => each * (i % 2 == 0 ? images : rows)).ToArray())
                Tiles.Images<V, L>(rows, vectors)(image, pairs, pairs + list.Length, Channels, Places * images, w, Taps * rows, c, row, hasBias ? b : null);
            Assert.Equal(expected, got);
        }
    }

    private void PixelSums<V, L>() where V : unmanaged where L : struct, ILanes<V>
    {
        for (int filters = 1; filters <= Tiles.MostFilters; filters++)
            for (int taps = 1; taps <= Math.Min(Tiles.MostTaps, Tiles.MostSums / filters); taps++)
                foreach (int columns in new[] { Sums.VirtualLanes, Sums.VirtualLanes + 5, 3 })
                    PixelSum<V, L>(filters, taps, columns);
    }

    // Pixel j of a row goes to lane j mod 16; a vector holds a part of the lanes.
    private void PixelSum<V, L>(int filters, int taps, int columns) where V : unmanaged where L : struct, ILanes<V>
    {
        const int Lanes = Sums.VirtualLanes, Row = 3 * Lanes, Map = Rows * Row + 7;
        int sumsOfFilter = taps * Lanes + 16;
        float[] dy = Numbers(filters * Map + Row), x = Numbers(4096), expected = Numbers(filters * sumsOfFilter), got = [.. expected];
        float[] valid = [.. Enumerable.Range(0, Lanes).Select(lane => BitConverter.Int32BitsToSingle(lane < columns % Lanes ? -1 : 0))];
        int[] distances = [.. Enumerable.Range(0, taps).Select(_ => _random.Next(512))];
        for (int m = 0; m < filters; m++)
            for (int tap = 0; tap < taps; tap++)
                for (int i = 0; i < Rows; i++)
                    for (int j = 0; j < columns; j++)
                    {
                        ref float sum = ref expected[m * sumsOfFilter + tap * Lanes + j % Lanes];
                        sum = MathF.FusedMultiplyAdd(dy[m * Map + i * Row + j], x[distances[tap] + i * 100 + j], sum);
                    }
        fixed (float* d = dy, image = x, v = valid, sums = got)
        fixed (int* list = distances)
            for (int lane = 0; lane < Lanes; lane += L.Count)
                Tiles.Lanes<V, L>(filters, taps)(d + lane, Map, image + lane, list, Rows, Row, 100, columns, v + lane, sums + lane, sumsOfFilter);
        Assert.Equal(expected, got);
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * _random.NextSingle() - 1)];
}
