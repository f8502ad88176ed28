using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Half the squared distance between softmax and targets, summed over batch and classes.</summary>
public static class SoftmaxSquaredError
{
    /// <summary>Half squared error of softmax, forward (LS-F3).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. SM-F1, then LS-F2.</remarks>
    [Equation("LS-F3")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<T> t)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F3", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Lengths.Expect("LS-F3", "t", "N×K", t.Lengths, [N, K]);
        var p = Softmax.Forward(z);
        T sum = T.Zero;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += (p[n, k] - t[n, k]) * (p[n, k] - t[n, k]) / Whole.Of<T>(2);
        return Tensor.Create([sum]);
    }

    /// <summary>Half squared error of softmax, backward data (LS-B3): the gradient of LS-F3 by z.</summary>
    /// <param name="p">Softmax of z (SM-F1), N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. SM-B1 after LS-B2.</remarks>
    [Equation("LS-B3")]
    public static Tensor<T> BackwardData<T>(Tensor<T> p, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B3", "p", "N×K", p.Lengths, 2);
        var (N, K) = p.Sizes2();
        Lengths.Expect("LS-B3", "t", "N×K", t.Lengths, [N, K]);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.AdditiveIdentity;
                for (int q = 0; q < K; q++)
                    sum += (p[n, q] - t[n, q]) * p[n, q];
                dz[n, k] = p[n, k] * (p[n, k] - t[n, k] - sum);
            }
        return dz;
    }
}
