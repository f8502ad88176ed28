using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Cross-entropy of the softmax in which a sample counts the less the surer it is: the mean over the batch.</summary>
public static class FocalLoss
{
    /// <summary>Focal loss of softmax, forward (LS-F14).</summary>
    /// <param name="z">Scores, N×K, K &gt; 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="gamma">Power, not negative; 0 is LS-F15.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. Lin et al., Focal Loss for Dense Object Detection (2017).</remarks>
    [Equation("LS-F14")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<int> label, T gamma)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F14", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Labels.Expect("LS-F14", label, N, K);
        var y = LogSoftmax.Forward(z);
        T sum = T.Zero;
        for (int n = 0; n < N; n++)
        {
            T p = T.Exp(y[n, label[n]]);
            sum += T.Pow(T.One - p, gamma) * y[n, label[n]] / Whole.Of<T>(N);
        }
        return Tensor.Create([-sum]);
    }

    /// <summary>Focal loss of softmax, backward data (LS-B16): the gradient of LS-F14 by z.</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <param name="gamma">Power, not negative; 0 is LS-F15.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F14.</remarks>
    [Equation("LS-B16")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<int> label, T gamma)
        where T : IExponentialFunctions<T>, IPowerFunctions<T>
    {
        Lengths.ExpectRank("LS-B16", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Labels.Expect("LS-B16", label, N, K);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T p = T.Exp(y[n, label[n]]);
                dz[n, k] = (Choosing.One<T>(k == label[n]) - T.Exp(y[n, k]))
                    * (gamma * p * T.Pow(T.One - p, gamma - T.One) * y[n, label[n]] - T.Pow(T.One - p, gamma)) / Whole.Of<T>(N);
            }
        return dz;
    }
}
