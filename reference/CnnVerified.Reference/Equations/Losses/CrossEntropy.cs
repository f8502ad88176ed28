using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Cross-entropy of the softmax: the mean over the batch, the sum over the classes.</summary>
public static class CrossEntropy
{
    /// <summary>Cross-entropy of softmax, forward (LS-F1).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="h">Target weights, N×K, not negative; t = h divided by its row's sum. A row with a single 1 is a hard label.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.</remarks>
    [Equation("LS-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<T> h)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F1", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        var t = Targets("LS-F1", h, N, K);
        var y = LogSoftmax.Forward(z);
        T sum = T.Zero;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += t[n, k] * y[n, k];
        return Tensor.Create([-sum / Whole.Of<T>(N)]);
    }

    /// <summary>Cross-entropy of softmax, backward data (LS-B1): the gradient of LS-F1 by z.</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="h">Target weights, N×K, as in LS-F1.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.</remarks>
    [Equation("LS-B1")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<T> h)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("LS-B1", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        var t = Targets("LS-B1", h, N, K);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dz[n, k] = (T.Exp(y[n, k]) - t[n, k]) / Whole.Of<T>(N);
        return dz;
    }

    // t[n,k] of LS-F1 and LS-F13.
    internal static Tensor<T> Targets<T>(string id, Tensor<T> h, int N, int K)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.Expect(id, "h", "N×K", h.Lengths, [N, K]);
        var t = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.AdditiveIdentity;
                for (int q = 0; q < K; q++)
                    sum += h[n, q];
                t[n, k] = h[n, k] / sum;
            }
        return t;
    }
}
