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

/// <summary>What becomes of the sum of a block.</summary>
internal interface IBlockFinish
{
    /// <summary>The outputs of blocks of one map from their sums.</summary>
    V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>The sum itself, or divided by a count.</summary>
internal readonly struct SumOver(float count) : IBlockFinish
{
    public V Finish<V, L>(V sum, int map) where V : unmanaged where L : struct, ILanes<V> => count == 1 ? sum : L.Divide(sum, L.Create(count));
}

/// <summary>One output for each whole R×S block of a map H×W: the rows of a block are added ascending, all columns at once, and then its
/// columns, ascending.</summary>
internal readonly unsafe struct BlockFold<TFinish>(PoolingShape s, TFinish finish, float* x, float* y) : IMapPass where TFinish : unmanaged, IBlockFinish
{
    private readonly int _length = (s.Q + 15) / 16 * 16;

    public nint Scratch => _length + (nint)s.Q * s.S;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch, columns = scratch + _length;
        float* image = x + (nint)map * s.H * s.W, to = y + (nint)map * s.P * s.Q;
        new Span<float>(row, _length).Clear();
        for (int i = 0; i < s.P; i++, to += s.Q)
        {
            AddRows<V, L>(image + (nint)i * s.R * s.W, columns);
            float* column = columns;
            for (int j = 0; j < s.Q; j++)
            {
                float sum = *column++;
                for (int t = 1; t < s.S; t++)
                    sum += *column++;
                row[j] = sum;
            }
            for (int j = 0; j < s.Q; j += L.Count)
                L.Store(finish.Finish<V, L>(L.Load(row + j), map), row + j);
            new ReadOnlySpan<float>(row, s.Q).CopyTo(new Span<float>(to, s.Q));
        }
    }

    private void AddRows<V, L>(float* block, float* columns) where V : unmanaged where L : struct, ILanes<V>
    {
        int wide = s.Q * s.S, v = 0;
        for (; v <= wide - L.Count; v += L.Count)
        {
            V sum = L.Load(block + v);
            for (int r = 1; r < s.R; r++)
                sum = L.Add(sum, L.Load(block + (nint)r * s.W + v));
            L.Store(sum, columns + v);
        }
        for (; v < wide; v++)
        {
            float sum = block[v];
            for (int r = 1; r < s.R; r++)
                sum += block[(nint)r * s.W + v];
            columns[v] = sum;
        }
    }
}
