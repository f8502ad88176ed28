using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Outputs and data gradients of 3×3 kernels by minimal filtering: tiles and kernels are transformed, multiplied point by point as so many matrix products, and transformed back.</summary>
/// <remarks>
/// <para>Order of the sum: tiles begin at the first output, and what a tile has beyond the maps is zero. Each point's products start at +0 and take one fused
/// multiply-add for each channel, ascending; transforms go along the rows' index, then the columns', with the roundings of <see cref="IMinimalFilter"/>; the bias is added last.</para>
/// <para>A thread has a band of rows of tiles, or some filters of one: it transforms the tiles, and then panel by panel multiplies and transforms back. Kernels are transformed ahead, or where
/// all tiles are one band panel by panel, so that they need not go through memory.</para>
/// </remarks>
internal static unsafe class WinogradProduct
{
    private const int NearFloats = 256 * 1024;           // tiles, products and a panel's kernels that stay in L2, if they are enough tiles for that to pay
    private const int LeastTiles = 28, MostTiles = 112;
    private const int ChannelsAtOnce = 16;

    /// <summary>y from x (CV-F1); b may be null.</summary>
    public static void Forward(Execution on, ConvolutionKernel kernel, in Geometry s, float* x, float* w, float* b, float* y) =>
        Run(on, kernel, new(s.N, s.C, s.K, (s.H, s.W), (s.P, s.Q), (s.Ph, s.Pw), (nint)s.C * 9, 9, false), x, w, b, y);

    /// <summary>dx from dy (CV-B1): the kernel is turned by 180°, and channels and filters change places.</summary>
    public static void BackwardData(Execution on, ConvolutionKernel kernel, in Geometry s, float* dy, float* w, float* dx, float* b) =>
        Run(on, kernel, new(s.N, s.K, s.C, (s.P, s.Q), (s.H, s.W), (2 - s.Ph, 2 - s.Pw), 9, (nint)s.C * 9, true), dy, w, b, dx);

    private static void Run(Execution on, ConvolutionKernel kernel, in Sum sum, float* x, float* w, float* bias, float* y)
    {
        if (kernel == ConvolutionKernel.WinogradFour)
            Run<FilterOfFour>(on, sum, x, w, bias, y);
        else
            Run<FilterOfTwo>(on, sum, x, w, bias, y);
    }

    private static void Run<F>(Execution on, in Sum sum, float* x, float* w, float* bias, float* y) where F : struct, IMinimalFilter
    {
        switch (on.Width)
        {
            case VectorWidth.V512: Run<F, Vector512<float>, Lanes512>(on, sum, x, w, bias, y); break;
            case VectorWidth.V256: Run<F, Vector256<float>, Lanes256>(on, sum, x, w, bias, y); break;
            case VectorWidth.V128: Run<F, Vector128<float>, Lanes128>(on, sum, x, w, bias, y); break;
            default: Run<F, float, ScalarLanes>(on, sum, x, w, bias, y); break;
        }
    }

