using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Equations;
using CnnVerified.Reference.Numbers;
using static CnnVerified.Reference.Networks.Vectors;

namespace CnnVerified.Reference.Networks;

/// <summary>A network of today's parts, put together from the reference equations: 16@3×3 and 32@3×3, each with batch normalisation, rectifier and max
/// pooling 2×2; dropout; 10; softmax with cross-entropy; Adam.</summary>
/// <remarks>x is N×1×28×28; the parameters come in the order of <see cref="ParameterShapes"/>. The convolutions have no bias: batch
/// normalisation would take it away again.</remarks>
public static class Modern
{
    private static readonly Window Padded = new() { Ph = 1, Pw = 1 }, Halving = new() { Sh = 2, Sw = 2 };

    /// <summary>Shapes of C1.w, N1.gamma, N1.beta, C3.w, N3.gamma, N3.beta, output.w, output.b.</summary>
    public static IReadOnlyList<nint[]> ParameterShapes { get; } = [[16, 1, 3, 3], [16], [16], [32, 16, 3, 3], [32], [32], [10, 32 * 7 * 7], [10]];

    /// <summary>What the equations hold fixed.</summary>
    /// <param name="Keep">Probability that dropout keeps an element.</param>
    /// <param name="Eps">What is added to a variance.</param>
    /// <param name="Rho">Share of the new values in the running statistics.</param>
    /// <typeparam name="T">The number type.</typeparam>
    public readonly record struct Constants<T>(T Keep, T Eps, T Rho) where T : INumberBase<T>
    {
        /// <summary>1/2, 1e-5 and 0.1, as the nearest binary32 numbers: the same in every number type.</summary>
        public static Constants<T> Default => new(T.CreateChecked(0.5f), T.CreateChecked(1e-5f), T.CreateChecked(0.1f));
    }

    /// <summary>What the choices of a training pass look at: inputs of the rectifiers, and of max pooling.</summary>
    /// <param name="N1">Output of the first batch normalisation.</param>
    /// <param name="N3">Output of the second one.</param>
    /// <typeparam name="T">The number type.</typeparam>
    public sealed record Choices<T>(Tensor<T> N1, Tensor<T> N3);

