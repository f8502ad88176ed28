using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>One kernel for each output map, run backwards over every map that a table connects it to.</summary>
public static class SharedKernel
{
    /// <summary>Shared-kernel map combination, forward (CV-F5).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <returns>Output y, N×K×(H−R+1)×(W−S+1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or M holds another number.</exception>
    /// <remarks>docs/equations/map-combinations.md. Moonshile/CNN at 609289a, convolution layer.</remarks>
    [Equation("CV-F5")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Tensor<int> M)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-F5", "x", "N×C×H×W", x.Lengths, 4);
        Lengths.ExpectRank("CV-F5", "w", "K×R×S", w.Lengths, 3);
        var ((N, C, H, W), (K, R, S)) = (x.Sizes4(), w.Sizes3());
        Lengths.Expect("CV-F5", "b", "K", b.Lengths, [K]);
        ConnectionTables.Expect("CV-F5", M.Lengths, [.. M], K, C);
        var (P, Q) = Window.Unit.OutputSize(H, W, R, S);
        var y = Tensor.CreateFromShape<T>([N, K, P, Q]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int c = 0; c < C; c++)
                            if (M[k, c] == 1)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        sum += x[n, c, i + R - 1 - r, j + S - 1 - s] * w[k, r, s];
                        y[n, k, i, j] = b[k] + sum;
                    }
        return y;
    }

    /// <summary>Shared-kernel map combination, backward data (CV-B18): the gradient of CV-F5 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×R×S.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <returns>Derivative dx, N×C×(P+R−1)×(Q+S−1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F5, or M holds another number.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F5.</remarks>
    [Equation("CV-B18")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, Tensor<int> M)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B18", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B18", "w", "K×R×S", w.Lengths, 3);
        Lengths.ExpectRank("CV-B18", "M", "K×C", M.Lengths, 2);
        var ((N, K, P, Q), (_, R, S), (_, C)) = (dy.Sizes4(), w.Sizes3(), M.Sizes2());
        Lengths.Expect("CV-B18", "w", "K×R×S", w.Lengths, [K, R, S]);
        ConnectionTables.Expect("CV-B18", M.Lengths, [.. M], K, C);
        var (H, W) = (P + R - 1, Q + S - 1);
        _ = Window.Unit.OutputSize(H, W, R, S);   // refuses a dy without rows or columns
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int k = 0; k < K; k++)
                            if (M[k, c] == 1)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        sum += dy.OrZero(n, k, u - (R - 1) + r, v - (S - 1) + s) * w[k, r, s];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    /// <summary>Shared-kernel map combination, backward weights (CV-B8): the gradient of CV-F5 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <returns>Derivative dw, K×(H−P+1)×(W−Q+1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F5, or M holds another number.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F5.</remarks>
    [Equation("CV-B8")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, Tensor<int> M)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B8", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B8", "x", "N×C×H×W", x.Lengths, 4);
        var ((N, K, P, Q), (_, C, H, W)) = (dy.Sizes4(), x.Sizes4());
        Lengths.Expect("CV-B8", "x", "N×C×H×W", x.Lengths, [N, C, H, W]);
        ConnectionTables.Expect("CV-B8", M.Lengths, [.. M], K, C);
        var (R, S) = Window.Unit.OutputSize(H, W, P, Q);
        var dw = Tensor.CreateFromShape<T>([K, R, S]);
        for (int k = 0; k < K; k++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int c = 0; c < C; c++)
                        if (M[k, c] == 1)
                            for (int n = 0; n < N; n++)
                                for (int i = 0; i < P; i++)
                                    for (int j = 0; j < Q; j++)
                                        sum += dy[n, k, i, j] * x[n, c, i + R - 1 - r, j + S - 1 - s];
                    dw[k, r, s] = sum;
                }
        return dw;
    }

    /// <summary>Shared-kernel map combination, backward bias (CV-B19): the gradient of CV-F5 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F5.</remarks>
    [Equation("CV-B19")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B19", "dy", "N×K×P×Q", dy.Lengths, 4);
        var (N, K, P, Q) = dy.Sizes4();
        var db = Tensor.CreateFromShape<T>([K]);
        for (int k = 0; k < K; k++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        sum += dy[n, k, i, j];
            db[k] = sum;
        }
        return db;
    }
}
