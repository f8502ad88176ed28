using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The discriminative loss of LeNet-5, shifted by the smallest penalty so that the logarithm never meets 0: the mean
/// over the batch.</summary>
public static class ShiftedDiscriminativeLoss
{
    /// <summary>LeNet-5 discriminative loss, forward, shifted (LS-F21).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F8.</remarks>
    [Equation("LS-F21")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<int> label, T j)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F21", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-F21", label, N, K);
        T total = T.Zero;
        for (int n = 0; n < N; n++)
        {
            T m = Smallest(y, n, j);
            T sum = T.Exp(m - j);
            for (int q = 0; q < K; q++)
                sum += T.Exp(m - y[n, q]);
            total += (y[n, label[n]] - m + T.Log(sum)) / Whole.Of<T>(N);
        }
        return Tensor.Create([total]);
    }

    /// <summary>LeNet-5 discriminative loss, backward data, shifted (LS-B23): the gradient of LS-F21 by y.</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <returns>Derivative dy, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F21.</remarks>
    [Equation("LS-B23")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<int> label, T j)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-B23", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-B23", label, N, K);
        var dy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
        {
            T m = Smallest(y, n, j);
            T sum = T.Exp(m - j);
            for (int q = 0; q < K; q++)
                sum += T.Exp(m - y[n, q]);
            for (int k = 0; k < K; k++)
                dy[n, k] = (Choosing.One<T>(k == label[n]) - T.Exp(m - y[n, k]) / sum) / Whole.Of<T>(N);
        }
        return dy;
    }

    // m[n] of LS-F21.
    private static T Smallest<T>(Tensor<T> y, int n, T j) where T : IComparisonOperators<T, T, bool>
    {
        T m = j;
        for (int k = 0; k < y.Lengths[1]; k++)
            m = Choosing.Min(m, y[n, k]);
        return m;
    }
}
