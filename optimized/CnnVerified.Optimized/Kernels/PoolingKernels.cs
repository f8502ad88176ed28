using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>A pooling pass over one map, on scratch of its own.</summary>
internal unsafe interface IMapPass
{
    /// <summary>Floats of scratch.</summary>
    nint Scratch { get; }

    /// <summary>Does map number <paramref name="map"/> of the N·C maps.</summary>
    void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>Runs a pooling pass over all maps; threads split the maps.</summary>
internal static unsafe class MapPass
{
    public static void Run<TPass>(Execution on, int maps, TPass pass) where TPass : unmanaged, IMapPass
    {
        Execution.PerThread scratch = on.Local(pass.Scratch);
        switch (on.Width)
        {
            case VectorWidth.V512: on.Run(maps, new Maps<Vector512<float>, Lanes512, TPass>(pass, scratch)); break;
            case VectorWidth.V256: on.Run(maps, new Maps<Vector256<float>, Lanes256, TPass>(pass, scratch)); break;
            case VectorWidth.V128: on.Run(maps, new Maps<Vector128<float>, Lanes128, TPass>(pass, scratch)); break;
            default: on.Run(maps, new Maps<float, ScalarLanes, TPass>(pass, scratch)); break;
        }
    }

    private readonly struct Maps<V, L, TPass>(TPass all, Execution.PerThread scratch) : IWork
        where V : unmanaged where L : struct, ILanes<V> where TPass : unmanaged, IMapPass
    {
        public void Do(int from, int to, int thread)
        {
            TPass pass = all;
            for (int map = from; map < to; map++)
                pass.Map<V, L>(map, scratch[thread]);
        }
    }
}

/// <summary>How many elements of the map the windows hold: all T·R·S, padding counted, or only those inside; without dilation.</summary>
internal readonly struct WindowCounts(in PoolingGeometry geometry, bool clipped)
{
    private readonly PoolingGeometry _s = geometry;

    /// <summary>Of windows (o, i, ·), in one of their columns.</summary>
    public int Column(int o, int i) => clipped ? Inside(o * _s.Sd - _s.Pd, _s.T, _s.D) * Inside(i * _s.Sh - _s.Ph, _s.R, _s.H) : _s.T * _s.R;

    /// <summary>row[j] = elements of window (·, ·, j) with so many in each column, or 1 from Q to <paramref name="length"/>.</summary>
    public unsafe void Fill(int column, float* row, int length)
    {
        for (int j = 0; j < length; j++)
            row[j] = j >= _s.Q ? 1 : clipped ? column * Inside(j * _s.Sw - _s.Pw, _s.S, _s.W) : column * _s.S;
    }

    private static int Inside(int start, int taps, int size) => Math.Min(start + taps, size) - Math.Max(start, 0);
}

/// <summary>The maximum of every window (PL-F1, PL-F13, PL-F20, PL-F21): the first of equal maxima wins, also among +0 and −0.</summary>
internal readonly unsafe struct MaxForward(PoolingGeometry s, float* x, float* y) : IMapPass
{
    private readonly PhasedMap _phased = new(s);

    public static void Run(Execution on, in PoolingGeometry s, float* x, float* y)
    {
        if (PairedWindows.Takes(s))
            PairedWindows.Fold(on, s, new PairMaximum(), x, y);
        else
            MapPass.Run(on, s.Maps, new MaxForward(s, x, y));
    }

    public nint Scratch => _phased.Size + _phased.RowLength + s.Taps;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch + _phased.Size;
        int* taps = (int*)(row + _phased.RowLength);
        _phased.Taps(taps);
        _phased.Fill(x + (nint)map * s.Input, float.NegativeInfinity, scratch);
        float* to = y + (nint)map * s.Output;
        for (int o = 0; o < s.O; o++)
            for (int i = 0; i < s.P; i++, to += s.Q)
            {
                float* window = scratch + _phased.Window(o, i);
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    V best = L.Create(float.NegativeInfinity);
                    for (int tap = 0; tap < s.Taps; tap++)
                    {
                        V next = L.Load(window + taps[tap] + j);
                        best = L.IfGreater(next, best, next, best);
                    }
                    L.Store(best, row + j);
                }
                Runs.Move(row, s.Q, to);
            }
    }
}

