using System.Runtime.Intrinsics;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Direct weight gradients of few channels and few filters: lanes are the columns of the kernel and the channels, which are neighbours in a turned image;
/// the rows of a tile are filters.</summary>
/// <remarks>Order of the sum: that of <see cref="WeightProduct"/>, in the same bits.</remarks>
internal static unsafe class ColumnWeights
{
    /// <summary>Whether filters would leave vectors empty that columns and channels fill.</summary>
    public static bool Pays(int lanes, in Geometry s)
    {
        var sum = new WeightSum(s, 0);
        int columns = sum.Rows, whole = (columns + lanes - 1) / lanes * lanes;
        return sum.Spreads && s.KG <= lanes && 4 * columns >= 3 * whole && s.Output >= WeightProduct.LeastPixels && sum.Fits;
    }

    /// <summary>Computes the weights of one group.</summary>
    public static void Run(Execution on, in Geometry s, int g, float* dy, float* x, float* dw)
    {
        var sum = new WeightSum(s, g);
        switch (on.Width)
        {
            case VectorWidth.V512: Run<Vector512<float>, Lanes512>(on, sum, dy, x, dw); break;
            case VectorWidth.V256: Run<Vector256<float>, Lanes256>(on, sum, dy, x, dw); break;
            case VectorWidth.V128: Run<Vector128<float>, Lanes128>(on, sum, dy, x, dw); break;
            default: Run<float, ScalarLanes>(on, sum, dy, x, dw); break;
        }
    }

    private static void Run<V, L>(Execution on, WeightSum sum, float* dy, float* x, float* dw) where V : unmanaged where L : struct, ILanes<V>
    {
        Geometry s = sum.Shape;
        var blocks = new RowBlocks(s.KG);
        int width = (sum.Rows + L.Count - 1) / L.Count * L.Count;
        nint sums = (nint)sum.Taps * s.KG * width;
        bool byEach = sum.IsTurnedByEach(on.Threads);
        int images = sum.ImagesAtOnce(s.KG, sums, byEach), items = blocks.Count * sum.Taps;
        // Behind the last image its last vector reads on.
        nint operands = sum.Images(images) + L.Count + sum.Residuals(images, s.KG);
        float* turned = on.Shared((byEach ? 0 : operands) + sums + WeightSum.BlockPixels + Tiles.Ahead), sumsAt = turned + (byEach ? 0 : operands);
        int* list = (int*)(sumsAt + sums);
        sum.List(list);
        if (byEach)
            on.Run(items, new Each<V, L>(sum, blocks, dy, x, images, width, list, sumsAt, on.Local(operands)));
        for (int n0 = 0; n0 < Math.Max(1, s.N) && !byEach; n0 += images)
        {
            var part = new Part<V, L>(sum, blocks, dy, x, n0, Math.Min(images, s.N - n0), turned);
            on.Run(part.Count, part.Images);
            on.Run(part.Count * blocks.Count, part.Residuals);
            on.Run(items, part.Products(list, width, sumsAt));
        }
        on.Run(s.KG, new Storing(sum, sumsAt, width, dw));
    }

    /// <summary>Some images of the batch, and where they are turned.</summary>
    private readonly struct Part<V, L>(WeightSum sum, RowBlocks blocks, float* dy, float* x, int n0, int count, float* turned) where V : unmanaged where L : struct, ILanes<V>
    {
        private float* TurnedResiduals => turned + sum.Images(count) + L.Count;

        public int Count => count;

        public TurnImages Images => new(sum, x, n0, count, turned);

        public TurnResiduals Residuals => new(sum, blocks, dy, n0, TurnedResiduals);

        public Products<V, L> Products(int* list, int width, float* sums) => new(sum, blocks, turned, TurnedResiduals, list, count, width, n0 == 0, sums);
    }

    /// <summary>The items of <see cref="Products{V, L}"/>; each thread turns what it needs for them.</summary>
    private readonly struct Each<V, L>(WeightSum sum, RowBlocks blocks, float* dy, float* x, int images, int width, int* list, float* sums, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int n0 = 0; n0 < Math.Max(1, sum.Shape.N); n0 += images)
            {
                var part = new Part<V, L>(sum, blocks, dy, x, n0, Math.Min(images, sum.Shape.N - n0), scratch[thread]);
                part.Images.Do(0, part.Count, thread);
                part.Residuals.Do(0, part.Count * blocks.Count, thread);
                part.Products(list, width, sums).Do(from, to, thread);
            }
        }
    }

    private readonly struct TurnResiduals(WeightSum sum, RowBlocks blocks, float* dy, int n0, float* turned) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            for (int item = from; item < to; item++)
            {
                int n = item / blocks.Count, first = item % blocks.Count * blocks.Rows, rows = blocks.RowsOf(item % blocks.Count);
                Transposition.Copy(dy + ((nint)(n0 + n) * s.K + sum.Group * s.KG + first) * s.Output, s.Output, rows, s.Output, turned + ((nint)n * s.KG + first) * s.Output, rows);
            }
        }
    }

    /// <summary>An item is a block of filters and a row of the kernel: all images.</summary>
    private readonly struct Products<V, L>(WeightSum sum, RowBlocks blocks, float* turned, float* residuals, int* list, int images, int width, bool fresh, float* sums) : IWork
        where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            for (int item = from; item < to; item++)
            {
                int tap = item / blocks.Count, first = item % blocks.Count * blocks.Rows, rows = blocks.RowsOf(item % blocks.Count);
                float* sumsOfItem = sums + ((nint)tap * s.KG + first) * width;
                if (fresh)
                    new Span<float>(sumsOfItem, rows * width).Clear();
                for (int n = 0; n < images; n++)
                    for (int o = 0; o < s.O; o++)
                        for (int i = 0; i < s.P; i += sum.RowsOfBlock)
                        {
                            int pixels = Math.Min(sum.RowsOfBlock, s.P - i) * s.Q;
                            float* place = turned + n * (nint)sum.Image + sum.RowAt(o, i) + sum.At(tap), residual = residuals + ((nint)n * s.KG + first) * s.Output + ((nint)o * s.P + i) * s.Q * rows;
                            for (int column = 0, vectors = Tiles.VectorsInRegisters(rows); column < width; column += vectors * L.Count)
                            {
                                while (vectors * L.Count > width - column)
                                    vectors /= 2;
                                Tiles.Turned<V, L, Tiles.InOrder>(rows, vectors)(place + column, list, list + pixels, residual, sumsOfItem + column, width, true, null);
                            }
                        }
            }
        }
    }

    private readonly struct Storing(WeightSum sum, float* sums, int width, float* dw) : IWork
    {
        public void Do(int from, int to, int thread)
        {
            Geometry s = sum.Shape;
            for (int filter = from; filter < to; filter++)
                for (int tap = 0; tap < sum.Taps; tap++)
                    Transposition.Copy(sums + ((nint)tap * s.KG + filter) * width, s.CG, s.S, s.CG, dw + (sum.Group * s.KG + filter) * (nint)s.CG * s.Taps + tap * s.S, s.Taps);
        }
    }
}
