using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>The right class of each sample, as a number.</summary>
internal static class Labels
{
    /// <summary>Checks that there are N labels without gaps, each from 0 to K − 1: kernels index by them.</summary>
    /// <exception cref="ArgumentException">Another shape, gaps, or a label outside.</exception>
    public static void Expect(string id, in ReadOnlyTensorSpan<int> label, nint N, nint K)
    {
        Lengths.Expect(id, "label", "N", label.Lengths, [N]);
        if (!label.IsDense)
            throw new ArgumentException($"label expects a dense tensor but is a slice with gaps, lengths {Lengths.Text(label.Lengths)}; " +
                $"{id}. (Parameter 'label')");
        for (nint n = 0; n < N; n++)
            if ((uint)label[n] >= (uint)K)
                throw new ArgumentException($"label[{n}] expects a class from 0 to K - 1 = {K - 1}, got {label[n]}; {id}. (Parameter 'label')");
    }
}
