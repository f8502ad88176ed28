using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Batch normalisation at inference: the running mean and variance are constants.</summary>
public static class InferenceNormalisation
{
    /// <summary>Batch normalisation, inference, forward (NM-F2).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="beta">Shift, C.</param>
    /// <param name="ma">Running mean, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Output y, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or a vector is not C.</exception>
    /// <remarks>docs/equations/normalisation.md. Ioffe and Szegedy, Batch Normalization (2015), Algorithm 2.</remarks>
    [Equation("NM-F2")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> gamma, Tensor<T> beta, Tensor<T> ma, Tensor<T> va, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-F2", "x", "N×C×H×W", x.Lengths, 4);
        var (N, C, H, W) = x.Sizes4();
        Lengths.Expect("NM-F2", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-F2", "beta", "C", beta.Lengths, [C]);
        Lengths.Expect("NM-F2", "ma", "C", ma.Lengths, [C]);
        Lengths.Expect("NM-F2", "va", "C", va.Lengths, [C]);
        var y = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        y[n, c, i, j] = gamma[c] * (x[n, c, i, j] - ma[c]) / T.Sqrt(va[c] + eps) + beta[c];
        return y;
    }

    /// <summary>Batch normalisation, inference, backward data (NM-B5): the gradient of NM-F2 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="gamma">Scale, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions, or a vector is not C.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F2.</remarks>
    [Equation("NM-B5")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> gamma, Tensor<T> va, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B5", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B5", "gamma", "C", gamma.Lengths, [C]);
        Lengths.Expect("NM-B5", "va", "C", va.Lengths, [C]);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = dy[n, c, i, j] * gamma[c] / T.Sqrt(va[c] + eps);
        return dx;
    }

    /// <summary>Batch normalisation, inference, backward scale (NM-B9): the gradient of NM-F2 by gamma.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="ma">Running mean, C.</param>
    /// <param name="va">Running variance, C, not negative.</param>
    /// <param name="eps">What is added to the variance, above 0.</param>
    /// <returns>Derivative dgamma, C.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F2.</remarks>
    [Equation("NM-B9")]
    public static Tensor<T> BackwardScale<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> ma, Tensor<T> va, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("NM-B9", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B9", "x", "N×C×H×W", x.Lengths, dy.Lengths);
        Lengths.Expect("NM-B9", "ma", "C", ma.Lengths, [C]);
        Lengths.Expect("NM-B9", "va", "C", va.Lengths, [C]);
        var dgamma = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += dy[n, c, i, j] * (x[n, c, i, j] - ma[c]) / T.Sqrt(va[c] + eps);
            dgamma[c] = sum;
        }
        return dgamma;
    }

    /// <summary>Batch normalisation, inference, backward shift (NM-B10): the gradient of NM-F2 by beta.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <returns>Derivative dbeta, C.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F2.</remarks>
    [Equation("NM-B10")]
    public static Tensor<T> BackwardShift<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B10", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        var dbeta = Tensor.CreateFromShape<T>([C]);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += dy[n, c, i, j];
            dbeta[c] = sum;
        }
        return dbeta;
    }
}
