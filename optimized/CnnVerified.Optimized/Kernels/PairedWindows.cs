using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Pooling whose windows are two columns wide and lie side by side, without padding: maps are read and written as they are, the even and the odd columns as vectors.</summary>
/// <remarks>The bits are those of the passes for windows of any kind.</remarks>
internal static unsafe class PairedWindows
{
    private const int RowsAhead = 6;                     // of windows: what they read is fetched

    /// <summary>Whether a pooling is of this kind.</summary>
    public static bool Takes(in PoolingGeometry s) => (s.S, s.Sw, s.Ew) == (2, 2, 1) && (s.Pd, s.Ph, s.Pw) == (0, 0, 0)
        && (s.T - 1) * (long)s.Ed < s.Sd && (s.R - 1) * (long)s.Eh < s.Sh
        && Fits(s.O, s.Sd, s.T, s.Ed, s.D) && Fits(s.P, s.Sh, s.R, s.Eh, s.H) && Fits(s.Q, s.Sw, s.S, s.Ew, s.W);

    /// <summary>What all windows make of their elements.</summary>
    public static void Fold<TFold>(Execution on, in PoolingGeometry s, TFold fold, float* x, float* y) where TFold : unmanaged, IPairFold =>
        on.Run(s.Maps, new Maps<Folding<TFold>>(s, on.Width, new(s, fold, x, y), overruns: true));

    /// <summary>What all windows give back to their elements.</summary>
    /// <param name="on">Where to compute.</param>
    /// <param name="s">The sizes.</param>
    /// <param name="spread">What a window gives.</param>
    /// <param name="dy">The residual.</param>
    /// <param name="x">What was pooled; not read where the spread does not choose.</param>
    /// <param name="y">What came of it; likewise.</param>
    /// <param name="dx">The gradient.</param>
    public static void Spread<TSpread>(Execution on, in PoolingGeometry s, TSpread spread, float* dy, float* x, float* y, float* dx) where TSpread : unmanaged, IPairSpread
    {
        bool fills = s.Output * s.Taps == s.Input;
        if (!fills)
            new Span<float>(dx, checked(s.Maps * s.Input)).Clear();
        // Behind a frame's last row is another frame, which is done already where windows hold several.
        on.Run(s.Maps, new Maps<Spreading<TSpread>>(s, on.Width, new(s, spread, dy, x, y, dx), overruns: fills && s.T == 1));
    }

    private static nint Row(in PoolingGeometry s, nint row) => ((row / (s.O * s.P) * s.D + row / s.P % s.O * s.Sd) * s.H + row % s.P * s.Sh) * s.W;

    /// <summary>The rows of windows of some maps, as those of one.</summary>
    /// <remarks>In vectors that a row fills, or just does not: what those write behind their row, the next row writes over. So the last rows are done in vectors that a row fills.</remarks>
    private readonly struct Maps<TRows>(PoolingGeometry s, VectorWidth width, TRows rows, bool overruns) : IWork where TRows : unmanaged, IPairRows
    {
        public void Do(int from, int to, int thread)
        {
            nint first = (nint)from * s.O * s.P, all = (nint)to * s.O * s.P, done = first;
            TRows mine = rows;
            if (overruns && s.Q < (int)width)
            {
                int wide = (int)BitOperations.RoundUpToPowerOf2((uint)s.Q);
                nint last = (s.T - 1) * (nint)s.Ed * s.H * s.W + (s.R - 1) * (nint)s.Eh * s.W;   // from the first row of elements that a row of windows holds
                done = all;
                while (done > first && (done * s.Q + wide - s.Q > (nint)to * s.Output || Row(s, done - 1) + last + 2 * wide > (nint)to * s.Input))
                    done--;
                Do(ref mine, wide, first, done);
            }
            Do(ref mine, Math.Min((int)width, s.Q), done, all);
        }

        private static void Do(ref TRows rows, int lanes, nint from, nint to)
        {
            switch (lanes)
            {
                case >= 16: rows.Do<Vector512<float>, Lanes512>(from, to); break;
                case >= 8: rows.Do<Vector256<float>, Lanes256>(from, to); break;
                case >= 4: rows.Do<Vector128<float>, Lanes128>(from, to); break;
                default: rows.Do<float, ScalarLanes>(from, to); break;
            }
        }
    }

    private interface IPairRows
    {
        /// <summary>Rows of windows [from, to).</summary>
        void Do<V, L>(nint from, nint to) where V : unmanaged where L : struct, ILanes<V>;
    }

