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

/// <summary>How many pixels of the map the windows hold: R·S everywhere, or only those inside.</summary>
internal readonly struct WindowCounts(in PoolingShape shape, Window window, bool clipped)
{
    private readonly PoolingShape _shape = shape;
    private readonly int _sh = window.Sh, _sw = window.Sw, _ph = window.Ph, _pw = window.Pw;

    public float At(int i, int j) => clipped
        ? Inside(i * _sh - _ph, _shape.R, _shape.H) * Inside(j * _sw - _pw, _shape.S, _shape.W)
        : _shape.R * _shape.S;

    private static int Inside(int start, int taps, int size) => Math.Min(start + taps, size) - Math.Max(start, 0);
}

/// <summary>PL-F1: the first of equal maxima wins, also among +0 and −0.</summary>
internal readonly unsafe struct MaxForward(PhasedMap phased, PoolingShape s, float* x, float* y) : IMapPass
{
    public nint Scratch => phased.Size + phased.RowLength;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch + phased.Size;
        phased.Fill(x + (nint)map * s.H * s.W, float.NegativeInfinity, scratch);
        for (int i = 0; i < s.P; i++)
        {
            for (int j = 0; j < s.Q; j += L.Count)
            {
                V best = L.Create(float.NegativeInfinity);
                for (int r = 0; r < s.R; r++)
                    for (int t = 0; t < s.S; t++)
                    {
                        V tap = L.Load(scratch + phased.Tap(i, r, t) + j);
                        best = L.IfGreater(tap, best, tap, best);
                    }
                L.Store(best, row + j);
            }
            new ReadOnlySpan<float>(row, s.Q).CopyTo(new Span<float>(y + ((nint)map * s.P + i) * s.Q, s.Q));
        }
    }
}

/// <summary>PL-B1: finds the switches in vectors, then adds each residual where its switch points.</summary>
internal readonly unsafe struct MaxBackward(PhasedMap phased, PoolingShape s, int sh, int sw, int ph, int pw, float* dy, float* x, float* y, float* dx)
    : IMapPass
{
    public nint Scratch => phased.Size + 2 * phased.RowLength;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* maxima = scratch + phased.Size, switches = maxima + phased.RowLength;
        phased.Fill(x + (nint)map * s.H * s.W, float.NaN, scratch);   // padding equals no maximum
        float* into = dx + (nint)map * s.H * s.W;
        new Span<float>(into, s.H * s.W).Clear();
        new Span<float>(maxima, phased.RowLength).Clear();
        for (int i = 0; i < s.P; i++)
        {
            nint outputs = ((nint)map * s.P + i) * s.Q;
            new ReadOnlySpan<float>(y + outputs, s.Q).CopyTo(new Span<float>(maxima, s.Q));
            for (int j = 0; j < s.Q; j += L.Count)
            {
                V maximum = L.Load(maxima + j), found = L.Create(-1f);
                // Backwards, so that the first tap that holds the maximum stays (PL-F2).
                for (int tap = s.R * s.S - 1; tap >= 0; tap--)
                    found = L.IfEqual(L.Load(scratch + phased.Tap(i, tap / s.S, tap % s.S) + j), maximum, L.Create((float)tap), found);
                L.Store(found, switches + j);
            }
            for (int j = 0; j < s.Q; j++)
            {
                int tap = (int)switches[j];
                if (tap >= 0)
                    into[(nint)(i * sh + tap / s.S - ph) * s.W + j * sw + tap % s.S - pw] += dy[outputs + j];
            }
        }
    }
}

/// <summary>PL-F3 and PL-F4: taps are added ascending in (r, s), then divided by the count once.</summary>
internal readonly unsafe struct MeanForward(PhasedMap phased, PoolingShape s, WindowCounts counts, float* x, float* y) : IMapPass
{
    public nint Scratch => phased.Size + phased.RowLength;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch + phased.Size;
        phased.Fill(x + (nint)map * s.H * s.W, 0, scratch);
        for (int i = 0; i < s.P; i++)
        {
            for (int j = 0; j < phased.RowLength; j++)
                row[j] = j < s.Q ? counts.At(i, j) : 1;
            for (int j = 0; j < s.Q; j += L.Count)
            {
                V sum = L.Create(0f);
                for (int r = 0; r < s.R; r++)
                    for (int t = 0; t < s.S; t++)
                        sum = L.Add(sum, L.Load(scratch + phased.Tap(i, r, t) + j));
                L.Store(L.Divide(sum, L.Load(row + j)), row + j);
            }
            new ReadOnlySpan<float>(row, s.Q).CopyTo(new Span<float>(y + ((nint)map * s.P + i) * s.Q, s.Q));
        }
    }
}

/// <summary>PL-B2 and PL-B3: each residual is divided by its count once and added to every tap of its window; a pixel takes its
/// terms ascending in i, then in s.</summary>
internal readonly unsafe struct MeanBackward(PhasedMap phased, PoolingShape s, WindowCounts counts, float* dy, float* dx) : IMapPass
{
    public nint Scratch => phased.Size + phased.RowLength;

    public void Map<V, L>(int map, float* scratch) where V : unmanaged where L : struct, ILanes<V>
    {
        float* row = scratch + phased.Size;
        new Span<float>(scratch, (int)phased.Size).Clear();
        for (int i = 0; i < s.P; i++)
        {
            float* from = dy + ((nint)map * s.P + i) * s.Q;
            for (int j = 0; j < phased.RowLength; j++)
                row[j] = j < s.Q ? from[j] / counts.At(i, j) : 0;
            for (int r = 0; r < s.R; r++)
                for (int t = 0; t < s.S; t++)
                {
                    float* tap = scratch + phased.Tap(i, r, t);
                    for (int j = 0; j < s.Q; j += L.Count)
                        L.Store(L.Add(L.Load(tap + j), L.Load(row + j)), tap + j);
                }
        }
        phased.Drain(scratch, dx + (nint)map * s.H * s.W);
    }
}
