using System.Numerics.Tensors;
using CnnVerified.Optimized.Kernels;

namespace CnnVerified.Optimized.Equations;

/// <summary>The twin of the reference's NegativeLogLikelihood: the mean over the batch. One element of each row is read: nothing
/// to vectorise.</summary>
public static class NegativeLogLikelihood
{
    /// <summary>Negative log-likelihood, forward (LS-F18).</summary>
    /// <param name="y">Log-probabilities, N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="L">The loss, one element.</param>
    /// <remarks>Added ascending in n.</remarks>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-F18")]
    public static void Forward(in ReadOnlyTensorSpan<float> y, in ReadOnlyTensorSpan<int> label, in TensorSpan<float> L)
    {
        Lengths.ExpectRank("LS-F18", "y", "N×K", y.Lengths, 2);
        Contract.Dense("LS-F18", "y", y);
        Labels.Expect("LS-F18", label, y.Lengths[0], y.Lengths[1]);
        Contract.Shape("LS-F18", "L", "one element", L, [1]);
        int N = (int)y.Lengths[0];
        float sum = 0;
        for (int n = 0; n < N; n++)
            sum += y[n, label[n]];
        L[0] = Loss.Mean(-sum, N);
    }

    /// <summary>Negative log-likelihood, backward data (LS-B20).</summary>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="K">Classes.</param>
    /// <param name="dy">Derivative by y, N×K; every element is written.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is not from 0 to K − 1, or a tensor has gaps.</exception>
    [Equation("LS-B20")]
    public static void BackwardData(in ReadOnlyTensorSpan<int> label, int K, in TensorSpan<float> dy)
    {
        Lengths.ExpectRank("LS-B20", "label", "N", label.Lengths, 1);
        int N = (int)label.Lengths[0];
        Labels.Expect("LS-B20", label, N, K);
        Contract.Shape("LS-B20", "dy", "N×K", dy, [N, K]);
        dy.Clear();
        for (int n = 0; n < N; n++)
            dy[n, label[n]] = -1f / N;
    }
}
