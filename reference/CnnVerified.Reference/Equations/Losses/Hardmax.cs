using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>A 1 for the largest score of a row, 0 for the others; of equal largest scores the first.</summary>
public static class Hardmax
{
    /// <summary>Hardmax (SM-F3).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1; no NaN.</param>
    /// <returns>Output y, N×K.</returns>
    /// <exception cref="ArgumentException">z has not two dimensions.</exception>
    /// <remarks>docs/equations/losses.md. ONNX Hardmax. Equal largest scores: the first, a convention.</remarks>
    [Equation("SM-F3")]
    public static Tensor<T> Forward<T>(Tensor<T> z)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("SM-F3", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        var y = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
        {
            int a = K;
            for (int k = 0; k < K; k++)
                if (z[n, k] == z.RowMaximum(n))
                    a = Math.Min(a, k);
            for (int k = 0; k < K; k++)
                y[n, k] = Choosing.One<T>(k == a);
        }
        return y;
    }
}
