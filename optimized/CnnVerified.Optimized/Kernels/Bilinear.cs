namespace CnnVerified.Optimized.Kernels;

/// <summary>PL-F19: two rows of x with their weights make one row; then, for each of the S places in a block, two neighbours of that
/// row with theirs, and one division by 4RS. Two roundings before the division in each direction at most.</summary>
/// <remarks>All columns at the same place in their block have the same two weights: 2S − f on the pixel at or before them and f on the
/// next. Beyond the borders stands the border pixel again, whose weights then add up to 2S.</remarks>
internal readonly unsafe struct BilinearForward(PoolingShape s, float* x, float* y) : IMapPass
{
    private readonly int _length = (s.W + 15) / 16 * 16;

    public nint Scratch => 2 * _length + 16;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* line = scratch, places = scratch + _length + 16;
        new Span<float>(line, _length + 16).Clear();
        float* image = x + (nint)map * s.H * s.W, to = y + (nint)map * s.P * s.Q;
        float count = 4f * s.R * s.S;
        for (int i = 0; i < s.P; i++, to += s.Q)
        {
            long height = Math.Clamp(2L * i + 1 - s.R, 0, 2L * s.R * (s.H - 1));
            int above = (int)(height / (2 * s.R)), weight = (int)(height % (2 * s.R));
            // line[1 + v] is pixel v.
            Mix<V, L>(image + (nint)above * s.W, image + (nint)Math.Min(above + 1, s.H - 1) * s.W, 2 * s.R - weight, weight, line + 1);
            line[0] = line[1];
            line[1 + s.W] = line[s.W];
            for (int place = 0; place < s.S; place++)
            {
                int f = 2 * place + 1 - s.S, before = 1;
                if (f < 0)
                    (f, before) = (f + 2 * s.S, 0);
                V near = L.Create((float)(2 * s.S - f)), far = L.Create((float)f);
                for (int v = 0; v < s.W; v += L.Count)
                {
                    V sum = L.Fma(far, L.Load(line + before + 1 + v), L.Multiply(near, L.Load(line + before + v)));
                    L.Store(L.Divide(sum, L.Create(count)), places + v);
                }
                for (int v = 0; v < s.W; v++)
                    to[v * s.S + place] = places[v];
            }
        }
    }

    private void Mix<V, L>(float* above, float* below, float near, float far, float* to) where V : unmanaged where L : struct, ILanes<V>
    {
        int v = 0;
        for (; v <= s.W - L.Count; v += L.Count)
            L.Store(L.Fma(L.Create(far), L.Load(below + v), L.Multiply(L.Create(near), L.Load(above + v))), to + v);
        for (; v < s.W; v++)
            to[v] = MathF.FusedMultiplyAdd(far, below[v], near * above[v]);
    }
}

/// <summary>PL-B19: the rows of dy that a row of x reaches are added with their weights, ascending; then, for each place in a block,
/// ascending, its columns with theirs; what falls beyond the borders goes to the border pixels at the end. One division by 4RS.</summary>
internal readonly unsafe struct BilinearBackward(PoolingShape s, float* dy, float* dx) : IMapPass
{
    private readonly int _length = (s.W + 15) / 16 * 16;

    public nint Scratch => s.Q + 2 * _length + 16;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* sums = scratch, places = sums + _length, line = places + _length + 16;
        float* from = dy + (nint)map * s.P * s.Q, to = dx + (nint)map * s.H * s.W;
        float count = 4f * s.R * s.S;
        for (int u = 0; u < s.H; u++, to += s.W)
        {
            new Span<float>(line, s.Q).Clear();
            int last = (int)Math.Min(s.P - 1, (u + 2L) * s.R);
            for (int i = Math.Max(0, (u - 1) * s.R); i <= last; i++)
            {
                long height = Math.Clamp(2L * i + 1 - s.R, 0, 2L * s.R * (s.H - 1));
                long weight = 2 * s.R - Math.Abs(height - 2L * s.R * u);
                if (weight > 0)
                    AddScaled<V, L>(weight, from + (nint)i * s.Q, line);
            }
            new Span<float>(sums, _length).Clear();
            new Span<float>(places, _length + 16).Clear();
            float left = 0, right = 0;
            for (int place = 0; place < s.S; place++)
            {
                // places[1 + v] is column v·S + place; 0 on both sides.
                for (int v = 0; v < s.W; v++)
                    places[1 + v] = line[v * s.S + place];
                int f = 2 * place + 1 - s.S, before = 1;
                if (f < 0)
                {
                    (f, before) = (f + 2 * s.S, 2);
                    left = MathF.FusedMultiplyAdd(2 * s.S - f, places[1], left);
                }
                else
                    right = MathF.FusedMultiplyAdd(f, places[s.W], right);
                V near = L.Create((float)(2 * s.S - f)), far = L.Create((float)f);
                for (int v = 0; v < s.W; v += L.Count)
                    L.Store(L.Fma(far, L.Load(places + before - 1 + v), L.Fma(near, L.Load(places + before + v), L.Load(sums + v))), sums + v);
            }
            sums[0] += left;
            sums[s.W - 1] += right;
            for (int v = 0; v < s.W; v += L.Count)
                L.Store(L.Divide(L.Load(sums + v), L.Create(count)), sums + v);
            new ReadOnlySpan<float>(sums, s.W).CopyTo(new Span<float>(to, s.W));
        }
    }

    private void AddScaled<V, L>(float weight, float* from, float* to) where V : unmanaged where L : struct, ILanes<V>
    {
        int j = 0;
        for (; j <= s.Q - L.Count; j += L.Count)
            L.Store(L.Fma(L.Create(weight), L.Load(from + j), L.Load(to + j)), to + j);
        for (; j < s.Q; j++)
            to[j] = MathF.FusedMultiplyAdd(weight, from[j], to[j]);
    }
}
