using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Pooling whose windows are two columns wide and lie side by side, without padding: maps are read and written as they are, the even and the odd columns as vectors.</summary>
/// <remarks>The bits are those of the passes for windows of any kind.</remarks>
internal static unsafe class PairedWindows
{
    /// <summary>Whether a pooling is of this kind.</summary>
    public static bool Takes(in PoolingGeometry s) => (s.S, s.Sw, s.Ew) == (2, 2, 1) && (s.Pd, s.Ph, s.Pw) == (0, 0, 0)
        && (s.T - 1) * (long)s.Ed < s.Sd && (s.R - 1) * (long)s.Eh < s.Sh
        && Fits(s.O, s.Sd, s.T, s.Ed, s.D) && Fits(s.P, s.Sh, s.R, s.Eh, s.H) && Fits(s.Q, s.Sw, s.S, s.Ew, s.W);

    /// <summary>One map's windows, in the widest vectors, of at most so many lanes, that a row of outputs fills.</summary>
    public static void Fold<TFold>(in PoolingGeometry s, int lanes, TFold fold, float* x, float* y) where TFold : struct, IPairFold
    {
        switch (Math.Min(lanes, s.Q))
        {
            case >= 16: Fold<Vector512<float>, Lanes512, TFold>(s, fold, x, y); break;
            case >= 8: Fold<Vector256<float>, Lanes256, TFold>(s, fold, x, y); break;
            case >= 4: Fold<Vector128<float>, Lanes128, TFold>(s, fold, x, y); break;
            default: Fold<float, ScalarLanes, TFold>(s, fold, x, y); break;
        }
    }

    /// <summary>What one map's windows give back to their elements, in such vectors.</summary>
    /// <param name="s">The sizes.</param>
    /// <param name="lanes">The most lanes of a vector.</param>
    /// <param name="spread">What a window gives.</param>
    /// <param name="dy">The map of the residual.</param>
    /// <param name="x">The map that was pooled; not read where the spread does not choose.</param>
    /// <param name="y">What came of it; likewise.</param>
    /// <param name="dx">The map of the gradient.</param>
    public static void Spread<TSpread>(in PoolingGeometry s, int lanes, TSpread spread, float* dy, float* x, float* y, float* dx) where TSpread : struct, IPairSpread
    {
        switch (Math.Min(lanes, s.Q))
        {
            case >= 16: Spread<Vector512<float>, Lanes512, TSpread>(s, spread, dy, x, y, dx); break;
            case >= 8: Spread<Vector256<float>, Lanes256, TSpread>(s, spread, dy, x, y, dx); break;
            case >= 4: Spread<Vector128<float>, Lanes128, TSpread>(s, spread, dy, x, y, dx); break;
            default: Spread<float, ScalarLanes, TSpread>(s, spread, dy, x, y, dx); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fold<V, L, TFold>(in PoolingGeometry s, TFold fold, float* x, float* y) where V : unmanaged where L : struct, ILanes<V> where TFold : struct, IPairFold
    {
        for (int o = 0; o < s.O; o++)
            for (int i = 0; i < s.P; i++, y += s.Q)
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    int column = Math.Min(j, s.Q - L.Count);
                    V folded = L.Create(fold.Start);
                    for (int t = 0; t < s.T; t++)
                        for (int r = 0; r < s.R; r++)
                        {
                            float* pairs = x + Row(s, o, i, t, r) + 2 * column;
                            V a = L.Load(pairs), b = L.Load(pairs + L.Count);
                            folded = fold.Take<V, L>(fold.Take<V, L>(folded, L.Evens(a, b)), L.Odds(a, b));
                        }
                    L.Store(fold.Finish<V, L>(folded), y + column);
                }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread<V, L, TSpread>(in PoolingGeometry s, TSpread spread, float* dy, float* x, float* y, float* dx)
        where V : unmanaged where L : struct, ILanes<V> where TSpread : struct, IPairSpread
    {
        if (s.Output * s.Taps != s.Input)
            new Span<float>(dx, s.Input).Clear();
        for (int o = 0; o < s.O; o++)
            for (int i = 0; i < s.P; i++, dy += s.Q, y += s.Q)
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    int column = Math.Min(j, s.Q - L.Count), tap = s.Taps;
                    V given = spread.Given<V, L>(L.Load(dy + column)), chosen = L.Create(-1f);
                    if (spread.Chooses)
                        for (int t = s.T - 1; t >= 0; t--)
                            for (int r = s.R - 1; r >= 0; r--)
                            {
                                // Backwards, so that the first tap that holds the maximum stays (PL-F2).
                                float* pairs = x + Row(s, o, i, t, r) + 2 * column;
                                V a = L.Load(pairs), b = L.Load(pairs + L.Count), maximum = L.Load(y + column);
                                chosen = L.IfEqual(L.Odds(a, b), maximum, L.Create((float)--tap), chosen);
                                chosen = L.IfEqual(L.Evens(a, b), maximum, L.Create((float)--tap), chosen);
                            }
                    tap = 0;
                    for (int t = 0; t < s.T; t++)
                        for (int r = 0; r < s.R; r++, tap += 2)
                        {
                            float* pairs = dx + Row(s, o, i, t, r) + 2 * column;
                            V zero = L.Create(0f), even = given, odd = given;
                            if (spread.Chooses)
                                (even, odd) = (L.IfEqual(chosen, L.Create((float)tap), given, zero), L.IfEqual(chosen, L.Create(tap + 1f), given, zero));
                            L.Store(L.ZipLow(even, odd), pairs);
                            L.Store(L.ZipHigh(even, odd), pairs + L.Count);
                        }
                }
    }

    // Whether the last window ends inside: there may be padding behind the map alone.
    private static bool Fits(int windows, int stride, int taps, int dilation, int size) => (windows - 1) * (long)stride + (taps - 1) * (long)dilation < size;

    private static nint Row(in PoolingGeometry s, int o, int i, int t, int r) => ((nint)(o * s.Sd + t * s.Ed) * s.H + i * s.Sh + r * s.Eh) * s.W;
}

/// <summary>What paired windows make of their elements.</summary>
internal interface IPairFold
{
    /// <summary>What a window begins with.</summary>
    float Start { get; }