/// <summary>The gradient of the maximum (PL-B1, PL-B13, PL-B20, PL-B21): finds the switches in vectors, then adds each residual where its
/// switch points; a pixel takes its terms ascending in (o, i, j).</summary>
/// <remarks>A switch is the number of a tap in a float: exact for windows of up to 2²⁴ taps; larger ones are refused.</remarks>
internal readonly unsafe struct MaxBackward(PoolingGeometry s, float* dy, float* x, float* y, float* dx) : IMapPass
{
    private readonly PhasedMap _phased = new(s);

    public nint Scratch => _phased.Size + 2 * _phased.RowLength + 2 * (nint)s.Taps;

    /// <exception cref="ArgumentException">The window has more than 2²⁴ elements.</exception>
    public static void Run(Execution on, string id, in PoolingGeometry s, float* dy, float* x, float* y, float* dx)
    {
        if ((long)s.T * s.R * s.S > 1 << 24)
            throw new ArgumentException($"the window expects at most 2^24 elements but has {s.T}×{s.R}×{s.S}; {id}. (Parameter 'S')");
        if (PairedWindows.Takes(s))
            PairedWindows.Spread(on, s, new PairMaximum(), dy, x, y, dx);
        else
            MapPass.Run(on, s.Maps, new MaxBackward(s, dy, x, y, dx));
    }

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* maxima = scratch + _phased.Size, switches = maxima + _phased.RowLength;
        int* taps = (int*)(switches + _phased.RowLength), pixels = taps + s.Taps;
        _phased.Taps(taps);
        _phased.Pixels(pixels);
        _phased.Fill(x + (nint)map * s.Input, float.NaN, scratch);   // padding equals no maximum
        float* into = dx + (nint)map * s.Input;
        new Span<float>(into, s.Input).Clear();
        new Span<float>(maxima, _phased.RowLength).Clear();
        for (int o = 0; o < s.O; o++)
            for (int i = 0; i < s.P; i++)
            {
                nint outputs = (((nint)map * s.O + o) * s.P + i) * s.Q;
                Runs.Move(y + outputs, s.Q, maxima);
                float* window = scratch + _phased.Window(o, i);
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    V maximum = L.Load(maxima + j), found = L.Create(-1f);
                    // Backwards, so that the first tap that holds the maximum stays (PL-F2).
                    for (int tap = s.Taps - 1; tap >= 0; tap--)
                        found = L.IfEqual(L.Load(window + taps[tap] + j), maximum, L.Create((float)tap), found);
                    L.Store(found, switches + j);
                }
                float* first = into + ((nint)(o * s.Sd - s.Pd) * s.H + i * s.Sh - s.Ph) * s.W - s.Pw;   // may lie in the padding
                for (int j = 0; j < s.Q; j++)
                {
                    int tap = (int)switches[j];
                    if (tap >= 0)
                        first[j * s.Sw + pixels[tap]] += dy[outputs + j];
                }
            }
    }
}

/// <summary>The mean of every window (PL-F3, PL-F4, PL-F14, PL-F22 to PL-F25): taps are added ascending in (t, r, s), then divided by the
/// count once.</summary>
internal readonly unsafe struct MeanForward(PoolingGeometry s, bool clipped, float* x, float* y) : IMapPass
{
    private readonly PhasedMap _phased = new(s);
    private readonly WindowCounts _counts = new(s, clipped);

    public static void Run(Execution on, in PoolingGeometry s, bool clipped, float* x, float* y)
    {
        if (PairedWindows.Takes(s))
            PairedWindows.Fold(on, s, new PairMean(s.Taps), x, y);
        else
            MapPass.Run(on, s.Maps, new MeanForward(s, clipped, x, y));
    }

    public nint Scratch => _phased.Size + 2 * _phased.RowLength + s.Taps;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch + _phased.Size, counts = row + _phased.RowLength;
        int* taps = (int*)(counts + _phased.RowLength);
        int column = -1;
        _phased.Taps(taps);
        _phased.Fill(x + (nint)map * s.Input, 0, scratch);
        float* to = y + (nint)map * s.Output;
        for (int o = 0; o < s.O; o++)
            for (int i = 0; i < s.P; i++, to += s.Q)
            {
                float* window = scratch + _phased.Window(o, i);
                if (column != _counts.Column(o, i))
                    _counts.Fill(column = _counts.Column(o, i), counts, _phased.RowLength);
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    V sum = L.Create(0f);
                    for (int tap = 0; tap < s.Taps; tap++)
                        sum = L.Add(sum, L.Load(window + taps[tap] + j));
                    L.Store(L.Divide(sum, L.Load(counts + j)), row + j);
                }
                Runs.Move(row, s.Q, to);
            }
    }
}

/// <summary>The gradient of the mean (PL-B2, PL-B3, PL-B14, PL-B22 to PL-B25): each residual is divided by its count once and added to every
/// tap of its window; a pixel takes its terms ascending in (o, i), then in s.</summary>
internal readonly unsafe struct MeanBackward(PoolingGeometry s, bool clipped, float* dy, float* dx) : IMapPass
{
    private readonly PhasedMap _phased = new(s);
    private readonly WindowCounts _counts = new(s, clipped);

    public static void Run(Execution on, in PoolingGeometry s, bool clipped, float* dy, float* dx)
    {
        if (PairedWindows.Takes(s))
            PairedWindows.Spread(on, s, new PairMean(s.Taps), dy, null, null, dx);
        else
            MapPass.Run(on, s.Maps, new MeanBackward(s, clipped, dy, dx));
    }

    public nint Scratch => _phased.Size + 2 * _phased.RowLength + s.Taps;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch + _phased.Size, counts = row + _phased.RowLength;
        int* taps = (int*)(counts + _phased.RowLength);
        int column = -1;
        _phased.Taps(taps);
        _phased.Clear(scratch);
        new Span<float>(row, _phased.RowLength).Clear();
        float* from = dy + (nint)map * s.Output;
        for (int o = 0; o < s.O; o++)
            for (int i = 0; i < s.P; i++, from += s.Q)
            {
                float* window = scratch + _phased.Window(o, i);
                if (column != _counts.Column(o, i))
                    _counts.Fill(column = _counts.Column(o, i), counts, _phased.RowLength);
                Runs.Move(from, s.Q, row);
                for (int j = 0; j < s.Q; j += L.Count)
                    L.Store(L.Divide(L.Load(row + j), L.Load(counts + j)), row + j);
                for (int tap = 0; tap < s.Taps; tap++)
                {
                    float* into = window + taps[tap];
                    for (int j = 0; j < s.Q; j += L.Count)
                        L.Store(L.Add(L.Load(into + j), L.Load(row + j)), into + j);
                }
            }
        _phased.Drain(scratch, dx + (nint)map * s.Input);
    }
}
