using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The weight gradient of a kernel that runs backwards: that of one that runs forwards, stored turned.</summary>
internal readonly unsafe struct TurnedWeights(ConvolutionBackwardWeights product, int taps, float* dw) : IOrderedProduct
{
    public int M => product.M;
    public int T => product.T;
    public int J => product.J;

    public void PackRows(int m0, int rows, float* panel) => product.PackRows(m0, rows, panel);

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel) => product.PackColumns(j0, columns, width, t0, t1, panel);

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
    {
        for (int row = 0; row < rows; row++)
            for (int col = 0; col < columns; col++)
            {
                int kernel = (j0 + col) / taps, tap = (j0 + col) % taps;
                dw[(nint)(m0 + row) * J + kernel * taps + taps - 1 - tap] = tile[row * width + col];
            }
    }
}

/// <summary>The weight gradient under a connection table: unconnected pairs are stored as 0.</summary>
/// <remarks>Every element is a sum of its own, over the residuals of one filter and the pixels of one map: what an unconnected pair adds up
/// to, be it NaN, reaches no other element, and is not stored.</remarks>
internal readonly unsafe struct ConnectedWeights(ConvolutionBackwardWeights product, int C, int taps, int* table, float* dw) : IOrderedProduct
{
    public int M => product.M;
    public int T => product.T;
    public int J => product.J;

    public void PackRows(int m0, int rows, float* panel) => product.PackRows(m0, rows, panel);

    public void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel) => product.PackColumns(j0, columns, width, t0, t1, panel);

    public void Store(int m0, int rows, int j0, int columns, int width, float* tile)
    {
        for (int row = 0; row < rows; row++)
        {
            int k = m0 + row;
            for (int col = 0; col < columns;)
            {
                int c = (j0 + col) / taps, run = Math.Min((c + 1) * taps - (j0 + col), columns - col);
                var into = new Span<float>(dw + (nint)k * J + j0 + col, run);
                if (table[k * C + c] == 1)
                    new ReadOnlySpan<float>(tile + row * width + col, run).CopyTo(into);
                else
                    into.Clear();
                col += run;
            }
        }
    }
}

/// <summary>What the engine asks of a connection table.</summary>
internal static class Table
{
    /// <exception cref="ArgumentException">It is not K×C, has gaps, or holds another number than 0 and 1.</exception>
    public static void Expect(string id, in ReadOnlyTensorSpan<int> M, int K, int C)
    {
        if (!M.IsDense)
            throw new ArgumentException($"M expects a dense tensor but is a slice with gaps, lengths {Lengths.Text(M.Lengths)}; {id}. (Parameter 'M')");
        ConnectionTables.Expect(id, M.Lengths, MemoryMarshal.CreateReadOnlySpan(in M.GetPinnableReference(), (int)M.FlattenedLength), K, C);
    }
}
