using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Output maps that mix the correlations of all input maps with learned shares; the shares of an output map sum to 1.</summary>
public static class LearnedCombination
{
    /// <summary>Learned combination of maps, forward (CV-F6).</summary>
    /// <param name="x">Input, C×H×W.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="a">Scores, K×C; their softmax is the shares.</param>
    /// <returns>Output y, K×(H−R+1)×(W−S+1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/map-combinations.md. Bouvrie, Notes on Convolutional Neural Networks (2006). The scores are not
    /// shifted.</remarks>
    [Equation("CV-F6")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Tensor<T> a)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("CV-F6", "x", "C×H×W", x.Lengths, 3);
        Lengths.ExpectRank("CV-F6", "w", "C×R×S", w.Lengths, 3);
        Lengths.ExpectRank("CV-F6", "b", "K", b.Lengths, 1);
        var ((C, H, W), (_, R, S), K) = (x.Sizes3(), w.Sizes3(), (int)b.Lengths[0]);
        Lengths.Expect("CV-F6", "w", "C×R×S", w.Lengths, [C, R, S]);
        Lengths.Expect("CV-F6", "a", "K×C", a.Lengths, [K, C]);
        var (P, Q) = Window.Unit.OutputSize(H, W, R, S);
        var alpha = Tensor.CreateFromShape<T>([K, C]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.Zero;
                for (int m = 0; m < C; m++)
                    sum += T.Exp(a[k, m]);
                alpha[k, c] = T.Exp(a[k, c]) / sum;
            }
        var y = Tensor.CreateFromShape<T>([K, P, Q]);
        for (int k = 0; k < K; k++)
            for (int i = 0; i < P; i++)
                for (int j = 0; j < Q; j++)
                {
                    T sum = T.Zero;
                    for (int c = 0; c < C; c++)
                    {
                        T map = T.Zero;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                map += x[c, i + r, j + s] * w[c, r, s];
                        sum += alpha[k, c] * map;
                    }
                    y[k, i, j] = b[k] + sum;
                }
        return y;
    }

    /// <summary>Learned combination of maps, backward data (CV-B20): the gradient of CV-F6 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="alpha">Shares of CV-F6, K×C: the softmax of the rows of a.</param>
    /// <returns>Derivative dx, C×(P+R−1)×(Q+S−1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F6.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F6.</remarks>
    [Equation("CV-B20")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, Tensor<T> alpha)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B20", "dy", "K×P×Q", dy.Lengths, 3);
        Lengths.ExpectRank("CV-B20", "w", "C×R×S", w.Lengths, 3);
        var ((K, P, Q), (C, R, S)) = (dy.Sizes3(), w.Sizes3());
        Lengths.Expect("CV-B20", "alpha", "K×C", alpha.Lengths, [K, C]);
        var (H, W) = (P + R - 1, Q + S - 1);
        _ = Window.Unit.OutputSize(H, W, R, S);   // refuses a dy without rows or columns
        var dx = Tensor.CreateFromShape<T>([C, H, W]);
        for (int c = 0; c < C; c++)
            for (int u = 0; u < H; u++)
                for (int v = 0; v < W; v++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int k = 0; k < K; k++)
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += dy.OrZero(k, u - r, v - s) * alpha[k, c] * w[c, r, s];
                    dx[c, u, v] = sum;
                }
        return dx;
    }

    /// <summary>Learned combination of maps, backward weights (CV-B21): the gradient of CV-F6 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <param name="x">Input, C×H×W.</param>
    /// <param name="alpha">Shares of CV-F6, K×C: the softmax of the rows of a.</param>
    /// <returns>Derivative dw, C×(H−P+1)×(W−Q+1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F6.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F6.</remarks>
    [Equation("CV-B21")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> alpha)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B21", "dy", "K×P×Q", dy.Lengths, 3);
        Lengths.ExpectRank("CV-B21", "x", "C×H×W", x.Lengths, 3);
        var ((K, P, Q), (C, H, W)) = (dy.Sizes3(), x.Sizes3());
        Lengths.Expect("CV-B21", "alpha", "K×C", alpha.Lengths, [K, C]);
        var (R, S) = Window.Unit.OutputSize(H, W, P, Q);
        var dw = Tensor.CreateFromShape<T>([C, R, S]);
        for (int c = 0; c < C; c++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int k = 0; k < K; k++)
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                sum += dy[k, i, j] * alpha[k, c] * x[c, i + r, j + s];
                    dw[c, r, s] = sum;
                }
        return dw;
    }

    /// <summary>Learned combination of maps, backward bias (CV-B22): the gradient of CV-F6 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not three dimensions.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F6.</remarks>
    [Equation("CV-B22")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B22", "dy", "K×P×Q", dy.Lengths, 3);
        var (K, P, Q) = dy.Sizes3();
        var db = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int i = 0; i < P; i++)
                for (int j = 0; j < Q; j++)
                    sum += dy[k, i, j];
            db[k] = sum;
        }
        return db;
    }

    /// <summary>Learned combination of maps, backward scores (CV-B9): the gradient of CV-F6 by a.</summary>
    /// <param name="dy">Derivative of the loss by y, K×P×Q.</param>
    /// <param name="x">Input, C×H×W.</param>
    /// <param name="w">Weights, C×R×S.</param>
    /// <param name="alpha">Shares of CV-F6, K×C: the softmax of the rows of a.</param>
    /// <returns>Derivative da, K×C.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F6.</exception>
    /// <remarks>docs/equations/map-combinations.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("CV-B9")]
    public static Tensor<T> BackwardScores<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> w, Tensor<T> alpha)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B9", "x", "C×H×W", x.Lengths, 3);
        Lengths.ExpectRank("CV-B9", "w", "C×R×S", w.Lengths, 3);
        Lengths.ExpectRank("CV-B9", "dy", "K×P×Q", dy.Lengths, 3);
        var ((C, H, W), (_, R, S), (K, _, _)) = (x.Sizes3(), w.Sizes3(), dy.Sizes3());
        Lengths.Expect("CV-B9", "w", "C×R×S", w.Lengths, [C, R, S]);
        Lengths.Expect("CV-B9", "alpha", "K×C", alpha.Lengths, [K, C]);
        var (P, Q) = Window.Unit.OutputSize(H, W, R, S);
        Lengths.Expect("CV-B9", "dy", "K×P×Q", dy.Lengths, [K, P, Q]);
        var dalpha = Tensor.CreateFromShape<T>([K, C]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.AdditiveIdentity;
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += dy[k, i, j] * x[c, i + r, j + s] * w[c, r, s];
                dalpha[k, c] = sum;
            }
        var da = Tensor.CreateFromShape<T>([K, C]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.AdditiveIdentity;
                for (int m = 0; m < C; m++)
                    sum += alpha[k, m] * dalpha[k, m];
                da[k, c] = alpha[k, c] * (dalpha[k, c] - sum);
            }
        return da;
    }
}
