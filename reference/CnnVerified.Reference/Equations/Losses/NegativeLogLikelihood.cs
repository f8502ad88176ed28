using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Minus the given log-probability of the right class: the mean over the batch.</summary>
public static class NegativeLogLikelihood
{
    /// <summary>Negative log-likelihood, forward (LS-F18).</summary>
    /// <param name="y">Log-probabilities, N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. ONNX NegativeLogLikelihoodLoss, reduction mean.</remarks>
    [Equation("LS-F18")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<int> label)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F18", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-F18", label, N, K);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            sum += y[n, label[n]] / Whole.Of<T>(N);
        return Tensor.Create([-sum]);
    }

    /// <summary>Negative log-likelihood, backward data (LS-B20): the gradient of LS-F18 by y.</summary>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="K">Classes.</param>
    /// <returns>Derivative dy, N×K.</returns>
    /// <exception cref="ArgumentException">label has not one dimension, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F18.</remarks>
    [Equation("LS-B20")]
    public static Tensor<T> BackwardData<T>(Tensor<int> label, int K)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B20", "label", "N", label.Lengths, 1);
        int N = (int)label.Lengths[0];
        Labels.Expect("LS-B20", label, N, K);
        Lengths.ExpectCountable("LS-B20", "dy", [N, K]);
        var dy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dy[n, k] = -Choosing.One<T>(k == label[n]) / Whole.Of<T>(N);
        return dy;
    }
}
