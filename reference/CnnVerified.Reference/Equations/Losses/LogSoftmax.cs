using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The logarithm of the softmax, without the logarithm of 0.</summary>
public static class LogSoftmax
{
    /// <summary>Log-softmax, forward (SM-F2).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <returns>Log-probabilities y, N×K.</returns>
    /// <exception cref="ArgumentException">z has not two dimensions.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.</remarks>
    [Equation("SM-F2")]
    public static Tensor<T> Forward<T>(Tensor<T> z)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("SM-F2", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        var y = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T m = z.RowMaximum(n), sum = T.Zero;
                for (int q = 0; q < K; q++)
                    sum += T.Exp(z[n, q] - m);
                y[n, k] = z[n, k] - m - T.Log(sum);
            }
        return y;
    }

    /// <summary>Log-softmax, backward data (SM-B2): the gradient of SM-F2 by z.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K.</param>
    /// <param name="y">Output of SM-F2, N×K; exp(y) is the softmax.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from SM-F2.</remarks>
    [Equation("SM-B2")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> y)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("SM-B2", "dy", "N×K", dy.Lengths, 2);
        var (N, K) = dy.Sizes2();
        Lengths.Expect("SM-B2", "y", "N×K", y.Lengths, [N, K]);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.Zero;
                for (int q = 0; q < K; q++)
                    sum += dy[n, q];
                dz[n, k] = dy[n, k] - T.Exp(y[n, k]) * sum;
            }
        return dz;
    }
}
