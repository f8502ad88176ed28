using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CnnVerified.Optimized.Equations;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Weight gradients of 3×3 kernels by minimal filtering (CV-I8, CV-I9): tiles of residuals and of inputs are transformed, multiplied point by point and summed over all tiles, and
/// transformed back once for each filter and channel.</summary>
/// <remarks>Order of the sum: each point's products start at +0 and take one fused multiply-add for each tile, ascending in image, row and column; what a tile has beyond the maps is
/// zero. Transforms go along the rows' index, then the columns', with the roundings of <see cref="IMinimalFilter"/>.</remarks>
internal static unsafe class WinogradWeights
{
    private const int PartFloats = 1024 * 1024;          // transformed tiles that stay near
    private const int WholeFloats = 8 * PartFloats;      // or that are taken at once where the sums alone would fill the caches, and waiting in memory costs more
    private const int ManySums = 4 * PartFloats, GroupFloats = PartFloats / 4;

    /// <summary>dw from dy and x (CV-B2).</summary>
    public static void Run(Execution on, ConvolutionKernel kernel, in Geometry s, float* dy, float* x, float* dw)
    {
        if (kernel == ConvolutionKernel.WinogradFour)
            Run<FilterOfFour>(on, s, dy, x, dw);
        else
            Run<FilterOfTwo>(on, s, dy, x, dw);
    }

    private static void Run<F>(Execution on, in Geometry s, float* dy, float* x, float* dw) where F : struct, IMinimalFilter
    {
        switch (on.Width)
        {
            case VectorWidth.V512: Run<F, Vector512<float>, Lanes512>(on, s, dy, x, dw); break;
            case VectorWidth.V256: Run<F, Vector256<float>, Lanes256>(on, s, dy, x, dw); break;
            case VectorWidth.V128: Run<F, Vector128<float>, Lanes128>(on, s, dy, x, dw); break;
            default: Run<F, float, ScalarLanes>(on, s, dy, x, dw); break;
        }
    }

