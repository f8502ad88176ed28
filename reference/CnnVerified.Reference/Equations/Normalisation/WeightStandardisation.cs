using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Weight standardisation: mean and variance of each filter's weights.</summary>
public static class WeightStandardisation
{
    /// <summary>Weight standardisation, forward (NM-F10).</summary>
    /// <param name="w">Weights, K×C×R×S, more than one in a filter.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Standardised weights wn, K×C×R×S.</returns>
    /// <exception cref="ArgumentException">w has not four dimensions.</exception>
    /// <remarks>docs/equations/normalisation.md. Qiao, Wang, Liu, Shen and Yuille, Micro-Batch Training with Batch-Channel Normalization and
    /// Weight Standardization (2019).</remarks>
    [Equation("NM-F10")]
    public static Tensor<T> Forward<T>(Tensor<T> w, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-F10", "w", "K×C×R×S", w.Lengths, 4);
        var (K, C, R, S) = w.Sizes4();
        Tensor<T> mu = Tensor.CreateFromShape<T>([K]), v = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        sum += w[k, c, r, s];
            mu[k] = sum / Whole.Of<T>(C * R * S);
        }
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        sum += (w[k, c, r, s] - mu[k]) * (w[k, c, r, s] - mu[k]);
            v[k] = sum / Whole.Of<T>(C * R * S);
        }
        var wn = Tensor.CreateFromShape<T>([K, C, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        wn[k, c, r, s] = (w[k, c, r, s] - mu[k]) / T.Sqrt(v[k] + eps);
        return wn;
    }

    /// <summary>Weight standardisation, backward weights (NM-B22): the gradient of NM-F10 by w.</summary>
    /// <param name="dwn">Derivative of the loss by wn, K×C×R×S.</param>
    /// <param name="wn">Output of NM-F10, K×C×R×S.</param>
    /// <param name="v">Variance of NM-F10, K.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dw, K×C×R×S.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F10.</remarks>
    [Equation("NM-B22")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dwn, Tensor<T> wn, Tensor<T> v, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B22", "dwn", "K×C×R×S", dwn.Lengths, 4);
        var (K, C, R, S) = dwn.Sizes4();
        Lengths.Expect("NM-B22", "wn", "K×C×R×S", wn.Lengths, dwn.Lengths);
        Lengths.Expect("NM-B22", "v", "K", v.Lengths, [K]);
        var dw = Tensor.CreateFromShape<T>([K, C, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        T mean = T.AdditiveIdentity, along = T.AdditiveIdentity;
                        for (int m = 0; m < C; m++)
                            for (int p = 0; p < R; p++)
                                for (int q = 0; q < S; q++)
                                {
                                    mean += dwn[k, m, p, q] / Whole.Of<T>(C * R * S);
                                    along += dwn[k, m, p, q] * wn[k, m, p, q] / Whole.Of<T>(C * R * S);
                                }
                        dw[k, c, r, s] = (dwn[k, c, r, s] - mean - wn[k, c, r, s] * along) / T.Sqrt(v[k] + eps);
                    }
        return dw;
    }
}
