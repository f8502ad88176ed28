namespace CnnVerified.Optimized.Kernels;

/// <summary>What windows make of their elements: a sum from +0 with a finish.</summary>
internal unsafe interface IWindowFold
{
    /// <summary>Changes each element of the padded map, once, before windows look at it.</summary>
    void Prepare<V, L>(float* padded, nint count) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>The sums of neighbouring windows with the elements at place r·S + s.</summary>
    V Take<V, L>(V sum, V element, int place) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>The outputs of windows of one map from their sums.</summary>
    V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>One output for each window; elements are taken ascending in (r, s), padding is 0.</summary>
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
        for (int i = 0; i < s.P; i++, to += s.Q)
        {
            float* window = scratch + _phased.Window(0, i);
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

/// <summary>The sum of each window, divided by a count that is 1 for the sum itself.</summary>
internal readonly struct SumFold(float count) : IWindowFold
{
    public unsafe void Prepare<V, L>(float* padded, nint size) where V : unmanaged where L : struct, ILanes<V>
    {
    }

    public V Take<V, L>(V sum, V element, int place) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, element);

    public V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V> => L.Divide(sum, L.Create(count));
}

/// <summary>What windows give back to their elements.</summary>
internal unsafe interface IWindowSpread
{
    /// <summary>What neighbouring windows have to give, from dy and y; 0 where both are 0.</summary>
    V Residual<V, L>(V dy, V y) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>The elements at place r·S + s with what their windows give.</summary>
    V Give<V, L>(V sum, V residual, int place) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>Changes what the elements of one map were given, once, at the end.</summary>
    void Finish<V, L>(int map, float* dx, int count) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>The gradient of a fold: each window gives to its elements; an element takes its terms ascending in i, then in s.</summary>
internal readonly unsafe struct WindowSpread<TSpread>(PoolingGeometry s, TSpread spread, float* dy, float* y, float* dx) : IMapPass
    where TSpread : unmanaged, IWindowSpread
{
    private readonly PhasedMap _phased = new(s);

    public nint Scratch => _phased.Size + 2 * _phased.RowLength + s.Taps;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* residuals = scratch + _phased.Size, outputs = residuals + _phased.RowLength;
        int* taps = (int*)(outputs + _phased.RowLength);
        _phased.Taps(taps);
        _phased.Clear(scratch);
        new Span<float>(residuals, 2 * _phased.RowLength).Clear();
        for (int i = 0; i < s.P; i++)
        {
            nint from = (nint)map * s.Output + i * s.Q;
            new ReadOnlySpan<float>(dy + from, s.Q).CopyTo(new Span<float>(residuals, s.Q));
            new ReadOnlySpan<float>(y + from, s.Q).CopyTo(new Span<float>(outputs, s.Q));
            for (int j = 0; j < s.Q; j += L.Count)
                L.Store(spread.Residual<V, L>(L.Load(residuals + j), L.Load(outputs + j)), residuals + j);
            float* window = scratch + _phased.Window(0, i);
            for (int place = 0; place < s.Taps; place++)
            {
                float* into = window + taps[place];
                for (int j = 0; j < s.Q; j += L.Count)
                    L.Store(spread.Give<V, L>(L.Load(into + j), L.Load(residuals + j), place), into + j);
            }
        }
        float* to = dx + (nint)map * s.Input;
        _phased.Drain(scratch, to);
        spread.Finish<V, L>(map, to, s.Input);
    }
}