    /// <summary>Scores of a batch in inference, with the running statistics.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="r">Running mean and variance of the first batch normalisation, then of the second.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <returns>Scores z, N×10.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor<T> Scores<T>(Tensor<T>[] p, Tensor<T>[] r, Tensor<T> x)
        where T : IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        T eps = Constants<T>.Default.Eps;
        var a1 = Each(Rectifier.Forward, InferenceNormalisation.Forward(Convolve(x, p[0]), p[1], p[2], r[0], r[1], eps));
        var p2 = MaxPooling.Forward(a1, 2, 2, Halving);
        var a3 = Each(Rectifier.Forward, InferenceNormalisation.Forward(Convolve(p2, p[3]), p[4], p[5], r[2], r[3], eps));
        var p4 = MaxPooling.Forward(a3, 2, 2, Halving);
        return FullyConnected.Forward(Rasterisation.Forward(p4), p[6], p[7]);
    }

    /// <summary>Loss of a batch in training.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="u">What dropout drew from [0, 1), N×1568.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static T Loss<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> h, Tensor<T> u)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IRootFunctions<T>, IComparisonOperators<T, T, bool> =>
        CrossEntropy.Forward(Forward(p, x, u).Z, h)[0];

    /// <summary>Loss and its gradient by every parameter on one batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="u">What dropout drew from [0, 1), N×1568.</param>
    /// <returns>The loss, the gradients in the order of the parameters, mean and variance of each batch normalisation, and what was chosen by.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (T Loss, Tensor<T>[] Gradients, Tensor<T>[] Statistics, Choices<T> Choices) Gradient<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> h, Tensor<T> u)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (keep, eps, _) = Constants<T>.Default;
        var f = Forward(p, x, u);
        T loss = CrossEntropy.Forward(f.Z, h)[0];

        var dz = CrossEntropy.BackwardData(LogSoftmax.Forward(f.Z), h);
        var drow = Dropout.BackwardData(FullyConnected.BackwardData(dz, p[6]), u, keep);
        var da3 = MaxPooling.BackwardData(Rasterisation.BackwardData(drow, 32, 7, 7), f.A3, f.P4, 2, 2, Halving);
        var dn3 = Each(Rectifier.BackwardData, da3, f.N3);
        var dc3 = BatchNormalisation.BackwardData(dn3, p[4], f.Xhat3, f.V3, eps);
        var dp2 = Convolution.BackwardData(dc3, p[3], 14, 14, Padded);
        var da1 = MaxPooling.BackwardData(dp2, f.A1, f.P2, 2, 2, Halving);
        var dn1 = Each(Rectifier.BackwardData, da1, f.N1);
        var dc1 = BatchNormalisation.BackwardData(dn1, p[1], f.Xhat1, f.V1, eps);
        return (loss,
        [
            Convolution.BackwardWeights(dc1, x, 3, 3, Padded), BatchNormalisation.BackwardScale(dn1, f.Xhat1), BatchNormalisation.BackwardShift(dn1),
            Convolution.BackwardWeights(dc3, f.P2, 3, 3, Padded), BatchNormalisation.BackwardScale(dn3, f.Xhat3), BatchNormalisation.BackwardShift(dn3),
            FullyConnected.BackwardWeights(dz, f.Row), FullyConnected.BackwardBias(dz),
        ], [f.Mu1, f.V1, f.Mu3, f.V3], new(f.N1, f.N3));
    }

    /// <summary>One training step on one batch: <see cref="Gradient{T}"/>, then OP-7 on every parameter and NM-U1 on the running statistics.</summary>
    /// <param name="p">Parameters; replaced by the new ones.</param>
    /// <param name="m">Means of the gradient, of the same shapes; replaced.</param>
    /// <param name="v">Means of its square, of the same shapes; replaced.</param>
    /// <param name="r">Running mean and variance of the first batch normalisation, then of the second; replaced.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="u">What dropout drew from [0, 1), N×1568.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="t">Steps so far, this one included.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static T Step<T>(Tensor<T>[] p, Tensor<T>[] m, Tensor<T>[] v, Tensor<T>[] r, Tensor<T> x, Tensor<T> h, Tensor<T> u, T eta, T t)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IRootFunctions<T>, IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (loss, gradients, statistics, _) = Gradient(p, x, h, u);
        for (int l = 0; l < p.Length; l++)
        {
            var (wnew, mnew, vnew) = Adam.Step(Row(p[l]), Row(gradients[l]), Row(m[l]), Row(v[l]), eta,
                T.CreateChecked(0.9f), T.CreateChecked(0.999f), T.CreateChecked(1e-8f), t);
            (p[l], m[l], v[l]) = (As(wnew, p[l].Lengths), As(mnew, m[l].Lengths), As(vnew, v[l].Lengths));
        }
        int N = (int)x.Lengths[0];
        (r[0], r[1]) = RunningStatistics.Step(r[0], r[1], statistics[0], statistics[1], Constants<T>.Default.Rho, N * 28 * 28);
        (r[2], r[3]) = RunningStatistics.Step(r[2], r[3], statistics[2], statistics[3], Constants<T>.Default.Rho, N * 14 * 14);
        return loss;
    }

    private static Values<T> Forward<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> u)
        where T : IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var (keep, eps, _) = Constants<T>.Default;
        var c1 = Convolve(x, p[0]);
        var (mu1, v1, xhat1) = Statistics(c1, eps);
        var n1 = BatchNormalisation.Forward(c1, p[1], p[2], eps);
        var a1 = Each(Rectifier.Forward, n1);
        var p2 = MaxPooling.Forward(a1, 2, 2, Halving);
        var c3 = Convolve(p2, p[3]);
        var (mu3, v3, xhat3) = Statistics(c3, eps);
        var n3 = BatchNormalisation.Forward(c3, p[4], p[5], eps);
        var a3 = Each(Rectifier.Forward, n3);
        var p4 = MaxPooling.Forward(a3, 2, 2, Halving);
        var row = Dropout.Forward(Rasterisation.Forward(p4), u, keep);
        var z = FullyConnected.Forward(row, p[6], p[7]);
        return new(mu1, v1, xhat1, n1, a1, p2, mu3, v3, xhat3, n3, a3, p4, row, z);
    }

    private static Tensor<T> Convolve<T>(Tensor<T> x, Tensor<T> w)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T> =>
        Convolution.Forward(x, w, Constant(w.Lengths[0], T.AdditiveIdentity), Padded);

    private static Tensor<T> Constant<T>(nint count, T value) => Tensor.Create([.. Enumerable.Repeat(value, (int)count)], [count]);

    // The lines mu, v and xhat of NM-F1.
    private static (Tensor<T> Mu, Tensor<T> V, Tensor<T> Xhat) Statistics<T>(Tensor<T> x, T eps) where T : IRootFunctions<T>
    {
        var (N, C, H, W) = ((int)x.Lengths[0], (int)x.Lengths[1], (int)x.Lengths[2], (int)x.Lengths[3]);
        Tensor<T> mu = Tensor.CreateFromShape<T>([C]), v = Tensor.CreateFromShape<T>([C]), xhat = Tensor.CreateFromShape<T>(x.Lengths);
        T M = Whole.Of<T>(N * H * W);
        for (int c = 0; c < C; c++)
        {
            T sum = T.AdditiveIdentity, squares = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += x[n, c, i, j];
            mu[c] = sum / M;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        squares += (x[n, c, i, j] - mu[c]) * (x[n, c, i, j] - mu[c]);
            v[c] = squares / M;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        xhat[n, c, i, j] = (x[n, c, i, j] - mu[c]) / T.Sqrt(v[c] + eps);
        }
        return (mu, v, xhat);
    }

    private sealed record Values<T>(Tensor<T> Mu1, Tensor<T> V1, Tensor<T> Xhat1, Tensor<T> N1, Tensor<T> A1, Tensor<T> P2,
        Tensor<T> Mu3, Tensor<T> V3, Tensor<T> Xhat3, Tensor<T> N3, Tensor<T> A3, Tensor<T> P4, Tensor<T> Row, Tensor<T> Z);
}
