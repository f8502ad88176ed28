using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CnnVerified.Optimized.Kernels;

/// <summary>Copies of strided runs of an image row, with a fill value where the run leaves the row.</summary>
internal static unsafe class Runs
{
    /// <summary>to[e·toStep] = row[start + e·step] for e in [0, count), or <paramref name="outside"/> where that index is not in [0, length).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(float* row, int length, int start, int step, float* to, int toStep, int count, float outside)
    {
        int first, last;
        if (step == 1)   // the usual case, without a division
        {
            first = Math.Clamp(-start, 0, count);
            last = Math.Clamp(length - start, first, count);
        }
        else
        {
            first = start >= 0 ? 0 : Math.Min(count, (-start + step - 1) / step);
            last = start >= length ? first : Math.Max(first, Math.Min(count, (length - 1 - start) / step + 1));
        }
        if (step == 1 && toStep == 1)
        {
            Fill(to, 1, first, outside);
            Move(row + start + first, last - first, to + first);
            Fill(to + last, 1, count - last, outside);
            return;
        }
        if (step == 2 && toStep == 1)
        {
            Fill(to, 1, first, outside);
            EverySecond(row + start + 2 * first, last - first, to + first);
            Fill(to + last, 1, count - last, outside);
            return;
        }
        int e = 0;
        for (; e < first; e++) to[e * toStep] = outside;
        for (; e < last; e++) to[e * toStep] = row[start + e * step];
        for (; e < count; e++) to[e * toStep] = outside;
    }

    /// <summary>The runs of <paramref name="taps"/> taps, each <paramref name="dilation"/> further on the row and written
    /// <paramref name="tapStep"/> further on: to[a·tapStep + e·toStep] = row[start + a·dilation + e·step], 0 outside the row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]   // the loops get all registers
    public static void GatherTaps(float* row, int length, int start, int step, int dilation, int taps, float* to, int toStep, int tapStep, int count)
    {
        if (step == 1 && toStep == 1)
            for (int a = 0; a < taps; a++, start += dilation, to += tapStep)
                Gather(row, length, start, 1, to, 1, count, 0);
        else if (step == 1)   // the constant makes the inner loop a plain copy
            for (int a = 0; a < taps; a++, start += dilation, to += tapStep)
                Gather(row, length, start, 1, to, toStep, count, 0);
        else
            for (int a = 0; a < taps; a++, start += dilation, to += tapStep)
                Gather(row, length, start, step, to, toStep, count, 0);
    }

    /// <summary>to[e] = from[e] for e in [0, count): short runs in whole vectors, the last of which covers some elements again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move(float* from, int count, float* to)
    {
        if (count >= 16)
        {
            for (int e = 0; e < count - 16; e += 16) Vector512.Load(from + e).Store(to + e);
            Vector512.Load(from + count - 16).Store(to + count - 16);
        }
        else if (count >= 8)
        {
            Vector256.Load(from).Store(to);
            Vector256.Load(from + count - 8).Store(to + count - 8);
        }
        else
            for (int e = 0; e < count; e++) to[e] = from[e];
    }

    /// <summary>to[e] = from[2·e] for e in [0, count). Nothing before from[0] or behind from[2·count − 2] is read.</summary>
    public static void EverySecond(float* from, int count, float* to)
    {
        if (count > Lanes512.Count && Vector512.IsHardwareAccelerated)
            EverySecond<Vector512<float>, Lanes512>(from, count, to);
        else if (count > Lanes256.Count && Avx2.IsSupported)
            EverySecond<Vector256<float>, Lanes256>(from, count, to);
        else if (count > Lanes128.Count && Vector128.IsHardwareAccelerated)
            EverySecond<Vector128<float>, Lanes128>(from, count, to);
        else
            for (int e = 0; e < count; e++) to[e] = from[2 * e];
    }

    /// <summary>to[2·e] = even[e], to[2·e + 1] = odd[e] for e in [0, count).</summary>
    public static void Alternate(float* even, float* odd, int count, float* to)
    {
        if (count >= Lanes512.Count && Vector512.IsHardwareAccelerated)
            Alternate<Vector512<float>, Lanes512>(even, odd, count, to);
        else if (count >= Lanes256.Count && Avx2.IsSupported)
            Alternate<Vector256<float>, Lanes256>(even, odd, count, to);
        else if (count >= Lanes128.Count && Vector128.IsHardwareAccelerated)
            Alternate<Vector128<float>, Lanes128>(even, odd, count, to);
        else
            for (int e = 0; e < count; e++)
                (to[2 * e], to[2 * e + 1]) = (even[e], odd[e]);
    }

    // The last vectors cover some elements again; they end with the last element, the others with what stands behind theirs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EverySecond<V, L>(float* from, int count, float* to) where V : unmanaged where L : struct, ILanes<V>
    {
        for (int e = 0; e + L.Count < count; e += L.Count)
            L.Store(L.Evens(L.Load(from + 2 * e), L.Load(from + 2 * e + L.Count)), to + e);
        float* last = from + 2 * (count - L.Count) - 1;
        L.Store(L.Odds(L.Load(last), L.Load(last + L.Count)), to + count - L.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Alternate<V, L>(float* even, float* odd, int count, float* to) where V : unmanaged where L : struct, ILanes<V>
    {
        for (int e = 0; e < count; e += L.Count)
        {
            int at = Math.Min(e, count - L.Count);
            V a = L.Load(even + at), b = L.Load(odd + at);
            L.Store(L.ZipLow(a, b), to + 2 * at);
            L.Store(L.ZipHigh(a, b), to + 2 * at + L.Count);
        }
    }

    /// <summary>to[a·tapStep + e·toStep] = 0 for a in [0, taps), e in [0, count).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ClearTaps(int taps, float* to, int toStep, int tapStep, int count)
    {
        for (int a = 0; a < taps; a++, to += tapStep)
            Fill(to, toStep, count, 0);
    }

    /// <summary>to[e·toStep] = value for e in [0, count).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fill(float* to, int toStep, int count, float value)
    {
        for (int e = 0; e < count; e++) to[e * toStep] = value;
    }
}
