using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>The twin of the reference's OneHot.</summary>
public static class OneHot
{
    /// <summary>One-hot target (IN-5).</summary>
    /// <param name="label">Class numbers, N, each from 0 to K − 1.</param>
    /// <param name="t">Targets, N×K; every element is written.</param>
    /// <exception cref="ArgumentException">N differs, a label is not from 0 to K − 1, or t has gaps.</exception>
    [Equation("IN-5")]
    public static void Forward(ReadOnlySpan<int> label, in TensorSpan<float> t)
    {
        Lengths.ExpectRank("IN-5", "t", "N×K", t.Lengths, 2);
        int K = (int)t.Lengths[1];
        Contract.Shape("IN-5", "t", "N×K", t, [label.Length, K]);
        for (int n = 0; n < label.Length; n++)
            if ((uint)label[n] >= (uint)K)
                throw new ArgumentException($"label[{n}] expects a class from 0 to K - 1 = {K - 1}, got {label[n]}; IN-5. (Parameter 'label')");
        t.Clear();
        for (int n = 0; n < label.Length; n++)
            t[n, label[n]] = 1;
    }
}
