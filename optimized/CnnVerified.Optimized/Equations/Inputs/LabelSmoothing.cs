using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>The twin of the reference's LabelSmoothing: two values in all, each computed once.</summary>
public static class LabelSmoothing
{
    /// <summary>Label smoothing (IN-6).</summary>
    /// <param name="label">Class numbers, N, each from 0 to K − 1.</param>
    /// <param name="alpha">The share that is spread, from 0 to 1.</param>
    /// <param name="q">Targets, N×K; every element is written.</param>
    /// <exception cref="ArgumentException">N differs, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("IN-6")]
    public static void Forward(in ReadOnlyTensorSpan<int> label, float alpha, in TensorSpan<float> q)
    {
        Lengths.ExpectRank("IN-6", "label", "N", label.Lengths, 1);
        Lengths.ExpectRank("IN-6", "q", "N×K", q.Lengths, 2);
        var (N, K) = ((int)label.Lengths[0], (int)q.Lengths[1]);
        Contract.Shape("IN-6", "q", "N×K", q, [N, K]);
        Labels.Expect("IN-6", label, N, K);
        q.Fill(alpha / K);
        for (int n = 0; n < N; n++)
            q[n, label[n]] = (1 - alpha) + alpha / K;
    }
}
