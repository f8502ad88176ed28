using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace CnnVerified.Tiles;

/// <summary>Writes the engine's register tiles while it is compiled: for each number of rows and vectors the same loop, with an
/// accumulator in a variable of its own for each row and vector.</summary>
/// <remarks>The JIT keeps variables in registers, but no array and no structure of more than four fields.</remarks>
[Generator]
public sealed class TileGenerator : IIncrementalGenerator
{
    private static readonly int[] RunsOfTerms = [4, 5, 3, 7, 11], Distances = [1, 2, 4, Place, 2 * Place];

    private const int MostRows = 14, NarrowRows = 6, TermsTogether = 4, FetchingRun = 5, PanelVectors = 2, MostVectors = 8, Registers = 32, MostFilters = 4, MostTaps = 12, MostSums = 24, MostPixels = 8, RunTaps = 9, RunPixels = 4, Place = 16;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) =>
        context.RegisterPostInitializationOutput(output => output.AddSource("Tiles.g.cs", Text()));

    /// <summary>The class of the tiles.</summary>
    public static string Text()
    {
        var rowCounts = Enumerable.Range(1, MostRows);
        var tiles = Distances.SelectMany(distance => rowCounts.SelectMany(rows => Enumerable.Range(1, PanelVectors).Select(vectors => new Tile(rows, vectors, distance)))).ToArray();
        var powers = Enumerable.Range(0, 30).Select(power => 1 << power).TakeWhile(vectors => vectors <= MostVectors);
        var turned = rowCounts.SelectMany(rows => powers.Where(vectors => (rows + 1) * vectors + 1 <= Registers).Select(vectors => (Rows: rows, Vectors: vectors))).ToArray();
        var columns = turned.Select(tile => new ColumnTile(tile.Rows, tile.Vectors)).ToArray();
        var images = turned.Select(tile => new ImageTile(tile.Rows, tile.Vectors)).ToArray();
        var channels = new[] { Place, 2 * Place }.SelectMany(distance => Enumerable.Range(1, MostPixels).Select(rows => new ChannelTile(rows, distance))).ToArray();
        var runs = new[] { Place, 2 * Place }.SelectMany(distance => Enumerable.Range(1, RunTaps).Select(taps => new ChannelRun(taps, distance))).ToArray();
        var channelSums = Enumerable.Range(1, MostTaps).SelectMany(taps => Enumerable.Range(1, 2).Select(pixels => new ChannelSums(pixels, taps))).ToArray();
        var lanes = Enumerable.Range(1, MostFilters).SelectMany(filters => Enumerable.Range(1, System.Math.Min(MostTaps, MostSums / filters)).Select(taps => new LaneTile(filters, taps))).ToArray();
        return $$"""
            using System.Runtime.CompilerServices;
            using System.Runtime.Intrinsics.X86;

            namespace CnnVerified.Optimized.Kernels;

            internal static unsafe partial class Tiles
            {
                /// <summary>The most rows that a tile has, and those of the largest one of two vectors that 16 registers hold.</summary>
                public const int MostRows = {{MostRows}}, NarrowRows = {{NarrowRows}};

                /// <summary>Floats of a place that has the channels of a block, or of a tile: a cache line.</summary>
                public const int Place = {{Place}};

                /// <summary>Floats from one row that is listed to the next.</summary>
                public static ReadOnlySpan<int> Distances => [{{string.Join(", ", Distances)}}];

                /// <summary>Terms of the runs that tiles take, first what is tried first.</summary>
                public static ReadOnlySpan<int> RunsOfTerms => [{{string.Join(", ", RunsOfTerms)}}];

                /// <summary>Terms of the longest runs whose lists say what is fetched.</summary>
                public const int FetchingRun = {{FetchingRun}};

                /// <summary>Vectors of a panel of filters, the most that a tile with listed rows has: with two, {{MostRows}} rows fill the registers.</summary>
                public const int PanelVectors = {{PanelVectors}};

                /// <summary>The most vectors that a tile with listed columns has.</summary>
                public const int MostVectors = {{MostVectors}};

                /// <summary>The most pixels of a tile whose lanes are channels.</summary>
                public const int MostPixels = {{MostPixels}};

                /// <summary>The most filters and taps of a tile whose lanes are pixels, and the most sums.</summary>
                public const int MostFilters = {{MostFilters}}, MostTaps = {{MostTaps}}, MostSums = {{MostSums}};

                /// <summary>The tile of so many rows, which are listed and stand 1, a <see cref="Place"/> or two places apart, and so many vectors.</summary>
                public static delegate*<float*, int*, int*, float*, nint, nint, float*, nint, nint, bool, float*, void> Of<V, L, TListing>(int rows, int vectors, int distance = 1) where V : unmanaged where L : struct, ILanes<V> where TListing : struct, IListing =>
                    (rows, vectors, distance) switch
                    {
            {{Lines(12, [.. tiles.Select(tile => $"({tile.Rows}, {tile.Vectors}, {tile.Distance}) => &{tile.Name}<V, L, TListing>,"), "_ => throw new ArgumentOutOfRangeException(nameof(rows), $\"there is no tile of {rows} rows, {distance} apart, and {vectors} vectors.\"),"])}}
                    };

                /// <summary>The same for maps whose terms stand in such runs (<see cref="TapTable.Run"/>), or where each is looked up.</summary>
                public static delegate*<float*, int*, int*, float*, nint, nint, float*, nint, nint, bool, float*, void> InMaps<V, L>(int run, int rows, int vectors, int distance) where V : unmanaged where L : struct, ILanes<V> =>
                    run switch
                    {
            {{Lines(12, [.. RunsOfTerms.Select(run => $"{run} => Of<V, L, RunsOf{run}>(rows, vectors, distance),"), "_ => Of<V, L, Scattered>(rows, vectors, distance),"])}}
                    };

                /// <summary>The tile of so many rows and so many vectors, a power of two, which are listed.</summary>
                public static delegate*<float*, int*, int*, float*, float*, nint, bool, float*, void> Turned<V, L, TListing>(int rows, int vectors) where V : unmanaged where L : struct, ILanes<V> where TListing : struct, IListing =>
                    (rows, vectors) switch
                    {
            {{Choices(columns, "V, L, TListing")}}
                    };

                /// <summary>The tile of so many filters and so many vectors of images.</summary>
                public static delegate*<float*, int*, int*, int, nint, float*, nint, float*, nint, float*, void> Images<V, L>(int rows, int vectors) where V : unmanaged where L : struct, ILanes<V> =>
                    (rows, vectors) switch
                    {
            {{Choices(images, "V, L")}}
                    };

                /// <summary>The tile of so many pixels, one or two places apart, whose lanes are channels.</summary>
                public static delegate*<float*, int*, int*, float*, float*, nint, float*, void> Channels<V, L>(int rows, int distance) where V : unmanaged where L : struct, ILanes<V> =>
                    (rows, distance) switch
                    {
            {{Lines(12, [.. channels.Select(tile => $"({tile.Rows}, {tile.Distance}) => &{tile.Name}<V, L>,"), "_ => throw new ArgumentOutOfRangeException(nameof(rows), $\"there is no tile of {rows} pixels, {distance} apart.\"),"])}}
                    };

                /// <summary>The most taps of a run of pixels whose lanes are channels, and the pixels that it takes at a time.</summary>
                public const int RunTaps = {{RunTaps}}, RunPixels = {{RunPixels}};

                /// <summary>The run of pixels, one or two places apart, that meet so many taps and whose lanes are channels. With each pixel it fetches one of the lines from the last pointer on, so many floats apart.</summary>
                public static delegate*<float*, int*, float*, float*, nint, int, float*, float*, nint, void> ChannelRun<V, L>(int taps, int distance) where V : unmanaged where L : struct, ILanes<V> =>
                    (taps, distance) switch
                    {
            {{Lines(12, [.. runs.Select(run => $"({run.Taps}, {run.Distance}) => &{run.Name}<V, L>,"), "_ => throw new ArgumentOutOfRangeException(nameof(taps), $\"there is no run of {taps} taps, {distance} apart.\"),"])}}
                    };

                /// <summary>The tile of sums of so many pixels and taps, whose lanes are channels.</summary>
                public static delegate*<float*, nint, float*, int*, nint, nint, int, int, bool, float*, void> ChannelSums<V, L>(int pixels, int taps) where V : unmanaged where L : struct, ILanes<V> =>
                    (pixels, taps) switch
                    {
            {{Lines(12, [.. channelSums.Select(tile => $"({tile.Pixels}, {tile.Taps}) => &{tile.Name}<V, L>,"), "_ => throw new ArgumentOutOfRangeException(nameof(pixels), $\"there is no tile of {pixels} pixels and {taps} taps.\"),"])}}
                    };

                /// <summary>The tile of so many filters and taps, whose lanes are pixels.</summary>
                public static delegate*<float*, nint, float*, int*, int, nint, nint, int, float*, float*, nint, void> Lanes<V, L>(int filters, int taps) where V : unmanaged where L : struct, ILanes<V> =>
                    (filters, taps) switch
                    {
            {{Lines(12, [.. lanes.Select(tile => $"({tile.Filters}, {tile.Taps}) => &{tile.Name}<V, L>,"), "_ => throw new ArgumentOutOfRangeException(nameof(filters), $\"there is no tile of {filters} filters and {taps} taps.\"),"])}}
                    };

            {{string.Join("\n\n", [.. RunsOfTerms.Select(Listing), .. tiles.Concat<RegisterTile>(columns).Concat(images).Concat(channels).Select(tile => tile.Text()), .. runs.Select(run => run.Text()), .. channelSums.Select(tile => tile.Text()), .. lanes.Select(tile => tile.Text())])}}
            }

            """;
    }

    private static string Listing(int run) => $$"""
            /// <summary>In maps, in runs of {{run}} terms.</summary>
            internal readonly struct RunsOf{{run}} : IListing
            {
                public static bool IsScattered => true;

                public static int Run => {{run}};
            }
        """;

    private static string Choices(IEnumerable<RegisterTile> tiles, string types) => Lines(12, [.. tiles.Select(tile => $"({tile.Rows}, {tile.Vectors}) => &{tile.Name}<{types}>,"),
        "_ => throw new ArgumentOutOfRangeException(nameof(rows), $\"there is no tile of {rows} rows and {vectors} vectors.\"),"]);

    private static string Lines(int indent, IEnumerable<string> lines) => string.Join("\n", lines.Select(line => new string(' ', indent) + line));

    /// <summary>A tile: rows are broadcast, columns are vectors, and each pair of them has an accumulator.</summary>
    private abstract class RegisterTile(int rows, int vectors)
    {
        public int Rows => rows;

        public int Vectors => vectors;

        public abstract string Name { get; }

        public abstract string Text();

        protected string Accumulators => string.Join(", ", Each((m, n) => $"c{m}_{n}"));

        protected string Zero => $"{string.Join(" = ", Each((m, n) => $"c{m}_{n}"))} = L.Create(0);";

        protected string Stores => Lines(8, Each((m, n) => $"L.Store(c{m}_{n}, c + {m} * row + {n} * {ColumnOfResult});"));

        protected string Start => $$"""
                    if (resume)
                    {
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Load(c + {m} * row + {n} * {ColumnOfResult});"))}}
                    }
                    else
                        {{Zero}}
            """;

        /// <summary>Some terms at a time, while there are as many: narrow vectors leave the processor little time for what is not a multiply-add.</summary>
        /// <param name="step">Floats from one term to the next of what is not listed.</param>
        /// <param name="term">A term of what is listed and of what is not.</param>
        /// <param name="scattered">Whether what is listed is fetched ahead.</param>
        /// <param name="condition">What else has to hold.</param>
        protected string Together(string step, System.Func<string, string, string> term, string scattered = "TListing.IsScattered", string condition = "") => rows > NarrowRows ? "" : $$"""
                    if (L.Count < Place{{condition}})
                        for (int* end = terms + (last - terms & ~{{TermsTogether - 1}}); terms != end; terms += {{TermsTogether}})
                        {
                            if (Sse.IsSupported && {{scattered}})
                            {
                                Sse.Prefetch0(listed + terms[Ahead]);
                                Sse.Prefetch0(listed + terms[Ahead + {{TermsTogether / 2}}]);
                            }
            {{Lines(16, Enumerable.Range(0, TermsTogether).Select(t => $"nint at{t} = terms[{t}];"))}}
            {{string.Join("\n", Enumerable.Range(0, TermsTogether).Select(t => $"                {{\n{term($"(listed + at{t})", "streamed")}\n                    streamed += {step};\n                }}"))}}
                        }
            """;

        /// <summary>Floats from one vector of a row of the result to the next.</summary>
        protected virtual string ColumnOfResult => "L.Count";

        protected IEnumerable<string> Each(System.Func<int, int, string> text) =>
            Enumerable.Range(0, rows).SelectMany(m => Enumerable.Range(0, vectors).Select(n => text(m, n)));

        /// <summary>The address of a vector of columns, and the element of a row, of what begins there.</summary>
        protected virtual string Column(string from, int n) => $"{from} + {n} * L.Count";

        protected virtual string Row(string from, int m) => $"{from}[{m}]";

        protected string Term(int indent, string columns, string row) => Term(indent, n => Column(columns, n), row);

        // What there is less of stays in registers, and of the others one at a time.
        protected string Term(int indent, System.Func<int, string> column, string row) => Lines(indent, rows < vectors
            ? [.. Enumerable.Range(0, rows).Select(m => $"V a{m} = L.Create({Row(row, m)});"), "V b;", .. Enumerable.Range(0, vectors).SelectMany(n =>
                Enumerable.Range(0, rows).Select(m => $"c{m}_{n} = L.Fma(a{m}, b, c{m}_{n});").Prepend($"b = L.Load({column(n)});"))]
            : [.. Enumerable.Range(0, vectors).Select(n => $"V b{n} = L.Load({column(n)});"), "V a;", .. Enumerable.Range(0, rows).SelectMany(m =>
                Enumerable.Range(0, vectors).Select(n => $"c{m}_{n} = L.Fma(a, b{n}, c{m}_{n});").Prepend($"a = L.Create({Row(row, m)});"))]);
    }

    /// <summary>A tile whose rows are read where a list says; the columns stand one term after the other.</summary>
    /// <remarks>With vectors of a whole place something is fetched ahead for each term: the other operand of some terms later; and of rows beside each other what the same tap meets a few terms later, of rows that
    /// are places what one of the next tile's pixels meets with this tap, each time another of them. With narrow vectors terms that stand in runs are not looked up one by one.</remarks>
    private sealed class Tile(int rows, int vectors, int distance) : RegisterTile(rows, vectors)
    {
        public int Distance => distance;

        public override string Name => $"Tile{Rows}x{Vectors}" + (distance > 1 ? $"Apart{distance}" : "");

        protected override string ColumnOfResult => "column";

        // Where the other operand of a run's terms stands, one behind the other, is known when this is compiled. Each term of a run that fetches has a base of its own; longer runs, for which general
        // registers would not do, go on from term to term.
        private string InRuns => Rows > NarrowRows ? "" : string.Join("\n", RunsOfTerms.Select(run => (run, Turn: (TermsTogether + run - 1) / run * run)).Select(each => $$"""
                    if (L.Count < Place && TListing.Run == {{each.run}})
                    {
                        nint next = terms[1] - terms[0];
            {{Lines(24, each.run > FetchingRun ? [] : Enumerable.Range(0, each.run).Select(t => $"float* listed{t} = listed + {t} * next;"))}}
                        for (int* end = terms + (int)((uint)(last - terms) / {{each.Turn}} * {{each.Turn}}); terms != end; terms += {{each.Turn}}, streamed += {{each.Turn * Vectors}} * L.Count)
                        {
            {{Lines(16, Enumerable.Range(0, each.Turn).Where(t => each.run <= FetchingRun && t % each.run is (2 or 3)).Select(t => $"if (Sse.IsSupported) Sse.Prefetch0(listed + terms[{t}]);"))}}
            {{Lines(16, Enumerable.Range(0, each.Turn).Where(t => each.run > FetchingRun || t % each.run == 0).Select(t => each.run <= FetchingRun ? $"nint at{t} = terms[{t}];" : t % each.run == 0 ? $"float* at{t} = listed + terms[{t}];" : $"float* at{t} = at{t - 1} + next;"))}}
            {{string.Join("\n", Enumerable.Range(0, each.Turn).Select(t => $"                {{\n{Term(20, n => $"streamed + {t * Vectors + n} * L.Count", each.run <= FetchingRun ? $"(listed{t % each.run} + at{t / each.run * each.run})" : $"at{t}")}\n                }}"))}}
                        }
                    }
            """));

        protected override string Column(string from, int n) => $"{from} + {n} * apart";

        protected override string Row(string from, int m) => $"{from}[{m * distance}]";

        public override string Text() => $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void {{Name}}<V, L, TListing>(float* listed, int* terms, int* last, float* streamed, nint step, nint apart, float* c, nint row, nint column, bool resume, float* bias)
                    where V : unmanaged where L : struct, ILanes<V> where TListing : struct, IListing
                {
                    V {{Accumulators}};
            {{Start}}
            {{Together("step", (at, streamed) => Term(20, streamed, at), distance >= Place ? "false" : "TListing.IsScattered", " && TListing.Run == 1")}}
            {{InRuns}}
                    for (; terms != last; terms++, streamed += step)
                    {
                        float* at = listed + *terms;
                        if (Sse.IsSupported && L.Count == Place)
                        {
            {{Lines(16, distance >= Place ? [$"Sse.Prefetch0(at + (int)({Rows} + ((uint)terms / sizeof(int) & 15)) * {distance});", .. Enumerable.Range(0, Vectors).Select(n => $"Sse.Prefetch0(streamed + 8 * step + {n} * apart);")] : ["Sse.Prefetch0(listed + terms[Ahead]);", .. Enumerable.Range(0, Vectors).Select(n => $"Sse.Prefetch0(streamed + 8 * step + {n} * apart);")])}}
                        }
            {{Term(12, "streamed", "at")}}
                    }
                    if (bias != null)
                    {
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Add(c{m}_{n}, L.Load(bias + {n} * L.Count));"))}}
                    }
            {{Stores}}
                }
            """;
    }

    /// <summary>A tile whose columns are read where a list says; the rows stand one term after the other.</summary>
    /// <remarks>With vectors of a whole place one line is fetched ahead for each term: each time another of the vectors, since neighbouring taps share theirs.</remarks>
    private sealed class ColumnTile(int rows, int vectors) : RegisterTile(rows, vectors)
    {
        public override string Name => $"Turned{Rows}x{Vectors}";

        public override string Text() => $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void {{Name}}<V, L, TListing>(float* listed, int* terms, int* last, float* streamed, float* c, nint row, bool resume, float* bias)
                    where V : unmanaged where L : struct, ILanes<V> where TListing : struct, IListing
                {
                    V {{Accumulators}};
            {{Start}}
            {{Together($"{Rows}", (at, streamed) => Term(20, at, streamed))}}
                    for (; terms != last; terms++, streamed += {{Rows}})
                    {
                        float* at = listed + *terms;
                        if (Sse.IsSupported && L.Count == Place)
                            Sse.Prefetch0(listed + terms[Ahead]{{(Vectors > 1 ? $" + (int)((uint)terms / sizeof(int) % {Vectors}) * L.Count" : "")}});
            {{Term(12, "at", "streamed")}}
                    }
                    if (bias != null)
                    {
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Add(c{m}_{n}, L.Create(bias[{m}]));"))}}
                    }
            {{Stores}}
                }
            """;
    }

    /// <summary>A tile whose lanes are images: for each channel the taps of a list, which says where a tap lies and which it is.</summary>
    private sealed class ImageTile(int rows, int vectors) : RegisterTile(rows, vectors)
    {
        public override string Name => $"Images{Rows}x{Vectors}";

        private string PairsOfTaps => Rows > NarrowRows ? "" : $$"""
                        if (L.Count < Place)
                            for (int* pairs = taps + (last - taps & ~3); tap != pairs; tap += 4)
                            {
                                nint at = tap[0], w = tap[1], then = tap[2], v = tap[3];
                                {
            {{Term(24, "x + at", "(weights + w)")}}
                                }
                                {
            {{Term(24, "x + then", "(weights + v)")}}
                                }
                            }
            """;

        public override string Text() => $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void {{Name}}<V, L>(float* x, int* taps, int* last, int channels, nint map, float* weights, nint weightsOfChannel, float* c, nint row, float* bias)
                    where V : unmanaged where L : struct, ILanes<V>
                {
                    V {{Accumulators}};
                    {{Zero}}
                    for (; channels > 0; channels--, x += map, weights += weightsOfChannel)
                    {
                        int* tap = taps;
            {{PairsOfTaps}}
                        for (; tap != last; tap += 2)
                        {
                            float* at = x + tap[0], w = weights + tap[1];
            {{Term(16, "at", "w")}}
                        }
                    }
                    if (bias != null)
                    {
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Add(c{m}_{n}, L.Create(bias[{m}]));"))}}
                    }
            {{Stores}}
                }
            """;
    }

    /// <summary>A tile whose lanes are channels, each of which meets weights of its own; rows are neighbouring pixels.</summary>
    private sealed class ChannelTile(int rows, int distance) : RegisterTile(rows, 1)
    {
        public int Distance => distance;

        public override string Name => $"Channels{Rows}Apart{distance}";

        public override string Text() => $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void {{Name}}<V, L>(float* x, int* taps, int* last, float* weights, float* c, nint row, float* bias) where V : unmanaged where L : struct, ILanes<V>
                {
                    V {{Accumulators}};
                    {{Zero}}
                    for (; taps != last; taps += 2)
                    {
                        float* at = x + taps[0] * (nint)Place;
                        V w = L.Load(weights + taps[1] * (nint)Place);
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Fma(L.Load(at + {m * distance}), w, c{m}_{n});"))}}
                    }
                    if (bias != null)
                    {
                        V b = L.Load(bias);
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Add(c{m}_{n}, b);"))}}
                    }
            {{Stores}}
                }
            """;
    }

    /// <summary>A run of pixels whose lanes are channels: the weights of all taps stay in registers, some pixels are summed at a time.</summary>
    private sealed class ChannelRun(int taps, int distance)
    {
        public int Taps => taps;

        public int Distance => distance;

        public string Name => $"Run{taps}Apart{distance}";

        private static IEnumerable<string> Pixels(System.Func<int, string> text) => Enumerable.Range(0, RunPixels).Select(text);

        private IEnumerable<string> Each(System.Func<int, string> text) => Enumerable.Range(0, taps).Select(text);

        public string Text() => $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void {{Name}}<V, L>(float* x, int* taps, float* weights, float* c, nint row, int pixels, float* bias, float* fetched, nint fetchedPixel) where V : unmanaged where L : struct, ILanes<V>
                {
            {{Lines(8, Each(t => $"V w{t} = L.Load(weights + taps[{2 * t + 1}] * (nint)Place);"))}}
            {{Lines(8, Each(t => $"float* x{t} = x + taps[{2 * t}] * (nint)Place;"))}}
                    V b = bias == null ? L.Create(0) : L.Load(bias);
                    nint last = (pixels - RunPixels) * {{distance}};
                    for (nint at = 0, step; ; at += step, c += step / {{distance}} * row)
                    {
                        V {{string.Join(", ", Pixels(p => $"c{p}"))}};
                        {{string.Join(" = ", Pixels(p => $"c{p}"))}} = L.Create(0);
            {{Lines(12, Each(t => string.Join(" ", Pixels(p => $"c{p} = L.Fma(L.Load(x{t} + at + {p * distance}), w{t}, c{p});"))))}}
                        if (bias != null)
                        {
            {{Lines(16, Pixels(p => $"c{p} = L.Add(c{p}, b);"))}}
                        }
            {{Lines(12, Pixels(p => $"L.Store(c{p}, c + {p} * row);"))}}
                        if (Sse.IsSupported)
                        {
            {{Lines(16, Pixels(p => $"Sse.Prefetch0(fetched + {p} * fetchedPixel);"))}}
                        }
                        // The last pixels are some that were there before.
                        step = Math.Min({{RunPixels * distance}}, last - at);
                        if (step <= 0)
                            return;
                        fetched += step / {{distance}} * fetchedPixel;
                    }
                }
            """;
    }

    /// <summary>A tile of weight sums whose lanes are channels, each for itself: of every 16 pixels of a row one, or two neighbours, each with sums of its own.</summary>
    private sealed class ChannelSums(int pixels, int taps)
    {
        public int Pixels => pixels;

        public int Taps => taps;

        public string Name => $"ChannelSums{pixels}x{taps}";

        private IEnumerable<string> Each(System.Func<int, int, string> text) =>
            Enumerable.Range(0, taps).SelectMany(t => Enumerable.Range(0, pixels).Select(m => text(m, t)));

        public string Text() => $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void {{Name}}<V, L>(float* dy, nint dyRow, float* x, int* taps, nint xRow, nint xPixel, int rows, int steps, bool isOneMore, float* sums) where V : unmanaged where L : struct, ILanes<V>
                {
            {{Lines(8, Each((m, t) => $"V c{m}_{t} = L.Load({Sum(m, t)});"))}}
            {{Lines(8, Enumerable.Range(0, taps).Select(t => $"float* x{t} = x + taps[{2 * t}] * (nint)Place;"))}}
                    for (int row = 0; row < rows; row++)
                    {
                        float* d = dy + row * dyRow;
                        nint at0 = row * xRow;
            {{Lines(12, Enumerable.Range(1, pixels - 1).Select(m => $"nint at{m} = at0 + xPixel;"))}}
                        for (int step = 0; step < steps; step++, d += Sums.VirtualLanes * Place)
                        {
            {{Lines(16, [.. Enumerable.Range(0, pixels).Select(m => $"V d{m} = L.Load(d + {m} * Place);"), .. Each(Term), .. Enumerable.Range(0, pixels).Select(m => $"at{m} += Sums.VirtualLanes * xPixel;")])}}
                        }
                        if (isOneMore)
                        {
            {{Lines(16, [.. Each(Term).Where((_, i) => i % pixels == 0).Prepend("V d0 = L.Load(d);")])}}
                        }
                    }
            {{Lines(8, Each((m, t) => $"L.Store(c{m}_{t}, {Sum(m, t)});"))}}
                }
            """;

        private static string Term(int m, int t) => $"c{m}_{t} = L.Fma(d{m}, L.Load(x{t} + at{m}), c{m}_{t});";

        private static string Sum(int m, int t) => $"sums + taps[{2 * t + 1}] * (nint)(Sums.VirtualLanes * Place) + {m * Place}";
    }

    /// <summary>A tile of weight sums: pixels are lanes, and each step takes as many as a sum has, of which a vector may hold a part.</summary>
    private sealed class LaneTile(int filters, int taps)
    {
        public int Filters => filters;

        public int Taps => taps;

        public string Name => $"Lanes{filters}x{taps}";

        private IEnumerable<string> Each(System.Func<int, int, string> text) =>
            Enumerable.Range(0, filters).SelectMany(m => Enumerable.Range(0, taps).Select(t => text(m, t)));

        private IEnumerable<string> Step(System.Func<string, string> pixels) =>
            Enumerable.Range(0, filters).Select(m => $"V d{m} = {pixels($"L.Load(d + {m} * dyMap)")};").Append("V v;").Concat(
                Enumerable.Range(0, taps).SelectMany(t => new[] { $"v = {pixels($"L.Load(x{t} + at)")};" }.Concat(Enumerable.Range(0, filters).Select(m => $"c{m}_{t} = L.Fma(d{m}, v, c{m}_{t});"))));

        public string Text() => $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void {{Name}}<V, L>(float* dy, nint dyMap, float* x, int* taps, int rows, nint dyRow, nint xRow, int columns, float* valid, float* sums, nint sumsOfFilter)
                    where V : unmanaged where L : struct, ILanes<V>
                {
            {{Lines(8, Each((m, t) => $"V c{m}_{t} = L.Load(sums + {m} * sumsOfFilter + {t} * Sums.VirtualLanes);"))}}
            {{Lines(8, Enumerable.Range(0, taps).Select(t => $"float* x{t} = x + taps[{t}];"))}}
                    V inside = L.Load(valid);
                    for (int row = 0; row < rows; row++)
                    {
                        float* d = dy + row * dyRow;
                        nint at = row * xRow;
                        int left = columns;
                        for (; left >= Sums.VirtualLanes; left -= Sums.VirtualLanes, d += Sums.VirtualLanes, at += Sums.VirtualLanes)
                        {
            {{Lines(16, Step(pixels => pixels))}}
                        }
                        if (left > 0)
                        {
            {{Lines(16, Step(pixels => $"L.And(inside, {pixels})"))}}
                        }
                    }
            {{Lines(8, Each((m, t) => $"L.Store(c{m}_{t}, sums + {m} * sumsOfFilter + {t} * Sums.VirtualLanes);"))}}
                }
            """;
    }
}
