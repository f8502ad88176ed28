using System.Runtime.CompilerServices;

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
        int e = 0;
        for (; e < first; e++) to[e * toStep] = outside;
        for (; e < last; e++) to[e * toStep] = row[start + e * step];
        for (; e < count; e++) to[e * toStep] = outside;
    }

    /// <summary>to[e·toStep] = value for e in [0, count).</summary>
    public static void Fill(float* to, int toStep, int count, float value)
    {
        for (int e = 0; e < count; e++) to[e * toStep] = value;
    }
}
