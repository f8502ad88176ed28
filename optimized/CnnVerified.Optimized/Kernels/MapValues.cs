namespace CnnVerified.Optimized.Kernels;

/// <summary>A value for each element of maps P×Q, from what stands at the same place of other tensors.</summary>
internal interface IMapValues
{
    /// <summary>The values of elements <paramref name="at"/> and following, counted over all maps; they lie in the map of this number.</summary>
    V At<V, L>(int map, nint at) where V : unmanaged where L : struct, ILanes<V>;
}

internal static unsafe class MapValues
{
    /// <summary>to[t] = value of element t of one map.</summary>
    public static void Compute<V, L, TValues>(ref readonly TValues values, int map, int count, float* to)
        where V : unmanaged where L : struct, ILanes<V> where TValues : unmanaged, IMapValues
    {
        nint from = (nint)map * count;
        int t = 0;
        for (; t <= count - L.Count; t += L.Count)
            L.Store(values.At<V, L>(map, from + t), to + t);
        for (; t < count; t++)
            to[t] = values.At<float, ScalarLanes>(map, from + t);
    }
}

/// <summary>Each value fills the R×S block of its place in a map H×W; 0 beyond the last whole block.</summary>
internal readonly unsafe struct BlockSpread<TValues>(PoolingShape s, TValues values, float* to) : IMapPass where TValues : unmanaged, IMapValues
{
    private readonly TValues _values = values;

    public nint Scratch => (nint)s.P * s.Q;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        MapValues.Compute<V, L, TValues>(in _values, map, s.P * s.Q, scratch);
        float* image = to + (nint)map * s.H * s.W;
        for (int i = 0; i < s.P; i++)
        {
            float* row = image + (nint)i * s.R * s.W;
            Row<V, L>(scratch + (nint)i * s.Q, row);
            for (int r = 1; r < s.R; r++)
                new ReadOnlySpan<float>(row, s.W).CopyTo(new Span<float>(row + (nint)r * s.W, s.W));
        }
        int below = s.P * s.R;
        new Span<float>(image + (nint)below * s.W, (s.H - below) * s.W).Clear();
    }

    // Whole vectors of one value, ascending: what is written too far, the next block writes over.
    private void Row<V, L>(float* from, float* row) where V : unmanaged where L : struct, ILanes<V>
    {
        for (int j = 0; j < s.Q; j++)
        {
            int at = j * s.S, end = at + s.S;
            V each = L.Create(from[j]);
            for (; at < end && at <= s.W - L.Count; at += L.Count)
                L.Store(each, row + at);
            for (; at < end; at++)
                row[at] = from[j];
        }
        new Span<float>(row + s.Q * s.S, s.W - s.Q * s.S).Clear();
    }
}

/// <summary>sums[c] = the values of channel c, added: each map in the order of <see cref="Sums"/>, maps ascending.</summary>
internal readonly unsafe struct ChannelSums<TValues>(int N, int C, int count, TValues values, VectorWidth width, float* sums) : IMapPass
    where TValues : unmanaged, IMapValues
{
    private readonly TValues _values = values;

    public nint Scratch => count;

    public void Map<V, L>(int channel, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float sum = 0;
        for (int n = 0; n < N; n++)
        {
            MapValues.Compute<V, L, TValues>(in _values, n * C + channel, count, scratch);
            sum += Sums.Sum(width, scratch, count);
        }
        sums[channel] = sum;
    }
}
