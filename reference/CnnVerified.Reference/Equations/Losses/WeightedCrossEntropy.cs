using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Cross-entropy of the softmax with class labels and a weight for each class: the weighted mean over the batch.</summary>
public static class WeightedCrossEntropy
{
    /// <summary>Cross-entropy of softmax with class labels and class weights, forward (LS-F16).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="w">Weight of each class, K, not negative; those of the batch must not all be 0.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. ONNX SoftmaxCrossEntropyLoss, reduction mean.</remarks>
    [Equation("LS-F16")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<int> label, Tensor<T> w)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F16", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Labels.Expect("LS-F16", label, N, K);
        Lengths.Expect("LS-F16", "w", "K", w.Lengths, [K]);
        var y = LogSoftmax.Forward(z);
        T sum = T.Zero;
        for (int n = 0; n < N; n++)
            sum += w[label[n]] * -y[n, label[n]] / BatchWeight(w, label);
        return Tensor.Create([sum]);
    }

    /// <summary>Cross-entropy of softmax with class labels and class weights, backward data (LS-B18): the gradient of LS-F16 by z.</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="w">Weight of each class, K, not negative; those of the batch must not all be 0.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F16.</remarks>
    [Equation("LS-B18")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<int> label, Tensor<T> w)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("LS-B18", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-B18", label, N, K);
        Lengths.Expect("LS-B18", "w", "K", w.Lengths, [K]);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dz[n, k] = w[label[n]] * (T.Exp(y[n, k]) - Choosing.One<T>(k == label[n])) / BatchWeight(w, label);
        return dz;
    }

    // The sum of w[label[i]] over the batch.
    private static T BatchWeight<T>(Tensor<T> w, Tensor<int> label)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        T sum = T.AdditiveIdentity;
        for (int i = 0; i < label.Lengths[0]; i++)
            sum += w[label[i]];
        return sum;
    }
}
