namespace CnnVerified.Optimized.Kernels;

/// <summary>Cuts a size into parts of nearly equal size: part i is [floor(i·size/parts), ceil((i + 1)·size/parts)).</summary>
internal readonly struct AdaptiveWindows(int size, int parts)
{
    public int Start(int i) => (int)((long)i * size / parts);

    public int End(int i) => (int)(((long)(i + 1) * size + parts - 1) / parts);
}

/// <summary>What an adaptive window makes of its elements.</summary>
internal interface IAdaptiveFold
{
    static abstract V Take<V, L>(V soFar, V next) where V : unmanaged where L : struct, ILanes<V>;

    static abstract float Finish(float all, float count);
}

/// <summary>PL-F12.</summary>
internal readonly struct AdaptiveMean : IAdaptiveFold
{
    public static V Take<V, L>(V soFar, V next) where V : unmanaged where L : struct, ILanes<V> => L.Add(soFar, next);

    public static float Finish(float all, float count) => all / count;
}

/// <summary>PL-F18: of +0 and −0 the first is the larger.</summary>
internal readonly struct AdaptiveMaximum : IAdaptiveFold
{
    public static V Take<V, L>(V soFar, V next) where V : unmanaged where L : struct, ILanes<V> => L.Max(soFar, next);

    public static float Finish(float all, float count) => all;
}

/// <summary>Folds the rows of a window into one, ascending, all columns at once; then the columns of each window, ascending.</summary>
internal readonly unsafe struct AdaptiveForward<TFold>(PoolingShape s, float* x, float* y) : IMapPass where TFold : struct, IAdaptiveFold
{
    private readonly AdaptiveWindows _rows = new(s.H, s.P), _columns = new(s.W, s.Q);

    public nint Scratch => s.W;

    public void Map<V, L>(int map, float* row) where V : unmanaged where L : struct, ILanes<V>
    {
        float* image = x + (nint)map * s.H * s.W, to = y + (nint)map * s.P * s.Q;
        for (int i = 0; i < s.P; i++)
        {
            int u0 = _rows.Start(i), u1 = _rows.End(i);
            new ReadOnlySpan<float>(image + (nint)u0 * s.W, s.W).CopyTo(new Span<float>(row, s.W));
            for (int u = u0 + 1; u < u1; u++)
                TakeRow<V, L>(row, image + (nint)u * s.W);
            for (int j = 0; j < s.Q; j++)
            {
                int v0 = _columns.Start(j), v1 = _columns.End(j);
                float all = row[v0];
                for (int v = v0 + 1; v < v1; v++)
                    all = TFold.Take<float, ScalarLanes>(all, row[v]);
                *to++ = TFold.Finish(all, (float)(u1 - u0) * (v1 - v0));
            }
        }
    }

    private void TakeRow<V, L>(float* row, float* next) where V : unmanaged where L : struct, ILanes<V>
    {
        int v = 0;
        for (; v <= s.W - L.Count; v += L.Count)
            L.Store(TFold.Take<V, L>(L.Load(row + v), L.Load(next + v)), row + v);
        for (; v < s.W; v++)
            row[v] = TFold.Take<float, ScalarLanes>(row[v], next[v]);
    }
}

/// <summary>PL-B12: the shares of a row of windows are added on one row, ascending in j, and that to every row of the windows, ascending in i.</summary>
internal readonly unsafe struct AdaptiveMeanBackward(PoolingShape s, float* dy, float* dx) : IMapPass
{
    private readonly AdaptiveWindows _rows = new(s.H, s.P), _columns = new(s.W, s.Q);

    public nint Scratch => s.W;

    public void Map<V, L>(int map, float* row) where V : unmanaged where L : struct, ILanes<V>
    {
        float* image = dx + (nint)map * s.H * s.W, from = dy + (nint)map * s.P * s.Q;
        new Span<float>(image, s.H * s.W).Clear();
        for (int i = 0; i < s.P; i++)
        {
            int u0 = _rows.Start(i), u1 = _rows.End(i);
            new Span<float>(row, s.W).Clear();
            for (int j = 0; j < s.Q; j++)
            {
                int v0 = _columns.Start(j), v1 = _columns.End(j);
                float share = *from++ / ((float)(u1 - u0) * (v1 - v0));
                for (int v = v0; v < v1; v++)
                    row[v] += share;
            }
            for (int u = u0; u < u1; u++)
                AddRow<V, L>(row, image + (nint)u * s.W);
        }
    }

    private void AddRow<V, L>(float* row, float* to) where V : unmanaged where L : struct, ILanes<V>
    {
        int v = 0;
        for (; v <= s.W - L.Count; v += L.Count)
            L.Store(L.Add(L.Load(to + v), L.Load(row + v)), to + v);
        for (; v < s.W; v++)
            to[v] += row[v];
    }
}

/// <summary>PL-B18: each residual goes to the first element of its window that equals y; an element takes its terms ascending in (i, j).</summary>
internal readonly unsafe struct AdaptiveMaxBackward(PoolingShape s, float* dy, float* x, float* y, float* dx) : IMapPass
{
    private readonly AdaptiveWindows _rows = new(s.H, s.P), _columns = new(s.W, s.Q);

    public nint Scratch => 0;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        nint first = (nint)map * s.H * s.W, output = (nint)map * s.P * s.Q;
        new Span<float>(dx + first, s.H * s.W).Clear();
        for (int i = 0; i < s.P; i++)
            for (int j = 0; j < s.Q; j++, output++)
            {
                int v0 = _columns.Start(j), wide = _columns.End(j) - v0;
                for (int u = _rows.Start(i); u < _rows.End(i); u++)
                {
                    nint at = first + (nint)u * s.W + v0;
                    int found = Extremes.First<V, L>(x + at, wide, y[output]);
                    if (found == wide)
                        continue;
                    dx[at + found] += dy[output];
                    break;
                }
            }
    }
}
