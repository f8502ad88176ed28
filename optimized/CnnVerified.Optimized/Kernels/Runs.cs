using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
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
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EverySecond(float* from, int count, float* to)
    {
        // The last block covers some elements again; it ends with the last element, the others with what stands behind theirs.
        int e = 0;
        if (count > 16 && Avx512F.IsSupported)
        {
            Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), odd = even + Vector512<int>.One;
            for (; e + 16 < count; e += 16)
                Avx512F.PermuteVar16x32x2(Vector512.Load(from + 2 * e), even, Vector512.Load(from + 2 * e + 16)).Store(to + e);
            float* last = from + 2 * (count - 16) - 1;
            Avx512F.PermuteVar16x32x2(Vector512.Load(last), odd, Vector512.Load(last + 16)).Store(to + count - 16);
        }
        else if (count > 4 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported))
        {
            for (; e + 4 < count; e += 4)
                Evens(Vector128.Load(from + 2 * e), Vector128.Load(from + 2 * e + 4)).Store(to + e);
            float* last = from + 2 * (count - 4) - 1;
            Odds(Vector128.Load(last), Vector128.Load(last + 4)).Store(to + count - 4);
        }
        else
            for (; e < count; e++) to[e] = from[2 * e];
    }

    /// <summary>to[2·e] = even[e], to[2·e + 1] = odd[e] for e in [0, count).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Alternate(float* even, float* odd, int count, float* to)
    {
        if (count >= 16 && Avx512F.IsSupported)
        {
            Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), high = low + Vector512.Create(8);
            for (int e = 0; e < count; e += 16)
            {
                int at = Math.Min(e, count - 16);
                Vector512<float> a = Vector512.Load(even + at), b = Vector512.Load(odd + at);
                Avx512F.PermuteVar16x32x2(a, low, b).Store(to + 2 * at);
                Avx512F.PermuteVar16x32x2(a, high, b).Store(to + 2 * at + 16);
            }
        }
        else if (count >= 4 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported))
            for (int e = 0; e < count; e += 4)
            {
                int at = Math.Min(e, count - 4);
                Vector128<float> a = Vector128.Load(even + at), b = Vector128.Load(odd + at);
                (Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b)).Store(to + 2 * at);
                (Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b)).Store(to + 2 * at + 4);
            }
        else
            for (int e = 0; e < count; e++)
                (to[2 * e], to[2 * e + 1]) = (even[e], odd[e]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Evens(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.Shuffle(a, b, 0b10_00_10_00) : AdvSimd.Arm64.UnzipEven(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Odds(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.Shuffle(a, b, 0b11_01_11_01) : AdvSimd.Arm64.UnzipOdd(a, b);

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
