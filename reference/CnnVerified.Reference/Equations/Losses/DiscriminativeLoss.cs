using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The discriminative loss of LeNet-5: the mean over the batch.</summary>
public static class DiscriminativeLoss
{
    /// <summary>LeNet-5 discriminative loss, forward (LS-F8).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/lenet5-output.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to
    /// Document Recognition (1998), section II.C.</remarks>
    [Equation("LS-F8")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<int> label, T j)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>
    {
        Lengths.ExpectRank("LS-F8", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-F8", label, N, K);
        T total = T.Zero;
        for (int n = 0; n < N; n++)
        {
            T sum = T.Exp(-j);
            for (int q = 0; q < K; q++)
                sum += T.Exp(-y[n, q]);
            total += (y[n, label[n]] + T.Log(sum)) / Whole.Of<T>(N);
        }
        return Tensor.Create([total]);
    }

    /// <summary>LeNet-5 discriminative loss, backward data (LS-B9): the gradient of LS-F8 by y.</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <returns>Derivative dy, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F8.</remarks>
    [Equation("LS-B9")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<int> label, T j)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("LS-B9", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-B9", label, N, K);
        var dy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
        {
            T sum = T.Exp(-j);
            for (int q = 0; q < K; q++)
                sum += T.Exp(-y[n, q]);
            for (int k = 0; k < K; k++)
                dy[n, k] = (Choosing.One<T>(k == label[n]) - T.Exp(-y[n, k]) / sum) / Whole.Of<T>(N);
        }
        return dy;
    }

    /// <summary>Second derivative of the LeNet-5 discriminative loss, diagonal (OP-B12).</summary>
    /// <param name="y">Squared distances (LS-F7), N×K, not negative.</param>
    /// <param name="j">Penalty of the class for rubbish, positive.</param>
    /// <returns>Second derivative hy by y, diagonal, N×K.</returns>
    /// <exception cref="ArgumentException">y has not two dimensions.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F8.</remarks>
    [Equation("OP-B12")]
    public static Tensor<T> SecondOrder<T>(Tensor<T> y, T j)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("OP-B12", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        var hy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
        {
            T sum = T.Exp(-j);
            for (int q = 0; q < K; q++)
                sum += T.Exp(-y[n, q]);
            for (int k = 0; k < K; k++)
            {
                T p = T.Exp(-y[n, k]) / sum;
                hy[n, k] = p * (T.One - p) / Whole.Of<T>(N);
            }
        }
        return hy;
    }
}
