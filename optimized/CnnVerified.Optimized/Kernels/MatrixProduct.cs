using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>A matrix where it stands.</summary>
/// <param name="Start">Its first element.</param>
/// <param name="Row">Floats from one row to the next.</param>
/// <param name="Column">Floats from one column to the next; of the two distances one is 1.</param>
internal readonly unsafe record struct Matrix(nint Start, nint Row, nint Column)
{
    /// <summary>At an address.</summary>
    public Matrix(float* start, nint row, nint column) : this((nint)start, row, column) { }

    /// <summary>The address of an element.</summary>
    public float* At(nint row, nint column) => (float*)Start + row * Row + column * Column;
}

/// <summary>c[m,j] = Σ_t a[m,t]·b[t,j] of matrices that stay in the cache, or of few rows: the rows of b are read where they stand, or are turned once.</summary>
/// <remarks>Order of the sum: that of <see cref="OrderedProduct"/>, in the same bits. That one packs panels of b, which pays where each is used often.</remarks>
internal static unsafe class MatrixProduct
{
    private const int CachedFloats = 64 * 1024;          // of b: it stays in L2
    private const int TurnedAtOnce = 64;                 // columns of b

    /// <summary>Whether packing b would not pay.</summary>
    /// <param name="M">Rows of c.</param>
    /// <param name="T">Terms.</param>
    /// <param name="J">Columns of c.</param>
    /// <param name="standsInRows">Whether the columns of b are neighbours in memory.</param>
    public static bool Pays(int M, int T, int J, bool standsInRows) =>
        (long)T * J <= CachedFloats || standsInRows && M <= Tiles.RowsInRegisters && (long)T * J <= int.MaxValue;

    /// <summary>Computes. Each run of <paramref name="columnsOfBias"/> columns gets an element of the bias, which may be null.</summary>
    public static void Run(Execution on, int M, int T, int J, Matrix a, Matrix b, float* bias, int columnsOfBias, float* c)
    {
        if (M == 0 || J == 0)
            return;
        if (M == 1 && b.Row == 1 && a.Column == 1 && (bias == null || columnsOfBias == 1) && MatrixVector.Takes(on, J))
        {
            MatrixVector.Run(on, T, J, b.At(0, 0), b.Column, a.At(0, 0), bias, c);
            return;
        }
        switch (Math.Min((int)on.Width, J))
        {
            case >= 16: Run<Vector512<float>, Lanes512>(on, M, T, J, a, b, c); break;
            case >= 8: Run<Vector256<float>, Lanes256>(on, M, T, J, a, b, c); break;
            case >= 4: Run<Vector128<float>, Lanes128>(on, M, T, J, a, b, c); break;
            default: Run<float, ScalarLanes>(on, M, T, J, a, b, c); break;
        }
        if (bias != null)
            on.Run(M, new Biases(J, bias, columnsOfBias, c));
    }

    private static void Run<V, L>(Execution on, int M, int T, int J, Matrix a, Matrix b, float* c) where V : unmanaged where L : struct, ILanes<V>
    {
        var blocks = new RowBlocks(M);
        bool isPacked = !(M == 1 && a.Column == 1 || T == 1 && a.Row == 1), isTurned = b.Column != 1;
        float* rows = on.Shared((isPacked ? (nint)M * T : 0) + (isTurned ? (nint)T * J : 0) + T + Tiles.Ahead), columns = rows + (isPacked ? (nint)M * T : 0);
        int* list = (int*)(columns + (isTurned ? (nint)T * J : 0));
        if (isPacked)
            on.Run(blocks.Count, new Packing(blocks, T, a, rows));
        else
            rows = a.At(0, 0);
        if (isTurned)
        {
            on.Run((J + TurnedAtOnce - 1) / TurnedAtOnce, new Turning(T, J, b, columns));
            b = new(columns, J, 1);
        }
        for (int t = 0; t < T; t++)
            list[t] = (int)(t * b.Row);
        int width = Tiles.VectorsInRegisters(blocks.Rows) * L.Count;
        on.Run((J + width - 1) / width, new Products<V, L>(blocks, T, J, width, rows, list, b, c));
    }

    /// <summary>a in the order in which tiles take it: for each block of rows term by term.</summary>
    private readonly struct Packing(RowBlocks blocks, int T, Matrix a, float* packed) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int block = from; block < to; block++)
            {
                int first = block * blocks.Rows, rows = blocks.RowsOf(block);
                float* panel = packed + (nint)first * T;
                if (a.Column == 1)
                    Transposition.Copy(a.At(first, 0), a.Row, rows, T, panel, rows);
                else
                    for (int t = 0; t < T; t++)
                        Runs.Move(a.At(first, t), rows, panel + (nint)t * rows);
            }
        }
    }

    /// <summary>b with its columns as neighbours; an item is some of them.</summary>
    private readonly struct Turning(int T, int J, Matrix b, float* turned) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            int first = from * TurnedAtOnce, count = Math.Min(J, to * TurnedAtOnce) - first;
            Transposition.Copy(b.At(0, first), b.Column, count, T, turned + first, J);
        }
    }

    /// <summary>An item is the columns of a tile, for all rows. The last tile covers some columns again.</summary>
    private readonly struct Products<V, L>(RowBlocks blocks, int T, int J, int width, float* rows, int* list, Matrix b, float* c) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int j = from * width; j < Math.Min(J, to * width); j += width)
            {
                int vectors = Tiles.NextVectors(width / L.Count, L.Count, J - j, J);
                int left = Math.Min(width, J - j);
                for (int column = 0; column < left; column += vectors * L.Count)
                {
                    int at = Math.Min(j + column, J - vectors * L.Count);
                    for (int block = 0; block < blocks.Count; block++)
                        Tiles.Turned<V, L, Tiles.InOrder>(blocks.RowsOf(block), vectors)(b.At(0, at), list, list + T, rows + (nint)block * blocks.Rows * T,
                            c + (nint)block * blocks.Rows * J + at, J, false, null);
                }
            }
        }
    }

    private readonly struct Biases(int J, float* bias, int columnsOfBias, float* c) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            for (int m = from; m < to; m++)
                if (columnsOfBias == 1)
                {
                    var row = new Span<float>(c + (nint)m * J, J);
                    TensorPrimitives.Add(row, new ReadOnlySpan<float>(bias, J), row);
                }
                else
                    for (int run = 0; run < J / columnsOfBias; run++)
                    {
                        var columns = new Span<float>(c + (nint)m * J + (nint)run * columnsOfBias, columnsOfBias);
                        TensorPrimitives.Add(columns, bias[run], columns);
                    }
        }
    }
}
