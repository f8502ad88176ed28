using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>C[m,j] = Σ_t A[m,t]·B[t,j]: how one pass of a layer reads its operands and stores its result.</summary>
/// <remarks>A panel of columns has room for whole vectors. What stands in columns beyond the product's may be anything: elements do not
/// mix, and those are never stored.</remarks>
internal unsafe interface IOrderedProduct
{
    /// <summary>Rows of C.</summary>
    int M { get; }

    /// <summary>Terms of every sum.</summary>
    int T { get; }

    /// <summary>Columns of C.</summary>
    int J { get; }

    /// <summary>panel[t·rows + row] = A[m0 + row, t] for every t and row &lt; rows.</summary>
    void PackRows(int m0, int rows, float* panel);

    /// <summary>panel[(t − t0)·width + col] = B[t, j0 + col] for t in [t0, t1), col &lt; columns.</summary>
    void PackColumns(int j0, int columns, int width, int t0, int t1, float* panel);

    /// <summary>Stores C[m0 + row, j0 + col] = tile[row·width + col].</summary>
    void Store(int m0, int rows, int j0, int columns, int width, float* tile);
}

/// <summary>The register-blocked product behind fully connected passes and narrow convolutions: operands are gathered into panels and multiplied
/// in <see cref="Tiles"/>.</summary>
/// <remarks>Order of the sum: each element starts at +0 and takes its terms in ascending t, one fused multiply-add each. Neither the
/// blocking of t (accumulators are stored and loaded between blocks, which changes no bit) nor the tile, the vector width or
/// the number of threads enters.</remarks>
internal static unsafe class OrderedProduct
{
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
        int width = Tiles.PanelVectors * L.Count;
        var blocks = new RowBlocks(product.M);
        int panels = (product.J + width - 1) / width;
        // Few panels: cut the rows too, and pack a panel once per cut.
        int cuts = panels >= on.Threads ? 1 : Math.Min(blocks.Count, on.Threads);
        float* a = on.Shared((nint)product.M * product.T + 2 * (TermBlock + Tiles.Ahead));
        int* lists = (int*)(a + (nint)product.M * product.T);
        for (int t = 0; t < TermBlock; t++)
            (lists[t], lists[TermBlock + Tiles.Ahead + t]) = (t * blocks.Rows, t * blocks.RowsOf(blocks.Count - 1));
        Execution.PerThread scratch = on.Local((nint)width * (TermBlock + product.M));
        on.Run(blocks.Count, new Packing<TProduct>(product, blocks, a));
        on.Run(panels * cuts, new Products<V, L, TProduct>(product, blocks, a, lists, cuts, scratch));
    }

    private readonly struct Packing<TProduct>(TProduct product, RowBlocks blocks, float* a) : IWork where TProduct : unmanaged, IOrderedProduct
    {
        public void Do(int from, int to, int thread)
        {
            for (int block = from; block < to; block++)
                product.PackRows(block * blocks.Rows, blocks.RowsOf(block), a + (nint)block * blocks.Rows * product.T);
        }
    }

    private readonly struct Products<V, L, TProduct>(TProduct all, RowBlocks blocks, float* a, int* lists, int cuts, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V> where TProduct : unmanaged, IOrderedProduct
    {
        public void Do(int from, int to, int thread)
        {
            TProduct product = all;
            int width = Tiles.PanelVectors * L.Count, T = product.T, last = blocks.Count - 1;
            float* panel = scratch[thread];
            float* tiles = panel + (nint)width * TermBlock;
            for (int item = from; item < to; item++)
            {
                int j0 = item / cuts * width, columns = Math.Min(width, product.J - j0), cut = item % cuts;
                int block0 = (int)((long)blocks.Count * cut / cuts), block1 = (int)((long)blocks.Count * (cut + 1) / cuts);
                for (int t0 = 0; t0 == 0 || t0 < T; t0 += TermBlock)
                {
                    int terms = Math.Min(T - t0, TermBlock);
                    product.PackColumns(j0, columns, width, t0, t0 + terms, panel);
                    for (int block = block0; block < block1; block++)
                    {
                        int rows = blocks.RowsOf(block);
                        int* list = block == last ? lists + TermBlock + Tiles.Ahead : lists;
                        Tiles.Of<V, L>(rows, Tiles.PanelVectors)(a + (nint)block * blocks.Rows * T + t0 * rows, list, list + terms, panel, width, L.Count,
                            tiles + block * blocks.Rows * width, width, L.Count, t0 > 0, null);
                    }
                }
                for (int block = block0; block < block1; block++)
                    product.Store(block * blocks.Rows, blocks.RowsOf(block), j0, columns, width, tiles + block * blocks.Rows * width);
            }
        }
    }
}