    private static void Run<F, V, L>(Execution on, in Sum sum, float* x, float* w, float* bias, float* y)
        where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        var plan = new Plan<F>(sum, Tiles.PanelVectors * L.Count, on.Threads);
        nint kernels = plan.Points * plan.KernelPlane;
        float* shared = on.Shared((plan.IsFused ? 0 : kernels) + sum.C + Tiles.Ahead);
        int* terms = (int*)(shared + (plan.IsFused ? 0 : kernels));
        for (int c = 0; c < sum.C; c++)
            terms[c] = checked(c / Tiles.Place * plan.Parts.Rows * Tiles.Place + c % Tiles.Place);
        Execution.PerThread scratch = on.Local(plan.Scratch + (plan.IsFused ? kernels : 0));
        var transform = new KernelTransform<F, V, L>(sum, plan, w);
        if (!plan.IsFused)
            on.Run(plan.Panels * KernelTransform<F, V, L>.Chunks(sum), new Kernels<F, V, L>(transform, sum, plan, shared, scratch));
        on.Run(plan.Bands * plan.Cuts, new Bands<F, V, L>(sum, plan, x, transform, plan.IsFused ? null : shared, terms, bias, y, scratch));
    }

    /// <summary>What is computed.</summary>
    /// <param name="N">Images.</param>
    /// <param name="C">Channels that are summed over.</param>
    /// <param name="K">Filters.</param>
    /// <param name="From">Rows and columns of the maps.</param>
    /// <param name="To">Of the result.</param>
    /// <param name="Lead">Zeros before the maps, or less than none.</param>
    /// <param name="FilterStep">Floats from the weights of one filter to the next.</param>
    /// <param name="ChannelStep">From those of one channel to the next.</param>
    /// <param name="Turns">Whether kernels are turned by 180°.</param>
    private readonly record struct Sum(int N, int C, int K, (int H, int W) From, (int P, int Q) To, (int H, int W) Lead, nint FilterStep, nint ChannelStep, bool Turns);

    /// <summary>How the work is cut, and where what lies.</summary>
    private readonly struct Plan<F> where F : struct, IMinimalFilter
    {
        public Plan(in Sum sum, int lanes, int threads)
        {
            (Lanes, Panels, Blocks) = (lanes, (sum.K + lanes - 1) / lanes, (sum.C + Place - 1) / Place);
            (Rows, Columns) = ((sum.To.P + F.Outputs - 1) / F.Outputs, (sum.To.Q + F.Outputs - 1) / F.Outputs);
            long rows = (long)sum.N * Rows, tile = (long)Points * (Blocks * Place + lanes), panel = (long)Points * sum.C * lanes;
            long wanted = (NearFloats - panel) / tile;
            if (wanted < LeastTiles)
                wanted = MostTiles;
            // Threads that share few tiles transform all of them, each for itself, and each its own filters: transformed kernels, which are more, do not go from one core to another.
            bool sharesTiles = rows * Columns <= sum.K && threads <= Panels;
            long band = Math.Clamp(wanted / Columns, 1, sharesTiles ? rows : (rows + threads - 1) / threads);
            Bands = checked((int)((rows + band - 1) / band));
            RowsOfBand = (int)((rows + Bands - 1) / Bands);
            Cuts = Math.Clamp((threads + Bands - 1) / Bands, 1, Panels);
            Tiles = checked(RowsOfBand * Columns);
            Parts = new RowBlocks(Tiles);
            IsFused = Bands == 1;
            KernelPlane = FilterTransform.Plane((nint)(IsFused ? 1 : Panels) * lanes * sum.C);
            TilePlane = FilterTransform.Plane((nint)Blocks * Place * Parts.Count * Parts.Rows);
            ProductPlane = FilterTransform.Plane((nint)lanes * Tiles);
            int count = Math.Min(RowsOfBand, Rows);
            (ReadColumns, WrittenColumns) = (Columns * F.Outputs + 2, Columns * F.Outputs);
            Read = (nint)(count * F.Outputs + 2) * ReadColumns * Place;
            Strip = (nint)F.Outputs * WrittenColumns * lanes;
        }

        private static int Place => Optimized.Kernels.Tiles.Place;

        /// <summary>Filters of a panel, panels, and blocks of channels.</summary>
        public int Lanes { get; }

        public int Panels { get; }

        public int Blocks { get; }

        /// <summary>Rows and columns of tiles of one map.</summary>
        public int Rows { get; }

        public int Columns { get; }

        /// <summary>Bands of rows of tiles, of all images, and how many threads share one: each does some panels.</summary>
        public int Bands { get; }

        public int RowsOfBand { get; }

        public int Cuts { get; }

        /// <summary>Tiles of a band, and the parts of them that one register tile takes.</summary>
        public int Tiles { get; }

        public RowBlocks Parts { get; }

        /// <summary>Whether kernels are transformed where they are used, panel by panel, since they are used once.</summary>
        public bool IsFused { get; }

        public int Points { get; } = F.Points * F.Points;

        public nint KernelPlane { get; }

        public nint TilePlane { get; }

        public nint ProductPlane { get; }

        public int ReadColumns { get; }

        public int WrittenColumns { get; }

        public nint Read { get; }

        public nint Strip { get; }

        /// <summary>Scratch of a thread, without room for kernels.</summary>
        public nint Scratch => FilterTransform.Between + KernelScratch + Points * (TilePlane + ProductPlane) + Read + 2 * Strip;

        /// <summary>Scratch of a transform of kernels.</summary>
        public nint KernelScratch => Points + ChannelsAtOnce * 9 * Lanes;
    }

    /// <summary>Transforms some channels of a panel of kernels.</summary>
    private readonly struct KernelTransform<F, V, L>(Sum sum, Plan<F> plan, float* w) where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        public static int Chunks(in Sum sum) => (sum.C + ChannelsAtOnce - 1) / ChannelsAtOnce;

        public void Do(int panel, int chunk, float* between, float* to)
        {
            int first = panel * plan.Lanes, filters = Math.Min(plan.Lanes, sum.K - first), width = (filters + L.Count - 1) / L.Count * L.Count;
            int c0 = chunk * ChannelsAtOnce, channels = Math.Min(ChannelsAtOnce, sum.C - c0);
            float* weights = w + first * sum.FilterStep + c0 * sum.ChannelStep, scales = between + FilterTransform.Between, turned = scales + plan.Points;
            FilterTransform.Scales<F>(scales);
            if (sum.ChannelStep == 9)
                Transposition.Copy(weights, sum.FilterStep, filters, channels * 9, turned, width);
            else
                for (int c = 0; c < channels; c++)
                    Transposition.Copy(weights + c * sum.ChannelStep, sum.FilterStep, filters, 9, turned + c * 9 * width, width);
            Transform(turned, channels, width, between, scales, to + c0 * width);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Transform(float* weights, int channels, int width, float* between, float* scales, float* to)
        {
            int start = sum.Turns ? 8 * width : 0, step = sum.Turns ? -width : width;
            for (int c = 0; c < channels; c++)
                for (int lane = 0; lane < width; lane += L.Count)
                    FilterTransform.ApplyScaled<KernelOf<F>, V, L>(weights + c * 9 * width + start + lane, 3 * step, step, between, scales, to + c * width + lane, plan.KernelPlane);
        }
    }

    /// <summary>An item is a panel of filters and some channels.</summary>
    private readonly struct Kernels<F, V, L>(KernelTransform<F, V, L> transform, Sum sum, Plan<F> plan, float* kernels, Execution.PerThread scratch) : IWork
        where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            int chunks = KernelTransform<F, V, L>.Chunks(sum);
            for (int item = from; item < to; item++)
                transform.Do(item / chunks, item % chunks, scratch[thread], kernels + (nint)(item / chunks) * plan.Lanes * sum.C);
        }
    }

    /// <summary>An item is a band of rows of tiles, and some panels of filters.</summary>
    private readonly struct Bands<F, V, L>(Sum sum, Plan<F> plan, float* x, KernelTransform<F, V, L> transform, float* kernels, int* terms, float* bias, float* y, Execution.PerThread scratch) : IWork
        where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            float* between = scratch[thread], tiles = between + FilterTransform.Between + plan.KernelScratch, products = tiles + plan.Points * plan.TilePlane;
            float* read = products + plan.Points * plan.ProductPlane, strip = read + plan.Read, turned = strip + plan.Strip, own = turned + plan.Strip;
            int rows = sum.N * plan.Rows;
            for (int item = from; item < to; item++)
            {
                int band = item / plan.Cuts, cut = item % plan.Cuts, row0 = band * plan.RowsOfBand, row1 = Math.Min(rows, row0 + plan.RowsOfBand);
                for (int block = 0; block < plan.Blocks; block++)
                    for (int row = row0; row < row1;)
                    {
                        // Rows of tiles of one image: the pixels that two of them share are read once.
                        int n = row / plan.Rows, i = row % plan.Rows, count = Math.Min(row1 - row, plan.Rows - i), first = block * Tiles.Place;
                        FilterTransform.Read(x + ((nint)n * sum.C + first) * sum.From.H * sum.From.W, sum.From, Math.Min(Tiles.Place, sum.C - first),
                            i * F.Outputs - sum.Lead.H, -sum.Lead.W, count * F.Outputs + 2, plan.ReadColumns, read, Tiles.Place);
                        Transform(read, (row - row0) * plan.Columns, count, between, tiles + (nint)block * plan.Parts.Rows * Tiles.Place);
                        row += count;
                    }
                for (int panel = plan.Panels * cut / plan.Cuts; panel < plan.Panels * (cut + 1) / plan.Cuts; panel++)
                {
                    if (plan.IsFused)
                        for (int chunk = 0; chunk < KernelTransform<F, V, L>.Chunks(sum); chunk++)
                            transform.Do(panel, chunk, between, own);
                    Multiply(tiles, (row1 - row0) * plan.Columns, plan.IsFused ? own : kernels + (nint)panel * plan.Lanes * sum.C, Width(panel), products);
                    for (int row = row0; row < row1; row++)
                        Finish(products, (row - row0) * plan.Columns, row / plan.Rows, row % plan.Rows, panel, between, strip, turned);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Transform(float* read, int tile, int rows, float* between, float* to)
        {
            int pitch = plan.ReadColumns * Tiles.Place, most = plan.Parts.Rows;
            for (int row = 0; row < rows; row++)
                for (int column = 0; column < plan.Columns; column++, tile++)
                    for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                        FilterTransform.Apply<InputOf<F>, V, L>(read + (nint)row * F.Outputs * pitch + column * F.Outputs * Tiles.Place + lane, pitch, Tiles.Place, between,
                            to + ((nint)(tile / most) * plan.Blocks * most + tile % most) * Tiles.Place + lane, F.Points * plan.TilePlane, plan.TilePlane);
        }

        private void Multiply(float* tiles, int count, float* kernel, int width, float* products)
        {
            for (int point = 0; point < plan.Points; point++)
                for (int part = 0, rows = plan.Parts.Rows; part * rows < count; part++)
                    Tiles.Of<V, L, Tiles.InOrder>(Math.Min(rows, count - part * rows), width / L.Count, Tiles.Place)(tiles + point * plan.TilePlane + (nint)part * plan.Blocks * rows * Tiles.Place, terms, terms + sum.C,
                        kernel + point * plan.KernelPlane, width, L.Count, products + point * plan.ProductPlane + part * rows * width, width, L.Count, false, null);
        }

        private int Width(int panel) => (Math.Min(plan.Lanes, sum.K - panel * plan.Lanes) + L.Count - 1) / L.Count * L.Count;

        /// <summary>One row of tiles for one panel: transformed back, turned, and written map by map.</summary>
        private void Finish(float* products, int tile, int n, int i, int panel, float* between, float* strip, float* turned)
        {
            int first = panel * plan.Lanes, filters = Math.Min(plan.Lanes, sum.K - first), width = Width(panel), rows = Math.Min(F.Outputs, sum.To.P - i * F.Outputs), Q = sum.To.Q;
            TransformBack(products + (nint)tile * width, width, between, strip);
            if (bias != null)
                AddBias(first, filters, rows, width, strip);
            for (int row = 0; row < rows; row++)
                Transposition.Copy(strip + (nint)row * plan.WrittenColumns * width, width, Q, filters, turned + row * Q, (nint)rows * Q);
            float* to = y + (((nint)n * sum.K + first) * sum.To.P + i * F.Outputs) * Q;
            for (int filter = 0; filter < filters; filter++)
                Runs.Move(turned + (nint)filter * rows * Q, rows * Q, to + (nint)filter * sum.To.P * Q);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void TransformBack(float* products, int width, float* between, float* strip)
        {
            for (int column = 0; column < plan.Columns; column++)
                for (int lane = 0; lane < width; lane += L.Count)
                    FilterTransform.Apply<OutputOf<F>, V, L>(products + column * width + lane, F.Points * plan.ProductPlane, plan.ProductPlane, between,
                        strip + column * F.Outputs * width + lane, plan.WrittenColumns * width, width);
        }

        private void AddBias(int first, int filters, int rows, int width, float* strip)
        {
            float* biases = stackalloc float[width];
            for (int lane = 0; lane < width; lane++)
                biases[lane] = lane < filters ? bias[first + lane] : 0;
            for (int lane = 0; lane < width; lane += L.Count)
            {
                V each = L.Load(biases + lane);
                for (int pixel = 0; pixel < rows * plan.WrittenColumns; pixel++)
                    L.Store(L.Add(L.Load(strip + pixel * width + lane), each), strip + pixel * width + lane);
            }
        }
    }
}
