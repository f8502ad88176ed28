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
        Head(Block(Block(x, p[0], p[1], p[2]).P, p[3], p[4], p[5]).P, p[6], p[7], h, u).Loss;

    /// <summary>Loss and its gradient by every parameter on one batch.</summary>
    /// <param name="p">Parameters.</param>
    /// <param name="x">Scaled images, N×1×28×28.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="u">What dropout drew from [0, 1), N×1568.</param>
    /// <returns>The loss, the gradients in the order of the parameters, and mean and variance of each batch normalisation.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (T Loss, Tensor<T>[] Gradients, Tensor<T>[] Statistics) Gradient<T>(Tensor<T>[] p, Tensor<T> x, Tensor<T> h, Tensor<T> u)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var first = Block(x, p[0], p[1], p[2]);
        var second = Block(first.P, p[3], p[4], p[5]);
        var (loss, dp4, dw, db) = Head(second.P, p[6], p[7], h, u);
        var (dp2, dw3, dgamma3, dbeta3) = BlockBackward(dp4, second, first.P, p[3], p[4]);
        var (_, dw1, dgamma1, dbeta1) = BlockBackward(dp2, first, x, p[0], p[1]);
        return (loss, [dw1, dgamma1, dbeta1, dw3, dgamma3, dbeta3, dw, db], [first.Mu, first.V, second.Mu, second.V]);
    }

    /// <summary>What a block computes in training: convolution, batch normalisation, rectifier, max pooling.</summary>
    /// <param name="Mu">Mean of each channel.</param>
    /// <param name="V">Its variance.</param>
    /// <param name="Xhat">Normalised.</param>
    /// <param name="Y">Scaled and shifted: what the rectifier chooses by.</param>
    /// <param name="A">Behind the rectifier: what max pooling chooses by.</param>
    /// <param name="P">The result.</param>
    /// <typeparam name="T">The number type.</typeparam>
    public sealed record BlockValues<T>(Tensor<T> Mu, Tensor<T> V, Tensor<T> Xhat, Tensor<T> Y, Tensor<T> A, Tensor<T> P);

    /// <summary>A block in training: CV-F1, NM-F1, AC-F4, PL-F1.</summary>
    /// <param name="x">Input, N×C×H×W, H and W even.</param>
    /// <param name="w">Weights, K×C×3×3.</param>
    /// <param name="gamma">Scale, K.</param>
    /// <param name="beta">Shift, K.</param>
    /// <returns>What it computes.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static BlockValues<T> Block<T>(Tensor<T> x, Tensor<T> w, Tensor<T> gamma, Tensor<T> beta)
        where T : IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        T eps = Constants<T>.Default.Eps;
        var c = Convolve(x, w);
        var (mu, v, xhat) = Statistics(c, eps);
        var y = BatchNormalisation.Forward(c, gamma, beta, eps);
        var a = Each(Rectifier.Forward, y);
        return new(mu, v, xhat, y, a, MaxPooling.Forward(a, 2, 2, Halving));
    }

    /// <summary>Back through a block: PL-B1, AC-B4, NM-B1 to NM-B3, CV-B1, CV-B2.</summary>
    /// <param name="dp">Derivative of the loss by the block's result.</param>
    /// <param name="values">What the block computed.</param>
    /// <param name="x">Its input.</param>
    /// <param name="w">Its weights.</param>
    /// <param name="gamma">Its scale.</param>
    /// <returns>Derivatives by input, weights, scale and shift.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (Tensor<T> Dx, Tensor<T> Dw, Tensor<T> Dgamma, Tensor<T> Dbeta) BlockBackward<T>(Tensor<T> dp, BlockValues<T> values, Tensor<T> x,
        Tensor<T> w, Tensor<T> gamma)
        where T : IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        var da = MaxPooling.BackwardData(dp, values.A, values.P, 2, 2, Halving);
        var dy = Each(Rectifier.BackwardData, da, values.Y);
        var dc = BatchNormalisation.BackwardData(dy, gamma, values.Xhat, values.V, Constants<T>.Default.Eps);
        return (Convolution.BackwardData(dc, w, (int)x.Lengths[2], (int)x.Lengths[3], Padded), Convolution.BackwardWeights(dc, x, 3, 3, Padded),
            BatchNormalisation.BackwardScale(dy, values.Xhat), BatchNormalisation.BackwardShift(dy));
    }

    /// <summary>The last layers in training, and back: FL-F1, NM-F5, FC-F1, LS-F1.</summary>
    /// <param name="p">Result of the second block, N×32×7×7.</param>
    /// <param name="w">Weights, 10×1568.</param>
    /// <param name="b">Bias, 10.</param>
    /// <param name="h">Target weights, N×10.</param>
    /// <param name="u">What dropout drew from [0, 1), N×1568.</param>
    /// <returns>The loss and its derivatives by p, w and b.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (T Loss, Tensor<T> Dp, Tensor<T> Dw, Tensor<T> Db) Head<T>(Tensor<T> p, Tensor<T> w, Tensor<T> b, Tensor<T> h, Tensor<T> u)
        where T : IExponentialFunctions<T>, ILogarithmicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        T keep = Constants<T>.Default.Keep;
        var row = Dropout.Forward(Rasterisation.Forward(p), u, keep);
        var z = FullyConnected.Forward(row, w, b);
        var dz = CrossEntropy.BackwardData(LogSoftmax.Forward(z), h);
        var dp = Rasterisation.BackwardData(Dropout.BackwardData(FullyConnected.BackwardData(dz, w), u, keep), 32, 7, 7);
        return (CrossEntropy.Forward(z, h)[0], dp, FullyConnected.BackwardWeights(dz, row), FullyConnected.BackwardBias(dz));
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
        var (loss, gradients, statistics) = Gradient(p, x, h, u);
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
}
