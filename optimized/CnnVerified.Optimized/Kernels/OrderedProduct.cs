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

    /// <summary>Whether the columns of B are neighbours in memory: then some panels are packed at once, and pages are not left after a line.</summary>
    static virtual bool StandsInRows => false;

    /// <summary>panel[(t − t0)·width + col] = B[t, j0 + col] for t in [t0, t1), col &lt; columns. Panels of more columns stand one behind the other.</summary>
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
    private const int TermBlock = 512, NearFloats = 64 * 1024;   // of panels and their sums, which stay in L2
    private const int LongRows = 1024 * 1024;                    // of them where rows stand in memory: a thousand columns, which stay in L3

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
        // Of a whole sum, no more than one tile waits to be stored.
        nint ofPanel = (nint)width * (Math.Min(product.T, TermBlock) + (product.T > TermBlock ? product.M : 0)), tile = (nint)width * blocks.Rows;
        int near = TProduct.StandsInRows && Tiles.RowsInRegisters == Tiles.NarrowRows ? LongRows : NearFloats;
        int together = cuts > 1 ? 1 : (int)Math.Clamp(near / Math.Max(1, ofPanel), 1, (panels + on.Threads - 1) / on.Threads);
        on.Run(blocks.Count, new Packing<TProduct>(product, blocks, a));
        on.Run(panels * cuts, new Products<V, L, TProduct>(product, blocks, a, lists, cuts, together, on.Local(together * ofPanel + tile)));
    }

    private readonly struct Packing<TProduct>(TProduct product, RowBlocks blocks, float* a) : IWork where TProduct : unmanaged, IOrderedProduct
    {
        public void Do(int from, int to, int thread)
        {
            for (int block = from; block < to; block++)
                product.PackRows(block * blocks.Rows, blocks.RowsOf(block), a + (nint)block * blocks.Rows * product.T);
        }
    }

    /// <summary>An item is a panel of columns, or a cut of one. Some panels are taken together: a block of rows is read from L1 by all but the first.</summary>
    private readonly struct Products<V, L, TProduct>(TProduct all, RowBlocks blocks, float* a, int* lists, int cuts, int together, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V> where TProduct : unmanaged, IOrderedProduct
    {
        private static int Width => Tiles.PanelVectors * L.Count;

        public void Do(int from, int to, int thread)
        {
            TProduct product = all;
            int T = product.T;
            for (int first = from; first < to; first += together)
            {
                int count = Math.Min(together, to - first), cut = first % cuts, block1 = (int)((long)blocks.Count * (cut + 1) / cuts);
                for (int t0 = 0; t0 == 0 || t0 < T; t0 += TermBlock)
                {
                    int terms = Math.Min(T - t0, TermBlock);
                    nint panel = Width * (nint)terms;
                    float* panels = scratch[thread], sums = panels + (nint)together * Width * Math.Min(T, TermBlock);
                    int packed = TProduct.StandsInRows ? count : 1;
                    for (int each = 0; each < count; each += packed)
                        product.PackColumns((first + each) / cuts * Width, ColumnsOf(product, first + each, packed), Width, t0, t0 + terms, panels + each * panel);
                    for (int block = (int)((long)blocks.Count * cut / cuts); block < block1; block++)
                        for (int each = 0; each < count; each++)
                            Multiply(product, block, first + each, t0, terms, panels + each * panel, T > TermBlock ? sums + Width * ((nint)each * product.M + block * blocks.Rows) : sums);
                }
            }
        }

        private int ColumnsOf(in TProduct product, int item, int panels = 1) => Math.Min(panels * Width, product.J - item / cuts * Width);

        private void Multiply(in TProduct product, int block, int item, int t0, int terms, float* panel, float* sums)
        {
            int rows = blocks.RowsOf(block), T = product.T;
            int* list = block == blocks.Count - 1 ? lists + TermBlock + Tiles.Ahead : lists;
            Tiles.Of<V, L, Tiles.InOrder>(rows, Tiles.PanelVectors)(a + (nint)block * blocks.Rows * T + t0 * rows, list, list + terms, panel, Width, L.Count, sums, Width, L.Count, t0 > 0, null);
            if (t0 + terms == T)
                product.Store(block * blocks.Rows, rows, item / cuts * Width, ColumnsOf(product, item), Width, sums);
        }
    }
}
