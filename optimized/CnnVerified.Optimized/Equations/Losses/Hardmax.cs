using System.Numerics.Tensors;

namespace CnnVerified.Optimized.Equations;

/// <summary>The twin of the reference's Hardmax. The output may be the input's own memory.</summary>
public static class Hardmax
{
    /// <summary>Hardmax (SM-F3).</summary>
    /// <param name="z">Scores, N×K, K ≥ 1; no NaN.</param>
    /// <param name="y">1 for the first largest score of each row, else 0, N×K; every element is written.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a tensor has gaps.</exception>
    [Equation("SM-F3")]
    public static void Forward(in ReadOnlyTensorSpan<float> z, in TensorSpan<float> y)
    {
        Lengths.ExpectRank("SM-F3", "z", "N×K", z.Lengths, 2);
        Contract.Dense("SM-F3", "z", z);
        Contract.Shape("SM-F3", "y", "N×K", y, z.Lengths);
        int N = (int)z.Lengths[0], K = (int)z.Lengths[1];
        for (int n = 0; n < N; n++)
        {
            int a = 0;
            for (int k = 1; k < K; k++)
                if (z[n, k] > z[n, a])
                    a = k;
            for (int k = 0; k < K; k++)
                y[n, k] = k == a ? 1 : 0;
        }
    }
}
