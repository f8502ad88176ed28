namespace CnnVerified.Optimized.Kernels;

/// <summary>What windows make of their elements: a sum from +0 with a finish.</summary>
internal unsafe interface IWindowFold
{
    /// <summary>Changes each element of the padded map, once, before windows look at it.</summary>
    void Prepare<V, L>(float* padded, nint count) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>The sums of neighbouring windows with the elements at place (t·R + r)·S + s.</summary>
    V Take<V, L>(V sum, V element, int place) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>The outputs of windows of one map from their sums.</summary>
    V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>One output for each window; elements are taken ascending in (t, r, s), padding is 0.</summary>
internal readonly unsafe struct WindowFold<TFold>(PoolingGeometry s, TFold fold, float* x, float* y) : IMapPass
    where TFold : unmanaged, IWindowFold
{
    private readonly PhasedMap _phased = new(s);

    public nint Scratch => _phased.Size + _phased.RowLength + s.Taps;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch + _phased.Size;
        int* taps = (int*)(row + _phased.RowLength);
        _phased.Taps(taps);
        _phased.Fill(x + (nint)map * s.Input, 0, scratch);
        fold.Prepare<V, L>(scratch, _phased.Size);
        float* to = y + (nint)map * s.Output;
        for (int o = 0; o < s.O; o++)
            for (int i = 0; i < s.P; i++, to += s.Q)
            {
                float* window = scratch + _phased.Window(o, i);
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    V sum = L.Create(0f);
                    for (int place = 0; place < s.Taps; place++)
                        sum = fold.Take<V, L>(sum, L.Load(window + taps[place] + j), place);
                    L.Store(fold.Finish<V, L>(sum, map), row + j);
                }
                new ReadOnlySpan<float>(row, s.Q).CopyTo(new Span<float>(to, s.Q));
            }
    }
}

/// <summary>What windows give back to their elements.</summary>
internal unsafe interface IWindowSpread
{
    /// <summary>What neighbouring windows have to give, from dy and y; 0 where both are 0.</summary>
    V Residual<V, L>(V dy, V y) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>What elements have so far, with what the windows give in which they stand at place (t·R + r)·S + s.</summary>
    V Give<V, L>(V sum, V residual, int place) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>Changes what the elements of one map were given, once, at the end.</summary>
    void Finish<V, L>(int map, float* dx, int count) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>The gradient of a fold: each element collects what its windows give, ascending in (t, r, s), and is stored once.</summary>
/// <remarks>The obvious loop adds each window to its elements; but then each vector is loaded right after two stores that overlap it,
/// and waits for them. Elements of one row whose columns, padding counted, have the same remainder modulo the stride meet the same
/// places of neighbouring windows: they are one vector.</remarks>
internal readonly unsafe struct WindowSpread<TSpread>(PoolingGeometry s, TSpread spread, float* dy, float* y, float* dx) : IMapPass
    where TSpread : unmanaged, IWindowSpread
{
    // Windows before the first and behind the last give 0.
    private readonly int _before = (s.S - 1) / s.Sw;
    private readonly int _positions = ((s.W - 1 + s.Pw) / s.Sw + 16) / 16 * 16;
    private readonly int _length = (s.S - 1) / s.Sw + Math.Max(((s.W - 1 + s.Pw) / s.Sw + 16) / 16 * 16, (s.Q + 15) / 16 * 16);

    public nint Scratch => ((nint)s.O * s.P + 1) * _length + _positions;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        int rows = s.O * s.P;
        float* outputs = scratch + (nint)rows * _length, row = outputs + _length;
        new Span<float>(scratch, checked((rows + 1) * _length)).Clear();
        for (int i = 0; i < rows; i++)
        {
            nint from = (nint)map * s.Output + (nint)i * s.Q;
            float* residuals = scratch + (nint)i * _length + _before;
            new ReadOnlySpan<float>(dy + from, s.Q).CopyTo(new Span<float>(residuals, s.Q));
            new ReadOnlySpan<float>(y + from, s.Q).CopyTo(new Span<float>(outputs, s.Q));
            for (int j = 0; j < s.Q; j += L.Count)
                L.Store(spread.Residual<V, L>(L.Load(residuals + j), L.Load(outputs + j)), residuals + j);
        }
        float* to = dx + (nint)map * s.Input;
        for (int d = 0; d < s.D; d++)
            for (int u = 0; u < s.H; u++)
                for (int phase = 0; phase < s.Sw; phase++)
                {
                    int first = Math.Max(0, (s.Pw - phase + s.Sw - 1) / s.Sw);
                    int column = first * s.Sw + phase - s.Pw;
                    if (column >= s.W)
                        continue;
                    Collect<V, L>(scratch + _before, d + s.Pd, u + s.Ph, phase, row);
                    float* pixels = to + ((nint)d * s.H + u) * s.W;
                    for (int v = column, position = first; v < s.W; v += s.Sw, position++)
                        pixels[v] = row[position];
                }
        spread.Finish<V, L>(map, to, s.Input);
    }

    // What the elements of row a of frame f, padding counted, get at columns phase, phase + sw, ….
    private void Collect<V, L>(float* residuals, int f, int a, int phase, float* row) where V : unmanaged where L : struct, ILanes<V>
    {
        for (int position = 0; position < _positions; position += L.Count)
        {
            V sum = L.Create(0f);
            for (int t = f % s.Sd; t < s.T && t <= f; t += s.Sd)
            {
                int o = (f - t) / s.Sd;
                if (o >= s.O)
                    continue;
                for (int r = a % s.Sh; r < s.R && r <= a; r += s.Sh)
                {
                    int i = (a - r) / s.Sh;
                    if (i >= s.P)
                        continue;
                    float* window = residuals + ((nint)o * s.P + i) * _length + position;
                    for (int place = phase; place < s.S; place += s.Sw, window--)
                        sum = spread.Give<V, L>(sum, L.Load(window), (t * s.R + r) * s.S + place);
                }
            }
            L.Store(sum, row + position);
        }
    }
}