    private static void Run<F, V, L>(Execution on, Geometry s, float* dy, float* x, float* dw) where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        var plan = new Plan<F>(s, Tiles.PanelVectors * L.Count, on.Threads);
        int items = plan.Panels * plan.Groups;
        nint operands = plan.Points * (plan.InputPlane + plan.ResidualPlane), sums = plan.Points * plan.SumPlane;
        float* inputs = on.Shared(operands + (plan.IsWhole ? 0 : items * sums) + plan.Tiles + Tiles.Ahead), residuals = inputs + plan.Points * plan.InputPlane, waiting = inputs + operands;
        int* terms = (int*)(waiting + (plan.IsWhole ? 0 : items * sums));
        for (int tile = 0; tile < plan.Tiles; tile++)
            terms[tile] = tile * Tiles.Place;
        Execution.PerThread scratch = on.Local(plan.OwnInputs + (plan.SharesInputs ? 0 : plan.Points * plan.InputPlane));
        for (int row = 0; row < plan.AllRows; row += plan.RowsOfPart)
        {
            int rows = Math.Min(plan.RowsOfPart, plan.AllRows - row);
            if (!plan.SharesInputs)
            {
                on.Run(plan.Panels, new Panels<F, V, L>(s, plan, dy, x, residuals, terms, row, rows, waiting, dw, scratch));
                continue;
            }
            on.Run(plan.Blocks * rows, new Inputs<F, V, L>(s, plan, row, rows, x, inputs, scratch));
            on.Run(plan.Panels * rows, new Residuals<F, V, L>(s, plan, row, rows, dy, residuals, scratch));
            on.Run(items, new Products<F, V, L>(s, plan, inputs, residuals, terms, row, rows, waiting, dw, scratch));
        }
    }

    /// <summary>How the work is cut, and where what lies.</summary>
    private readonly struct Plan<F> where F : struct, IMinimalFilter
    {
        public Plan(in Geometry s, int lanes, int threads)
        {
            (Lanes, Panels) = (lanes, (s.K + lanes - 1) / lanes);
            int most = Place / Optimized.Kernels.Tiles.RowsInRegisters * Optimized.Kernels.Tiles.RowsInRegisters;
            Blocks = (s.C + most - 1) / most;
            Channels = (s.C + Blocks - 1) / Blocks;
            (Rows, Columns) = ((s.P + F.Outputs - 1) / F.Outputs, (s.Q + F.Outputs - 1) / F.Outputs);
            AllRows = checked(s.N * Rows);
            long row = (long)Points * (Blocks * Place + Panels * lanes) * Columns, part = (long)Points * s.C * s.K > ManySums ? WholeFloats : PartFloats;
            int parts = (int)Math.Clamp((AllRows * row + part - 1) / part, 1, AllRows);
            RowsOfPart = (AllRows + parts - 1) / parts;
            Tiles = checked(RowsOfPart * Columns);
            InputPlane = FilterTransform.Plane((nint)Blocks * Place * Tiles);
            ResidualPlane = FilterTransform.Plane((nint)Panels * lanes * Tiles);
            int blocks = (int)Math.Clamp(GroupFloats / ((long)Points * Channels * lanes), 1, Blocks);
            Groups = Math.Max((Blocks + blocks - 1) / blocks, Math.Min(Blocks, (threads + Panels - 1) / Panels));
            SumPlane = FilterTransform.Plane((nint)((Blocks + Groups - 1) / Groups) * Channels * lanes);
            int count = Math.Min(RowsOfPart, Rows);
            (InputColumns, ResidualColumns) = (Columns * F.Outputs + 2, Columns * F.Outputs);
            nint read = Math.Max((nint)(count * F.Outputs + 2) * InputColumns * Place, (nint)F.Outputs * ResidualColumns * lanes);
            Scratch = FilterTransform.Between + Points + Math.Max(read, (nint)Channels * 9 * lanes);
            OwnInputs = Scratch + (IsWhole ? Points * SumPlane : 0);
            SharesInputs = threads == 1 || threads * (long)s.C > 2L * s.K || Panels % threads != 0 && Panels < 4 * threads;
        }

        private static int Place => Optimized.Kernels.Tiles.Place;

        /// <summary>Filters of a panel, panels; blocks of channels, and how many each has.</summary>
        public int Lanes { get; }

        public int Panels { get; }

        public int Blocks { get; }

        public int Channels { get; }

        /// <summary>Groups of blocks whose sums are transformed back together.</summary>
        public int Groups { get; }

        /// <summary>Whether all tiles are one part, so that sums need not wait.</summary>
        public bool IsWhole => RowsOfPart == AllRows;

        /// <summary>Rows and columns of tiles of one map, rows of all images, and how many are transformed at a time.</summary>
        public int Rows { get; }

        public int Columns { get; }

        public int AllRows { get; }

        public int RowsOfPart { get; }

        /// <summary>Tiles of a part.</summary>
        public int Tiles { get; }

        public int Points { get; } = F.Points * F.Points;

        public nint InputPlane { get; }

        public nint ResidualPlane { get; }

        public nint SumPlane { get; }

        public int InputColumns { get; }

        public int ResidualColumns { get; }

        public nint Scratch { get; }

        /// <summary>Where in the scratch of a thread its own transformed inputs are.</summary>
        public nint OwnInputs { get; }

        /// <summary>Whether threads transform inputs for each other. Otherwise each transforms all of them, and its own filters' residuals: what one core has written and another reads costs more, as long
        /// as it is not much that is transformed again.</summary>
        public bool SharesInputs { get; }

        /// <summary>Filters of a panel, in whole vectors.</summary>
        public int Width(int panel, int K, int vector) => (Math.Min(Lanes, K - panel * Lanes) + vector - 1) / vector * vector;
    }

    /// <summary>An item is a panel of filters, with all that it takes.</summary>
    private readonly struct Panels<F, V, L>(Geometry s, Plan<F> plan, float* dy, float* x, float* residuals, int* terms, int row, int rows, float* waiting, float* dw, Execution.PerThread scratch) : IWork
        where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            float* inputs = scratch[thread] + plan.OwnInputs;
            new Inputs<F, V, L>(s, plan, row, rows, x, inputs, scratch).Do(0, plan.Blocks * rows, thread);
            new Residuals<F, V, L>(s, plan, row, rows, dy, residuals, scratch).Do(from * rows, to * rows, thread);
            new Products<F, V, L>(s, plan, inputs, residuals, terms, row, rows, waiting, dw, scratch).Do(from * plan.Groups, to * plan.Groups, thread);
        }
    }

    /// <summary>An item is a row of tiles and a block of channels: neighbouring items are rows of the same block.</summary>
    private readonly struct Inputs<F, V, L>(Geometry s, Plan<F> plan, int row0, int rows, float* x, float* inputs, Execution.PerThread scratch) : IWork
        where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            float* between = scratch[thread], read = between + FilterTransform.Between;
            for (int item = from; item < to;)
            {
                int block = item / rows, row = item % rows, n = (row0 + row) / plan.Rows, i = (row0 + row) % plan.Rows;
                int count = Math.Min(Math.Min(to - item, rows - row), plan.Rows - i), first = block * plan.Channels;
                FilterTransform.Read(x + ((nint)n * s.C + first) * s.H * s.W, (s.H, s.W), Math.Min(Tiles.Place, s.C - first), i * F.Outputs - s.Ph, -s.Pw,
                    count * F.Outputs + 2, plan.InputColumns, read, Tiles.Place);
                Transform(read, count, between, inputs + ((nint)block * plan.Tiles + row * plan.Columns) * Tiles.Place);
                item += count;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Transform(float* read, int count, float* between, float* to)
        {
            int pitch = plan.InputColumns * Tiles.Place;
            for (int row = 0; row < count; row++)
                for (int column = 0; column < plan.Columns; column++, to += Tiles.Place)
                    for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                        FilterTransform.Apply<InputOf<F>, V, L>(read + (nint)row * F.Outputs * pitch + column * F.Outputs * Tiles.Place + lane, pitch, Tiles.Place, between,
                            to + lane, F.Points * plan.InputPlane, plan.InputPlane);
        }
    }

    /// <summary>An item is a row of tiles and a panel of filters.</summary>
    private readonly struct Residuals<F, V, L>(Geometry s, Plan<F> plan, int row0, int rows, float* dy, float* residuals, Execution.PerThread scratch) : IWork
        where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            float* between = scratch[thread], scales = between + FilterTransform.Between, read = scales + plan.Points;
            FilterTransform.Scales<F>(scales);
            for (int item = from; item < to; item++)
            {
                int panel = item / rows, row = item % rows, n = (row0 + row) / plan.Rows, i = (row0 + row) % plan.Rows, first = panel * plan.Lanes, width = plan.Width(panel, s.K, L.Count);
                FilterTransform.Read(dy + ((nint)n * s.K + first) * s.P * s.Q, (s.P, s.Q), Math.Min(plan.Lanes, s.K - first), i * F.Outputs, 0, F.Outputs, plan.ResidualColumns, read, width);
                Transform(read, width, between, scales, residuals + (nint)panel * plan.Tiles * plan.Lanes + (nint)row * plan.Columns * width);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Transform(float* read, int width, float* between, float* scales, float* to)
        {
            for (int column = 0; column < plan.Columns; column++)
                for (int lane = 0; lane < width; lane += L.Count)
                    FilterTransform.ApplyScaled<ResidualOf<F>, V, L>(read + column * F.Outputs * width + lane, plan.ResidualColumns * width, width, between, scales,
                        to + column * width + lane, plan.ResidualPlane);
        }
    }

    /// <summary>An item is a panel of filters and a group of blocks of channels: all points, and at the last tiles the way back.</summary>
    private readonly struct Products<F, V, L>(Geometry s, Plan<F> plan, float* inputs, float* residuals, int* terms, int row, int rows, float* waiting, float* dw, Execution.PerThread scratch) : IWork
        where F : struct, IMinimalFilter where V : unmanaged where L : struct, ILanes<V>
    {
        public void Do(int from, int to, int thread)
        {
            for (int item = from; item < to; item++)
            {
                int panel = item / plan.Groups, group = item % plan.Groups, width = plan.Width(panel, s.K, L.Count), first = plan.Blocks * group / plan.Groups, end = plan.Blocks * (group + 1) / plan.Groups;
                float* sums = plan.IsWhole ? scratch[thread] + plan.Scratch : waiting + item * (nint)plan.Points * plan.SumPlane;
                for (int point = 0; point < plan.Points; point++)
                    for (int block = first; block < end; block++)
                        Multiply(inputs + point * plan.InputPlane + (nint)block * plan.Tiles * Tiles.Place, residuals + point * plan.ResidualPlane + (nint)panel * plan.Tiles * plan.Lanes,
                            ChannelsOf(block), width, sums + point * plan.SumPlane + (nint)(block - first) * plan.Channels * width);
                if (row + rows < plan.AllRows)
                    continue;
                float* between = scratch[thread], weights = between + FilterTransform.Between;
                for (int block = first; block < end; block++)
                {
                    Transform(sums + (nint)(block - first) * plan.Channels * width, ChannelsOf(block), width, between, weights);
                    Transposition.Copy(weights, width, ChannelsOf(block) * 9, Math.Min(plan.Lanes, s.K - panel * plan.Lanes), dw + ((nint)panel * plan.Lanes * s.C + block * plan.Channels) * 9, (nint)s.C * 9);
                }
            }
        }

        private int ChannelsOf(int block) => Math.Min(plan.Channels, s.C - block * plan.Channels);

        private void Multiply(float* inputs, float* residual, int channels, int width, float* sums)
        {
            var parts = new RowBlocks(channels);
            for (int part = 0; part < parts.Count; part++)
                Tiles.Of<V, L, Tiles.InOrder>(parts.RowsOf(part), width / L.Count)(inputs + part * parts.Rows, terms, terms + rows * plan.Columns, residual, width, L.Count, sums + (nint)part * parts.Rows * width, width, L.Count, row > 0, null);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Transform(float* from, int channels, int width, float* between, float* to)
        {
            for (int c = 0; c < channels; c++)
                for (int lane = 0; lane < width; lane += L.Count)
                    FilterTransform.Apply<GradientOf<F>, V, L>(from + c * width + lane, F.Points * plan.SumPlane, plan.SumPlane, between, to + c * 9 * width + lane, 3 * width, width);
        }
    }
}