    private readonly struct Folding<TFold>(PoolingGeometry s, TFold fold, float* x, float* y) : IPairRows where TFold : unmanaged, IPairFold
    {
        public void Do<V, L>(nint from, nint to) where V : unmanaged where L : struct, ILanes<V>
        {
            for (nint row = from, count; row < to; row += count)
            {
                count = Math.Min(to - row, s.P - row % s.P);
                if (s.T == 1 && s.R == 2)
                    TwoRows<V, L>(x + Row(s, row), y + row * s.Q, count, s.Q, (nint)s.Sh * s.W, (nint)s.Eh * s.W, fold);
                else
                    Windows<V, L>(x + Row(s, row), y + row * s.Q, count);
            }
        }

        // Apart, so that all that it uses is in registers.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void TwoRows<V, L>(float* elements, float* outputs, nint rows, nint windows, nint step, nint line, TFold each) where V : unmanaged where L : struct, ILanes<V>
        {
            nint last = Math.Max(0, windows - L.Count);
            for (; rows > 0; rows--, elements += step, outputs += windows)
                for (nint j = 0; j < windows; j += L.Count)
                {
                    nint column = Math.Min(j, last);
                    float* pairs = elements + 2 * column;
                    if (windows > L.Count && Sse.IsSupported)
                    {
                        Sse.Prefetch0(pairs + RowsAhead * step);
                        Sse.Prefetch0(pairs + RowsAhead * step + L.Count);
                        Sse.Prefetch0(pairs + RowsAhead * step + line);
                        Sse.Prefetch0(pairs + RowsAhead * step + line + L.Count);
                    }
                    V folded = Pair<V, L>(ref each, Pair<V, L>(ref each, L.Create(each.Start), pairs), pairs + line);
                    L.Store(each.Finish<V, L>(folded), outputs + column);
                }
        }

        // Of any height and depth.
        private void Windows<V, L>(float* elements, float* outputs, nint rows) where V : unmanaged where L : struct, ILanes<V>
        {
            TFold each = fold;
            int last = Math.Max(0, s.Q - L.Count);
            for (; rows > 0; rows--, elements += (nint)s.Sh * s.W, outputs += s.Q)
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    int column = Math.Min(j, last);
                    V folded = L.Create(each.Start);
                    for (int t = 0; t < s.T; t++)
                        for (int r = 0; r < s.R; r++)
                            folded = Pair<V, L>(ref each, folded, elements + 2 * column + ((nint)t * s.Ed * s.H + r * s.Eh) * s.W);
                    L.Store(each.Finish<V, L>(folded), outputs + column);
                }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Pair<V, L>(ref TFold each, V folded, float* pairs) where V : unmanaged where L : struct, ILanes<V>
        {
            V a = L.Load(pairs), b = L.Load(pairs + L.Count);
            return each.Take<V, L>(each.Take<V, L>(folded, L.Evens(a, b)), L.Odds(a, b));
        }
    }

    private readonly struct Spreading<TSpread>(PoolingGeometry s, TSpread spread, float* dy, float* x, float* y, float* dx) : IPairRows where TSpread : unmanaged, IPairSpread
    {
        public void Do<V, L>(nint from, nint to) where V : unmanaged where L : struct, ILanes<V>
        {
            for (nint row = from, count; row < to; row += count)
            {
                count = Math.Min(to - row, s.P - row % s.P);
                nint elements = Row(s, row), outputs = row * s.Q, step = (nint)s.Sh * s.W, line = (nint)s.Eh * s.W;
                if (s.T != 1 || s.R != 2)
                    Windows<V, L>(elements, outputs, count);
                else if (spread.Chooses)
                    ChosenOfTwoRows<V, L>(dy + outputs, x + elements, y + outputs, dx + elements, count, s.Q, step, line, spread);
                else
                    TwoRows<V, L>(dy + outputs, dx + elements, count, s.Q, step, line, spread);
            }
        }

        // Apart, so that all that it uses is in registers.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void TwoRows<V, L>(float* residual, float* gradient, nint rows, nint windows, nint step, nint line, TSpread each) where V : unmanaged where L : struct, ILanes<V>
        {
            nint last = Math.Max(0, windows - L.Count);
            for (; rows > 0; rows--, residual += windows, gradient += step)
                for (nint j = 0; j < windows; j += L.Count)
                {
                    nint column = Math.Min(j, last);
                    V given = each.Given<V, L>(L.Load(residual + column)), low = L.ZipLow(given, given), high = L.ZipHigh(given, given);
                    float* pairs = gradient + 2 * column;
                    L.Store(low, pairs);
                    L.Store(high, pairs + L.Count);
                    L.Store(low, pairs + line);
                    L.Store(high, pairs + line + L.Count);
                }
        }

        // The first of the four that holds the maximum gets it (PL-F2): each gives way where one before it does.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ChosenOfTwoRows<V, L>(float* residual, float* image, float* maxima, float* gradient, nint rows, nint windows, nint step, nint line, TSpread each)
            where V : unmanaged where L : struct, ILanes<V>
        {
            nint last = Math.Max(0, windows - L.Count);
            for (; rows > 0; rows--, residual += windows, maxima += windows, image += step, gradient += step)
                for (nint j = 0; j < windows; j += L.Count)
                {
                    nint column = Math.Min(j, last);
                    float* above = image + 2 * column, below = above + line, pairs = gradient + 2 * column;
                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch0(above + RowsAhead * step);
                        Sse.Prefetch0(above + RowsAhead * step + L.Count);
                        Sse.Prefetch0(below + RowsAhead * step);
                        Sse.Prefetch0(below + RowsAhead * step + L.Count);
                    }
                    V a = L.Load(above), b = L.Load(above + L.Count), c = L.Load(below), d = L.Load(below + L.Count);
                    V maximum = L.Load(maxima + column), left = each.Given<V, L>(L.Load(residual + column)), zero = L.Create(0f);
                    V even = L.IfEqual(L.Evens(a, b), maximum, left, zero);
                    left = L.IfEqual(L.Evens(a, b), maximum, zero, left);
                    V odd = L.IfEqual(L.Odds(a, b), maximum, left, zero);
                    left = L.IfEqual(L.Odds(a, b), maximum, zero, left);
                    L.Store(L.ZipLow(even, odd), pairs);
                    L.Store(L.ZipHigh(even, odd), pairs + L.Count);
                    even = L.IfEqual(L.Evens(c, d), maximum, left, zero);
                    left = L.IfEqual(L.Evens(c, d), maximum, zero, left);
                    odd = L.IfEqual(L.Odds(c, d), maximum, left, zero);
                    L.Store(L.ZipLow(even, odd), pairs + line);
                    L.Store(L.ZipHigh(even, odd), pairs + line + L.Count);
                }
        }

