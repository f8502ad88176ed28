namespace CnnVerified.Optimized.Kernels;

/// <summary>The largest element and its place.</summary>
internal static unsafe class Extremes
{
    private const int Chunk = 64;

    /// <summary>The first of the largest of <paramref name="count"/> ≥ 1 elements: of +0 and −0, the one that stands first.</summary>
    public static float Maximum<V, L>(float* x, int count) where V : unmanaged where L : struct, ILanes<V>
    {
        float best = x[0];
        int t = 1;
        if (count >= L.Count)
        {
            V lanes = L.Load(x);
            for (t = L.Count; t <= count - L.Count; t += L.Count)
            {
                V next = L.Load(x + t);
                lanes = L.IfGreater(next, lanes, next, lanes);
            }
            float* each = stackalloc float[16];
            L.Store(lanes, each);
            best = each[0];
            for (int lane = 1; lane < L.Count; lane++)
                best = each[lane] > best ? each[lane] : best;
        }
        for (; t < count; t++)
            best = x[t] > best ? x[t] : best;
        // Lanes do not know which zero came first.
        return best == 0 ? x[First<V, L>(x, count, best)] : best;
    }

    /// <summary>The first place of a value, or <paramref name="count"/> if it is nowhere.</summary>
    public static int First<V, L>(float* x, int count, float value) where V : unmanaged where L : struct, ILanes<V>
    {
        float* each = stackalloc float[16];
        int t = 0;
        for (; t <= count - Chunk; t += Chunk)
        {
            V hits = L.Create(0f);
            for (int k = 0; k < Chunk; k += L.Count)
                hits = L.IfEqual(L.Load(x + t + k), L.Create(value), L.Create(1f), hits);
            L.Store(hits, each);
            float any = 0;
            for (int lane = 0; lane < L.Count; lane++)
                any += each[lane];
            if (any != 0)
                break;
        }
        while (t < count && x[t] != value)
            t++;
        return t;
    }
}
