using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Softmax over the rows of a matrix, shifted by the row's maximum so that exp cannot overflow.</summary>
public static class Softmax
{
    /// <summary>Softmax, forward (SM-F1).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <returns>Probabilities p, N×K; rows sum to 1.</returns>
    /// <exception cref="ArgumentException">z has not two dimensions.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.</remarks>
    [Equation("SM-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> z)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("SM-F1", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        var p = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T m = z.RowMaximum(n), sum = T.Zero;
                for (int q = 0; q < K; q++)
                    sum += T.Exp(z[n, q] - m);
                p[n, k] = T.Exp(z[n, k] - m) / sum;
            }
        return p;
    }

    /// <summary>Softmax without the shift (SM-I1): equal to SM-F1 over the reals; exp overflows for large scores.</summary>
    /// <param name="z">Scores, N×K.</param>
    /// <returns>Probabilities p2, N×K.</returns>
    /// <exception cref="ArgumentException">z has not two dimensions.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.</remarks>
    [Equation("SM-I1")]
    public static Tensor<T> Unshifted<T>(Tensor<T> z)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("SM-I1", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        var p2 = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.Zero;
                for (int q = 0; q < K; q++)
                    sum += T.Exp(z[n, q]);
                p2[n, k] = T.Exp(z[n, k]) / sum;
            }
        return p2;
    }

    /// <summary>Softmax, backward data (SM-B1): the gradient of SM-F1 by z, with the full Jacobian.</summary>
    /// <param name="dp">Derivative of the loss by p, N×K.</param>
    /// <param name="p">Output of SM-F1, N×K.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from SM-F1.</remarks>
    [Equation("SM-B1")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dp, Tensor<T> p)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("SM-B1", "dp", "N×K", dp.Lengths, 2);
        var (N, K) = dp.Sizes2();
        Lengths.Expect("SM-B1", "p", "N×K", p.Lengths, [N, K]);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.AdditiveIdentity;
                for (int q = 0; q < K; q++)
                    sum += dp[n, q] * p[n, q];
                dz[n, k] = p[n, k] * (dp[n, k] - sum);
            }
        return dz;
    }

    // m[n] of SM-F1 and SM-F2.
    internal static T RowMaximum<T>(this Tensor<T> z, int n) where T : IComparisonOperators<T, T, bool>
    {
        T m = z[n, 0];
        for (int k = 1; k < z.Lengths[1]; k++)
            if (z[n, k] > m)
                m = z[n, k];
        return m;
    }
}
