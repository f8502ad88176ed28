using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Cross-entropy of the softmax with class labels: the mean over the batch.</summary>
public static class LabelCrossEntropy
{
    /// <summary>Cross-entropy of softmax with class labels, forward (LS-F15).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.</remarks>
    [Equation("LS-F15")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<int> label)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F15", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Labels.Expect("LS-F15", label, N, K);
        var y = LogSoftmax.Forward(z);
        T sum = T.Zero;
        for (int n = 0; n < N; n++)
            sum += y[n, label[n]] / Whole.Of<T>(N);
        return Tensor.Create([-sum]);
    }

    /// <summary>Cross-entropy of softmax with class labels, backward data (LS-B17): the gradient of LS-F15 by z.</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F15.</remarks>
    [Equation("LS-B17")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<int> label)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("LS-B17", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-B17", label, N, K);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dz[n, k] = (T.Exp(y[n, k]) - Choosing.One<T>(k == label[n])) / Whole.Of<T>(N);
        return dz;
    }
}
