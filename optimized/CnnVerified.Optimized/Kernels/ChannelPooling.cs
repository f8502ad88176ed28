using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Max pooling of maps in blocks: lanes are the channels of a block, each for itself. The bits are those of <see cref="MaxForward"/> and <see cref="MaxBackward"/>.</summary>
internal readonly unsafe struct ChannelMaximum(PoolingGeometry s, VectorWidth width, float* dy, float* x, float* y, float* dx) : IWork
{
    /// <summary>The maxima (PL-F1); the channels of the sizes are blocks.</summary>
    public static void Forward(Execution on, in PoolingGeometry s, float* x, float* y) => on.Run(s.Maps, new ChannelMaximum(s, on.Width, null, x, y, null));

    /// <summary>Their gradient (PL-B1).</summary>
    public static void Backward(Execution on, in PoolingGeometry s, float* dy, float* x, float* y, float* dx) => on.Run(s.Maps, new ChannelMaximum(s, on.Width, dy, x, y, dx));

    public void Do(int from, int to, int thread)
    {
        switch (width)
        {
            case VectorWidth.V512: Do<Vector512<float>, Lanes512>(from, to); break;
            case VectorWidth.V256: Do<Vector256<float>, Lanes256>(from, to); break;
            case VectorWidth.V128: Do<Vector128<float>, Lanes128>(from, to); break;
            default: Do<float, ScalarLanes>(from, to); break;
        }
    }

    private void Do<V, L>(int from, int to) where V : unmanaged where L : struct, ILanes<V>
    {
        int places = s.H * s.W * Tiles.Place;
        for (int block = from; block < to; block++)
        {
            if (dy != null)
                new Span<float>(dx + (nint)block * places, places).Clear();
            nint output = (nint)block * s.P * s.Q * Tiles.Place;
            for (int i = 0; i < s.P; i++)
                for (int j = 0; j < s.Q; j++, output += Tiles.Place)
                    for (int lane = 0; lane < Tiles.Place; lane += L.Count)
                        if (dy == null)
                            L.Store(Largest<V, L>((nint)block * places + lane, i, j), y + output + lane);
                        else
                            Give<V, L>((nint)block * places + lane, i, j, L.Load(y + output + lane), L.Load(dy + output + lane));
        }
    }

    // The first of equal maxima, as +0 and −0 are.
    private V Largest<V, L>(nint map, int i, int j) where V : unmanaged where L : struct, ILanes<V>
    {
        V best = L.Create(float.NegativeInfinity);
        var (r0, r1) = Inside(i, s.Sh, s.Ph, s.R, s.H);
        var (s0, s1) = Inside(j, s.Sw, s.Pw, s.S, s.W);
        for (int r = r0; r < r1; r++)
            for (int c = s0; c < s1; c++)
            {
                V next = L.Load(x + map + Place(i, j, r, c));
                best = L.IfGreater(next, best, next, best);
            }
        return best;
    }

    // The first pixel that holds the maximum gets the residual, the others +0.
    private void Give<V, L>(nint map, int i, int j, V maximum, V residual) where V : unmanaged where L : struct, ILanes<V>
    {
        V zero = L.Create(0);
        var (r0, r1) = Inside(i, s.Sh, s.Ph, s.R, s.H);
        var (s0, s1) = Inside(j, s.Sw, s.Pw, s.S, s.W);
        for (int r = r0; r < r1; r++)
            for (int c = s0; c < s1; c++)
            {
                nint pixel = map + Place(i, j, r, c);
                V value = L.Load(x + pixel);
                L.Store(L.Add(L.Load(dx + pixel), L.IfEqual(value, maximum, residual, zero)), dx + pixel);
                residual = L.IfEqual(value, maximum, zero, residual);
            }
    }

    private nint Place(int i, int j, int r, int c) => ((nint)(i * s.Sh + r - s.Ph) * s.W + j * s.Sw + c - s.Pw) * Tiles.Place;

    // The taps of a window that lie inside of the map.
    private static (int From, int To) Inside(int i, int stride, int pad, int taps, int size) => (Math.Max(0, pad - i * stride), Math.Min(taps, size + pad - i * stride));
}

/// <summary>The bias gradient of maps in blocks (CV-B3), in the bits of BiasSums: pixel t of a map goes to lane t mod 16, lanes fold as in <see cref="Sums"/>, maps ascend.</summary>
internal readonly unsafe struct ChannelBias(int N, int K, int pixels, float* dy, float* db) : IWork
{
    /// <summary>Computes.</summary>
    public static void Run(Execution on, int N, int K, int pixels, float* dy, float* db) => on.Run(BlockCopying.Count(K), new ChannelBias(N, K, pixels, dy, db));

    public void Do(int from, int to, int thread)
    {
        const int Floats = Sums.VirtualLanes * Tiles.Place;
        float* sums = stackalloc float[Floats], all = stackalloc float[Tiles.Place];
        for (int block = from; block < to; block++)
        {
            new Span<float>(all, Tiles.Place).Clear();
            for (int n = 0; n < N; n++)
            {
                new Span<float>(sums, Floats).Clear();
                float* map = dy + ((nint)n * BlockCopying.Count(K) + block) * pixels * Tiles.Place;
                for (nint at = 0; at < (nint)pixels * Tiles.Place; at += Tiles.Place)
                    Add(map + at, sums + at % Floats);
                // A map of one pixel has one lane: the others are +0 and change no bit.
                for (int half = pixels == 1 ? 0 : Sums.VirtualLanes / 2; half > 0; half /= 2)
                    for (int lane = 0; lane < half; lane++)
                        Add(sums + (lane + half) * Tiles.Place, sums + lane * Tiles.Place);
                Add(sums, all);
            }
            new ReadOnlySpan<float>(all, Math.Min(Tiles.Place, K - block * Tiles.Place)).CopyTo(new Span<float>(db + block * Tiles.Place, Tiles.Place));
        }
    }

    private static void Add(float* values, float* sums) => (Vector512.Load(sums) + Vector512.Load(values)).Store(sums);
}
