using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>A convolution and the batch normalisation after it as one convolution.</summary>
public static class Folding
{
    /// <summary>Folding batch normalisation into a convolution (NM-I1): the side y2, by the folded weights and bias.</summary>
    /// <param name="x">Input, C×H×W.</param>
    /// <param name="w">Weights, K×C×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="gamma">Scale, K.</param>
    /// <param name="beta">Shift, K.</param>
    /// <param name="ma">Running mean, K.</param>
    /// <param name="va">Running variance, K, not negative.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Output y2, K×P×Q.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or no window fits.</exception>
    /// <remarks>docs/equations/normalisation.md. Jacob et al., Quantization and Training of Neural Networks for Efficient
    /// Integer-Arithmetic-Only Inference (2018).</remarks>
    [Equation("NM-I1")]
    public static Tensor<T> Convolution<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Tensor<T> gamma, Tensor<T> beta, Tensor<T> ma, Tensor<T> va, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-I1", "x", "C×H×W", x.Lengths, 3);
        Lengths.ExpectRank("NM-I1", "w", "K×C×R×S", w.Lengths, 4);
        var (C, H, W) = ((int)x.Lengths[0], (int)x.Lengths[1], (int)x.Lengths[2]);
        var (K, _, R, S) = w.Sizes4();
        Lengths.Expect("NM-I1", "w", "K×C×R×S", w.Lengths, [K, C, R, S]);
        Lengths.Expect("NM-I1", "b", "K", b.Lengths, [K]);
        Lengths.Expect("NM-I1", "gamma", "K", gamma.Lengths, [K]);
        Lengths.Expect("NM-I1", "beta", "K", beta.Lengths, [K]);
        Lengths.Expect("NM-I1", "ma", "K", ma.Lengths, [K]);
        Lengths.Expect("NM-I1", "va", "K", va.Lengths, [K]);
        if (R > H || S > W)
            throw new ArgumentException($"w expects R×S within H×W but is {Lengths.Text(w.Lengths)}, x {Lengths.Text(x.Lengths)}; NM-I1. " +
                "(Parameter 'w')");
        int P = H - R + 1, Q = W - S + 1;
        var wf = Tensor.CreateFromShape<T>([K, C, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                        wf[k, c, r, s] = w[k, c, r, s] * gamma[k] / T.Sqrt(va[k] + eps);
        var bf = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
            bf[k] = beta[k] + (b[k] - ma[k]) * gamma[k] / T.Sqrt(va[k] + eps);
        var y2 = Tensor.CreateFromShape<T>([K, P, Q]);
        for (int k = 0; k < K; k++)
            for (int i = 0; i < P; i++)
                for (int j = 0; j < Q; j++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int c = 0; c < C; c++)
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += x[c, i + r, j + s] * wf[k, c, r, s];
                    y2[k, i, j] = bf[k] + sum;
                }
        return y2;
    }
}
