using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>First the residual, then the update.</summary>
public static class ResidualOrder
{
    /// <summary>What the residual of a fully connected layer gains if it goes through weights that are already updated (OP-I1).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="w">Weights before the update, K×D.</param>
    /// <param name="g">Derivative of the loss by the layer's output, N×K.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <returns>The difference gap, N×D.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/optimisers.md. Derived from FC-F1 and OP-1.</remarks>
    [Equation("OP-I1")]
    public static Tensor<T> Gap<T>(Tensor<T> x, Tensor<T> w, Tensor<T> g, T eta)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("OP-I1", "g", "N×K", g.Lengths, 2);
        Lengths.ExpectRank("OP-I1", "x", "N×D", x.Lengths, 2);
        var (N, K) = g.Sizes2();
        int D = (int)x.Lengths[1];
        Lengths.Expect("OP-I1", "x", "N×D", x.Lengths, [N, D]);
        Lengths.Expect("OP-I1", "w", "K×D", w.Lengths, [K, D]);
        var wnew = Tensor.CreateFromShape<T>([K, D]);
        for (int k = 0; k < K; k++)
            for (int d = 0; d < D; d++)
            {
                T gw = T.AdditiveIdentity;
                for (int n = 0; n < N; n++)
                    gw += g[n, k] * x[n, d];
                wnew[k, d] = w[k, d] - eta * gw;
            }
        var gap = Tensor.CreateFromShape<T>([N, D]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < D; d++)
            {
                T g1 = T.AdditiveIdentity, g2 = T.AdditiveIdentity;
                for (int k = 0; k < K; k++)
                {
                    g1 += g[n, k] * w[k, d];
                    g2 += g[n, k] * wnew[k, d];
                }
                gap[n, d] = g2 - g1;
            }
        return gap;
    }
}
