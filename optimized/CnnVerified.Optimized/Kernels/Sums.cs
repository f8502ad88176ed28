using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>The terms of a sum: the struct holds its pointers and constants.</summary>
internal interface ITerm
{
    /// <summary>sum + terms t to t + L.Count − 1, lane by lane.</summary>
    V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>Sums in a stated order: term t goes to lane t mod 16, whatever the hardware width; each lane starts at +0 and adds its
/// terms ascending; lanes fold as ((l + l+8) + (l+4 + l+12)) and so on, halving.</summary>
internal static unsafe class Sums
{
    /// <summary>Lanes of a sum, whatever the hardware has.</summary>
    public const int VirtualLanes = 16;

    /// <summary>Σ a[t].</summary>
    public static float Sum(VectorWidth width, float* a, nint count) => Of(width, 0, count, new Plain(a));

    /// <summary>Σ a[t]·b[t], one fused multiply-add per term.</summary>
    public static float Dot(VectorWidth width, float* a, float* b, nint count) => Of(width, 0, count, new Product(a, b));

    /// <summary>Σ min(0, a[t])·b[t], one fused multiply-add per term.</summary>
    public static float DotOfNegatives(VectorWidth width, float* a, float* b, nint count) => Of(width, 0, count, new NegativeProduct(a, b));

    /// <summary>Σ |a[t]|.</summary>
    public static float Sizes(VectorWidth width, float* a, nint count) => Of(width, 0, count, new Size(a));

    /// <summary>The sum of the terms from <paramref name="from"/> to <paramref name="to"/> − 1; the first of them is term 0 of
    /// the order.</summary>
    public static float Of<TTerm>(VectorWidth width, nint from, nint to, TTerm term) where TTerm : unmanaged, ITerm => to - from == 1
        ? term.Add<float, ScalarLanes>(0f, from)   // the other lanes are +0 and change no bit; maps of one pixel are common
        : width switch
        {
            VectorWidth.V512 => Run<Vector512<float>, Lanes512, TTerm>(from, to, ref term),
            VectorWidth.V256 => Run<Vector256<float>, Lanes256, TTerm>(from, to, ref term),
            VectorWidth.V128 => Run<Vector128<float>, Lanes128, TTerm>(from, to, ref term),
            _ => Run<float, ScalarLanes, TTerm>(from, to, ref term),
        };

    private static float Run<V, L, TTerm>(nint from, nint to, ref TTerm term)
        where V : unmanaged where L : struct, ILanes<V> where TTerm : unmanaged, ITerm
    {
        float* lanes = stackalloc float[VirtualLanes];
        nint whole = from + (to - from) / VirtualLanes * VirtualLanes;
        for (int lane = 0; lane < VirtualLanes; lane += L.Count)
        {
            V sum = L.Create(0f);
            for (nint t = from + lane; t < whole; t += VirtualLanes)
                sum = term.Add<V, L>(sum, t);
            L.Store(sum, lanes + lane);
        }
        for (nint t = whole; t < to; t++)
            lanes[t - whole] = term.Add<float, ScalarLanes>(lanes[t - whole], t);
        return Fold(lanes);
    }

    /// <summary>The sum of the lanes.</summary>
    public static float Fold(float* lanes)
    {
        Vector256<float> eight = Vector256.Load(lanes) + Vector256.Load(lanes + 8);
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }

    private readonly struct Plain(float* a) : ITerm
    {
        public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, L.Load(a + t));
    }

    private readonly struct Size(float* a) : ITerm
    {
        public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, L.Abs(L.Load(a + t)));
    }

    private readonly struct Product(float* a, float* b) : ITerm
    {
        public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> => L.Fma(L.Load(a + t), L.Load(b + t), sum);
    }

    private readonly struct NegativeProduct(float* a, float* b) : ITerm
    {
        public V Add<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V> =>
            L.Fma(L.Min(L.Create(0f), L.Load(a + t)), L.Load(b + t), sum);
    }
}
