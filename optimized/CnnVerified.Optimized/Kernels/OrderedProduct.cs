using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>C[m,j] = Σ_t A[m,t]·B[t,j]: how one pass of a layer reads its operands and stores its result.</summary>
/// <remarks>Panels have room for whole tiles. What stands in rows and columns beyond the product's may be anything: elements do not
/// mix, and those are never stored.</remarks>
internal unsafe interface IOrderedProduct
{
    /// <summary>Rows of C.</summary>
    int M { get; }

    /// <summary>Terms of every sum.</summary>
    int T { get; }

    /// <summary>Columns of C.</summary>
    int J { get; }

    /// <summary>panel[t·Rows + row] = A[m0 + row, t] for every t and row &lt; rows.</summary>
    void PackRows(int m0, int rows, float* panel);

    /// <summary>panel[(t − t0)·width + col] = B[t, j0 + col] for t in [t0, t1), col &lt; columns.</summary>
    void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel);

    /// <summary>Stores C[m0 + row, j0 + col] = tile[row·width + col].</summary>
    void Store(int m0, int rows, int j0, int columns, int width, float* tile);
}

/// <summary>The register-blocked product behind every convolution and fully connected pass: tiles of 6 rows × 2 vectors.</summary>
/// <remarks>
/// Order of the sum: each element starts at +0 and takes its terms in ascending t, one fused multiply-add each. Neither the
/// blocking of t (accumulators are stored and loaded between blocks, which changes no bit) nor the tile, the vector width or
/// the number of threads enters. Twelve accumulators, two columns and one broadcast fit the 16 registers of AVX2 and are more
/// than the 8 that two fused operations a cycle with four cycles' latency need.
/// </remarks>
internal static unsafe class OrderedProduct
{
    /// <summary>Rows of a tile.</summary>
    internal const int Rows = 6;

    private const int TermBlock = 512;   // a panel of 512 × 32 floats is 64 KiB: it stays in L2

    public static void Run<TProduct>(Execution on, TProduct product) where TProduct : unmanaged, IOrderedProduct
    {
        if (product.M == 0 || product.J == 0)
            return;
        switch (on.Width)
        {
            case VectorWidth.V512: Run<Vector512<float>, Lanes512, TProduct>(on, product); break;
            case VectorWidth.V256: Run<Vector256<float>, Lanes256, TProduct>(on, product); break;
            case VectorWidth.V128: Run<Vector128<float>, Lanes128, TProduct>(on, product); break;
            default: Run<float, ScalarLanes, TProduct>(on, product); break;
        }
    }

    private static void Run<V, L, TProduct>(Execution on, TProduct product)
        where V : unmanaged where L : struct, ILanes<V> where TProduct : unmanaged, IOrderedProduct
    {
        int width = 2 * L.Count;
        int rowBlocks = (product.M + Rows - 1) / Rows, panels = (product.J + width - 1) / width;
        // Few panels: cut the rows too, and pack a panel once per cut.
        int cuts = panels >= on.Threads ? 1 : Math.Min(rowBlocks, on.Threads);
        float* a = on.Shared((nint)rowBlocks * Rows * product.T);
        Execution.PerThread scratch = on.Local((nint)width * (TermBlock + rowBlocks * Rows));
        on.Run(rowBlocks, new Packing<TProduct>(product, a));
        on.Run(panels * cuts, new Tiles<V, L, TProduct>(product, a, rowBlocks, cuts, scratch));
    }

    private readonly struct Packing<TProduct>(TProduct product, float* a) : IWork where TProduct : unmanaged, IOrderedProduct
    {
        public void Do(int from, int to, int thread)
        {
            for (int block = from; block < to; block++)
                product.PackRows(block * Rows, Math.Min(Rows, product.M - block * Rows), a + (nint)block * Rows * product.T);
        }
    }

    private readonly struct Tiles<V, L, TProduct>(TProduct all, float* a, int rowBlocks, int cuts, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V> where TProduct : unmanaged, IOrderedProduct
    {
        public void Do(int from, int to, int thread)
        {
            TProduct product = all;
            int width = 2 * L.Count, T = product.T;
            float* panel = scratch[thread];
            float* tiles = panel + (nint)width * TermBlock;
            for (int item = from; item < to; item++)
            {
                int j0 = item / cuts * width, columns = Math.Min(width, product.J - j0), cut = item % cuts;
                int block0 = (int)((long)rowBlocks * cut / cuts), block1 = (int)((long)rowBlocks * (cut + 1) / cuts);
                new Span<float>(tiles + block0 * Rows * width, (block1 - block0) * Rows * width).Clear();
                for (int t0 = 0; t0 < T; t0 += TermBlock)
                {
                    int t1 = Math.Min(T, t0 + TermBlock);
                    product.PackColumns(j0, columns, width, t0, t1, panel);
                    for (int block = block0; block < block1; block++)
                        Multiply(a + ((nint)block * T + t0) * Rows, panel, tiles + block * Rows * width, t1 - t0);
                }
                for (int block = block0; block < block1; block++)
                    product.Store(block * Rows, Math.Min(Rows, product.M - block * Rows), j0, columns, width, tiles + block * Rows * width);
            }
        }

        /// <summary>tile[row, col] += Σ_t a[t, row]·b[t, col].</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Multiply(float* a, float* b, float* tile, int terms)
        {
            int n = L.Count;
            V c00 = L.Load(tile), c01 = L.Load(tile + n);
            V c10 = L.Load(tile + 2 * n), c11 = L.Load(tile + 3 * n);
            V c20 = L.Load(tile + 4 * n), c21 = L.Load(tile + 5 * n);
            V c30 = L.Load(tile + 6 * n), c31 = L.Load(tile + 7 * n);
            V c40 = L.Load(tile + 8 * n), c41 = L.Load(tile + 9 * n);
            V c50 = L.Load(tile + 10 * n), c51 = L.Load(tile + 11 * n);
            for (; terms > 0; terms--, a += Rows, b += 2 * n)
            {
                V b0 = L.Load(b), b1 = L.Load(b + n);
                V row = L.Create(a[0]);
                c00 = L.Fma(row, b0, c00); c01 = L.Fma(row, b1, c01);
                row = L.Create(a[1]);
                c10 = L.Fma(row, b0, c10); c11 = L.Fma(row, b1, c11);
                row = L.Create(a[2]);
                c20 = L.Fma(row, b0, c20); c21 = L.Fma(row, b1, c21);
                row = L.Create(a[3]);
                c30 = L.Fma(row, b0, c30); c31 = L.Fma(row, b1, c31);
                row = L.Create(a[4]);
                c40 = L.Fma(row, b0, c40); c41 = L.Fma(row, b1, c41);
                row = L.Create(a[5]);
                c50 = L.Fma(row, b0, c50); c51 = L.Fma(row, b1, c51);
            }
            L.Store(c00, tile); L.Store(c01, tile + n);
            L.Store(c10, tile + 2 * n); L.Store(c11, tile + 3 * n);
            L.Store(c20, tile + 4 * n); L.Store(c21, tile + 5 * n);
            L.Store(c30, tile + 6 * n); L.Store(c31, tile + 7 * n);
            L.Store(c40, tile + 8 * n); L.Store(c41, tile + 9 * n);
            L.Store(c50, tile + 10 * n); L.Store(c51, tile + 11 * n);
        }
    }
}
