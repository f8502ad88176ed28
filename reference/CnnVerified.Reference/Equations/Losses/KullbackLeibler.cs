using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The Kullback-Leibler divergence of the softmax from the targets: the mean over the batch, the sum over the classes.</summary>
public static class KullbackLeibler
{
    /// <summary>Kullback-Leibler divergence, forward (LS-F13).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1.</param>
    /// <param name="h">Target weights, N×K, positive; t = h divided by its row's sum.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Kullback and Leibler, On Information and Sufficiency (1951).</remarks>
    [Equation("LS-F13")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<T> h)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F13", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        var t = CrossEntropy.Targets("LS-F13", h, N, K);
        var y = LogSoftmax.Forward(z);
        T sum = T.Zero;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += t[n, k] * (T.Log(t[n, k]) - y[n, k]) / Whole.Of<T>(N);
        return Tensor.Create([sum]);
    }

    /// <summary>Kullback-Leibler divergence, backward data (LS-B14): the gradient of LS-F13 by z.</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="h">Target weights, N×K, positive; t = h divided by its row's sum.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F13.</remarks>
    [Equation("LS-B14")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<T> h)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("LS-B14", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        var t = CrossEntropy.Targets("LS-B14", h, N, K);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dz[n, k] = (T.Exp(y[n, k]) - t[n, k]) / Whole.Of<T>(N);
        return dz;
    }

    /// <summary>Kullback-Leibler divergence, backward targets (LS-B15): the gradient of LS-F13 by h.</summary>
    /// <param name="y">Log-softmax of z (SM-F2), N×K.</param>
    /// <param name="h">Target weights, N×K, positive; t = h divided by its row's sum.</param>
    /// <returns>Derivative dh, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F13.</remarks>
    [Equation("LS-B15")]
    public static Tensor<T> BackwardTargets<T>(Tensor<T> y, Tensor<T> h)
        where T : ILogarithmicFunctions<T>
    {
        Lengths.ExpectRank("LS-B15", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        var t = CrossEntropy.Targets("LS-B15", h, N, K);
        var dt = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dt[n, k] = (T.Log(t[n, k]) + T.One - y[n, k]) / Whole.Of<T>(N);
        var dh = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T dot = T.Zero, sum = T.Zero;
                for (int q = 0; q < K; q++)
                    dot += dt[n, q] * t[n, q];
                for (int q = 0; q < K; q++)
                    sum += h[n, q];
                dh[n, k] = (dt[n, k] - dot) / sum;
            }
        return dh;
    }
}
