using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace CnnVerified.Tiles;

/// <summary>Writes the engine's register tiles while it is compiled: for each number of rows and vectors the same loop, with an
/// accumulator in a variable of its own for each row and vector.</summary>
/// <remarks>The JIT keeps variables in registers, but no array and no structure of more than four fields; docs/architecture.md has what
/// else was tried.</remarks>
[Generator]
public sealed class TileGenerator : IIncrementalGenerator
{
    private const int MostRows = 14, MostVectors = 2;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) =>
        context.RegisterPostInitializationOutput(output => output.AddSource("Tiles.g.cs", Text()));

    private static string Text()
    {
        var blockings = Enumerable.Range(1, MostRows).SelectMany(rows => Enumerable.Range(1, MostVectors).Select(vectors => (rows, vectors))).ToArray();
        return $$"""
            using System.Runtime.CompilerServices;
            using System.Runtime.Intrinsics.X86;

            namespace CnnVerified.Optimized.Kernels;

            internal static unsafe partial class Tiles
            {
                /// <summary>The most rows that a tile has.</summary>
                public const int MostRows = {{MostRows}};

                /// <summary>The most vectors that a row of a tile has.</summary>
                public const int MostVectors = {{MostVectors}};

                /// <summary>The tile of so many rows and vectors.</summary>
                public static delegate*<float*, int*, int*, float*, float*, nint, bool, float*, void> Of<V, L>(int rows, int vectors) where V : unmanaged where L : struct, ILanes<V> =>
                    (rows, vectors) switch
                    {
            {{Lines(12, blockings.Select(tile => $"({tile.rows}, {tile.vectors}) => &Tile{tile.rows}x{tile.vectors}<V, L>,"))}}
                        _ => throw new ArgumentOutOfRangeException(nameof(rows), $"expected tiles of at most {MostRows} rows and {MostVectors} vectors, got {rows}×{vectors}."),
                    };

            {{string.Join("\n\n", blockings.Select(tile => Tile(tile.rows, tile.vectors)))}}
            }

            """;
    }

    private static string Tile(int rows, int vectors)
    {
        string[] Each(System.Func<int, int, string> line) => [.. Enumerable.Range(0, rows).SelectMany(m => Enumerable.Range(0, vectors).Select(n => line(m, n)))];
        string[] columns = [.. Enumerable.Range(0, vectors).Select(n => $"V b{n} = L.Load(columns + {n} * L.Count);")];
        return $$"""
                [MethodImpl(MethodImplOptions.AggressiveOptimization)]
                private static void Tile{{rows}}x{{vectors}}<V, L>(float* rows, int* terms, int* last, float* columns, float* c, nint row, bool resume, float* bias)
                    where V : unmanaged where L : struct, ILanes<V>
                {
                    V {{string.Join(", ", Each((m, n) => $"c{m}_{n}"))}};
                    if (resume)
                    {
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Load(c + {m} * row + {n} * L.Count);"))}}
                    }
                    else
                        {{string.Join(" = ", Each((m, n) => $"c{m}_{n}"))}} = L.Create(0);
                    for (; terms != last; terms++, columns += {{vectors}} * L.Count)
                    {
                        float* x = rows + *terms;
                        if (Sse.IsSupported)
                            Sse.Prefetch0(rows + terms[Ahead]);
            {{Lines(12, columns)}}
                        V a;
            {{Lines(12, Enumerable.Range(0, rows).SelectMany(m => new[] { $"a = L.Create(x[{m}]);" }.Concat(Enumerable.Range(0, vectors).Select(n => $"c{m}_{n} = L.Fma(a, b{n}, c{m}_{n});"))))}}
                    }
                    if (bias != null)
                    {
            {{Lines(12, Each((m, n) => $"c{m}_{n} = L.Add(c{m}_{n}, L.Load(bias + {n} * L.Count));"))}}
                    }
            {{Lines(8, Each((m, n) => $"L.Store(c{m}_{n}, c + {m} * row + {n} * L.Count);"))}}
                }
            """;
    }

    private static string Lines(int indent, IEnumerable<string> lines) => string.Join("\n", lines.Select(line => new string(' ', indent) + line));
}
