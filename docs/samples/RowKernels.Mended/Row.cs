using System.Runtime.Intrinsics;

namespace RowKernels;

/// <summary>A row of the output takes part of a row of the input.</summary>
internal static class Row
{
    /// <summary>y[j] += a·x[j·stride + offset] for each j where that pixel is in the row; outside is padding, which is zero.</summary>
    public static void AddScaled(float a, ReadOnlySpan<float> x, Span<float> y, int stride, int offset)
    {
        int begin = offset < 0 ? (stride - 1 - offset) / stride : 0;
        int end = Math.Min(y.Length, offset < x.Length ? (x.Length - offset + stride - 1) / stride : 0);
        int j = begin;
        if (stride == 1)
            for (; j <= end - Vector512<float>.Count; j += Vector512<float>.Count)
                (Vector512.Create<float>(y[j..]) + a * Vector512.Create(x[(j + offset)..])).CopyTo(y[j..]);
        for (; j < end; j++)
            y[j] += a * x[j * stride + offset];
    }
}