    /// <summary>With the next elements.</summary>
    V Take<V, L>(V folded, V next) where V : unmanaged where L : struct, ILanes<V>;

    /// <summary>The outputs.</summary>
    V Finish<V, L>(V folded) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>What paired windows give back.</summary>
internal interface IPairSpread
{
    /// <summary>Whether the first element alone that equals the output gets it; else all do.</summary>
    bool Chooses { get; }

    /// <summary>What an element gets.</summary>
    V Given<V, L>(V residual) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>The maximum; the first of equal ones stays.</summary>
internal readonly struct PairMaximum : IPairFold, IPairSpread
{
    public float Start => float.NegativeInfinity;

    public bool Chooses => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Take<V, L>(V folded, V next) where V : unmanaged where L : struct, ILanes<V> => L.IfGreater(next, folded, next, folded);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V, L>(V folded) where V : unmanaged where L : struct, ILanes<V> => folded;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Given<V, L>(V residual) where V : unmanaged where L : struct, ILanes<V> => L.Add(L.Create(0f), residual);   // a sum begins at +0
}

/// <summary>The mean of so many elements.</summary>
internal readonly struct PairMean(int elements) : IPairFold, IPairSpread
{
    public float Start => 0;

    public bool Chooses => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Take<V, L>(V folded, V next) where V : unmanaged where L : struct, ILanes<V> => L.Add(folded, next);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V, L>(V folded) where V : unmanaged where L : struct, ILanes<V> => L.Divide(folded, L.Create((float)elements));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Given<V, L>(V residual) where V : unmanaged where L : struct, ILanes<V> => L.Add(L.Create(0f), L.Divide(residual, L.Create((float)elements)));
}