        // Of any height and depth.
        private void Windows<V, L>(nint elements, nint outputs, nint rows) where V : unmanaged where L : struct, ILanes<V>
        {
            int end = Math.Max(0, s.Q - L.Count);
            nint frame = (nint)s.Ed * s.H * s.W, line = (nint)s.Eh * s.W;
            TSpread each = spread;
            for (; rows > 0; rows--, elements += (nint)s.Sh * s.W, outputs += s.Q)
                for (int j = 0; j < s.Q; j += L.Count)
                {
                    int column = Math.Min(j, end), tap = 2 * s.T * s.R;
                    V given = each.Given<V, L>(L.Load(dy + outputs + column)), chosen = L.Create(-1f);
                    if (each.Chooses)
                        for (int t = s.T - 1; t >= 0; t--)
                            for (int r = s.R - 1; r >= 0; r--)
                            {
                                // Backwards, so that the first tap that holds the maximum stays (PL-F2).
                                float* pairs = x + elements + t * frame + r * line + 2 * column;
                                V a = L.Load(pairs), b = L.Load(pairs + L.Count), maximum = L.Load(y + outputs + column);
                                chosen = L.IfEqual(L.Odds(a, b), maximum, L.Create((float)--tap), chosen);
                                chosen = L.IfEqual(L.Evens(a, b), maximum, L.Create((float)--tap), chosen);
                            }
                    V zero = L.Create(0f), low = L.ZipLow(given, given), high = L.ZipHigh(given, given);
                    tap = 0;
                    for (int t = 0; t < s.T; t++)
                        for (int r = 0; r < s.R; r++, tap += 2)
                        {
                            float* pairs = dx + elements + t * frame + r * line + 2 * column;
                            if (each.Chooses)
                            {
                                V even = L.IfEqual(chosen, L.Create((float)tap), given, zero), odd = L.IfEqual(chosen, L.Create(tap + 1f), given, zero);
                                (low, high) = (L.ZipLow(even, odd), L.ZipHigh(even, odd));
                            }
                            L.Store(low, pairs);
                            L.Store(high, pairs + L.Count);
                        }
                }
        }
    }

    // Whether the last window ends inside: there may be padding behind the map alone.
    private static bool Fits(int windows, int stride, int taps, int dilation, int size) => (windows - 1) * (long)stride + (taps - 1) * (long)dilation < size;
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
/// <remarks>A power of two divides in no other bits than its inverse multiplies.</remarks>
internal readonly struct PairMean(int elements) : IPairFold, IPairSpread
{
    private readonly bool _multiplies = int.IsPow2(elements);
    private readonly float _elements = elements, _inverse = 1f / elements;

    public float Start => 0;

    public bool Chooses => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Take<V, L>(V folded, V next) where V : unmanaged where L : struct, ILanes<V> => L.Add(folded, next);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Finish<V, L>(V folded) where V : unmanaged where L : struct, ILanes<V> => Shared<V, L>(folded);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Given<V, L>(V residual) where V : unmanaged where L : struct, ILanes<V> => L.Add(L.Create(0f), Shared<V, L>(residual));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V Shared<V, L>(V whole) where V : unmanaged where L : struct, ILanes<V> =>
        _multiplies ? L.Multiply(whole, L.Create(_inverse)) : L.Divide(whole, L.Create(_elements));
}
