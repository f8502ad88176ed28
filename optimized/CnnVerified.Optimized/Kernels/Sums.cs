using System.Runtime.Intrinsics;

namespace CnnVerified.Optimized.Kernels;

/// <summary>The terms of a sum: the struct holds their pointers and constants.</summary>
internal interface ISummand
{
    /// <summary>sum + terms t to t + L.Count − 1, lane by lane.</summary>
    V AddTo<V, L>(V sum, nint t) where V : unmanaged where L : struct, ILanes<V>;
}

/// <summary>Sums in a stated order: term t goes to lane t mod 16, whatever the hardware width; each lane starts at +0 and adds its
/// terms ascending; lanes fold as ((l + l+8) + (l+4 + l+12)) and so on, halving.</summary>
internal static unsafe class Sums
{
    private const int VirtualLanes = 16;

    /// <summary>Σ a[t].</summary>
    public static float Sum(VectorWidth width, float* a, nint count) => width switch
    {
        VectorWidth.V512 => Run<Vector512<float>, Lanes512, Plain>(a, a, count),
        VectorWidth.V256 => Run<Vector256<float>, Lanes256, Plain>(a, a, count),
        VectorWidth.V128 => Run<Vector128<float>, Lanes128, Plain>(a, a, count),
        _ => Run<float, ScalarLanes, Plain>(a, a, count),
    };

    /// <summary>Σ a[t]·b[t], one fused multiply-add per term.</summary>
    public static float Dot(VectorWidth width, float* a, float* b, nint count) => width switch
    {
        VectorWidth.V512 => Run<Vector512<float>, Lanes512, Product>(a, b, count),
        VectorWidth.V256 => Run<Vector256<float>, Lanes256, Product>(a, b, count),
        VectorWidth.V128 => Run<Vector128<float>, Lanes128, Product>(a, b, count),
        _ => Run<float, ScalarLanes, Product>(a, b, count),
    };

    /// <summary>Σ (a[t] − b[t])²/2: the difference rounds once, its half and the fused square are one more.</summary>
    public static float HalfSquaredDistance(VectorWidth width, float* a, float* b, nint count) => width switch
    {
        VectorWidth.V512 => Run<Vector512<float>, Lanes512, HalfSquare>(a, b, count),
        VectorWidth.V256 => Run<Vector256<float>, Lanes256, HalfSquare>(a, b, count),
        VectorWidth.V128 => Run<Vector128<float>, Lanes128, HalfSquare>(a, b, count),
        _ => Run<float, ScalarLanes, HalfSquare>(a, b, count),
    };

    /// <summary>Σ of the terms [from, to); term t goes to lane (t − from) mod 16.</summary>
    public static float Over<TSummand>(VectorWidth width, nint from, nint to, ref TSummand terms) where TSummand : unmanaged, ISummand
    {
        if (to - from == 1)   // the other lanes are +0 and change no bit; maps of one pixel are common
            return terms.AddTo<float, ScalarLanes>(0f, from);
        return width switch
        {
            VectorWidth.V512 => Run<Vector512<float>, Lanes512, TSummand>(from, to, ref terms),
            VectorWidth.V256 => Run<Vector256<float>, Lanes256, TSummand>(from, to, ref terms),
            VectorWidth.V128 => Run<Vector128<float>, Lanes128, TSummand>(from, to, ref terms),
            _ => Run<float, ScalarLanes, TSummand>(from, to, ref terms),
        };
    }

    private static float Run<V, L, TSummand>(nint from, nint to, ref TSummand terms)
        where V : unmanaged where L : struct, ILanes<V> where TSummand : unmanaged, ISummand
    {
        float* lanes = stackalloc float[VirtualLanes];
        nint whole = from + (to - from) / VirtualLanes * VirtualLanes;
        for (int lane = 0; lane < VirtualLanes; lane += L.Count)
        {
            V sum = L.Create(0f);
            for (nint t = from + lane; t < whole; t += VirtualLanes)
                sum = terms.AddTo<V, L>(sum, t);
            L.Store(sum, lanes + lane);
        }
        for (nint t = whole; t < to; t++)
            lanes[t - whole] = terms.AddTo<float, ScalarLanes>(lanes[t - whole], t);
        return Fold(lanes);
    }

    private static float Fold(float* lanes)
    {
        for (int half = VirtualLanes / 2; half > 0; half /= 2)
            for (int lane = 0; lane < half; lane++)
                lanes[lane] += lanes[lane + half];
        return lanes[0];
    }

    private static float Run<V, L, TTerm>(float* a, float* b, nint count)
        where V : unmanaged where L : struct, ILanes<V> where TTerm : struct, ITerm
    {
        float* lanes = stackalloc float[VirtualLanes];
        nint whole = count / VirtualLanes * VirtualLanes;
        for (int lane = 0; lane < VirtualLanes; lane += L.Count)
        {
            V sum = L.Create(0f);
            for (nint t = lane; t < whole; t += VirtualLanes)
                sum = TTerm.Add<V, L>(sum, L.Load(a + t), L.Load(b + t));
            L.Store(sum, lanes + lane);
        }
        for (nint t = whole; t < count; t++)
            lanes[t - whole] = TTerm.Add<float, ScalarLanes>(lanes[t - whole], a[t], b[t]);
        return Fold(lanes);
    }

    private interface ITerm
    {
        static abstract V Add<V, L>(V sum, V a, V b) where V : unmanaged where L : struct, ILanes<V>;
    }

    private readonly struct Plain : ITerm
    {
        public static V Add<V, L>(V sum, V a, V b) where V : unmanaged where L : struct, ILanes<V> => L.Add(sum, a);
    }

    private readonly struct Product : ITerm
    {
        public static V Add<V, L>(V sum, V a, V b) where V : unmanaged where L : struct, ILanes<V> => L.Fma(a, b, sum);
    }

    private readonly struct HalfSquare : ITerm
    {
        public static V Add<V, L>(V sum, V a, V b) where V : unmanaged where L : struct, ILanes<V>
        {
            V difference = L.Subtract(a, b);
            return L.Fma(L.Multiply(difference, L.Create(0.5f)), difference, sum);
        }
    }
}
