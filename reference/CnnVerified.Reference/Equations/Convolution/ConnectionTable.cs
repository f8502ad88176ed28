using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Convolution whose filters see only the maps that a table connects them to.</summary>
/// <remarks>The table of LeNet-5 is <see cref="ConnectionTables.LeNet5C3"/>.</remarks>
public static class ConnectionTable
{
    /// <summary>Convolution with a connection table, forward (CV-F4).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×C×R×S; those of unconnected pairs are not read.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <returns>Output y, N×K×(H−R+1)×(W−S+1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or M holds another number.</exception>
    /// <remarks>docs/equations/map-combinations.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), section II.B and Table I.</remarks>
    [Equation("CV-F4")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Tensor<int> M)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var (N, C, _, _, K, R, S, P, Q) = ConvolutionShape.Of("CV-F4", x.Lengths, w.Lengths, Window.Unit);
        Lengths.Expect("CV-F4", "b", "K", b.Lengths, [K]);
        ConnectionTables.Expect("CV-F4", M.Lengths, [.. M], K, C);
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
                                        sum += x[n, c, i + r, j + s] * w[k, c, r, s];
                        y[n, k, i, j] = b[k] + sum;
                    }
        return y;
    }

    /// <summary>Convolution with a connection table, backward data (CV-B6): the gradient of CV-F4 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="w">Weights, K×C×R×S; those of unconnected pairs are not read.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <returns>Derivative dx, N×C×(P+R−1)×(Q+S−1).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F4, or M holds another number.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F4.</remarks>
    [Equation("CV-B6")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> w, Tensor<int> M)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B6", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B6", "w", "K×C×R×S", w.Lengths, 4);
        var ((N, K, P, Q), (_, C, R, S)) = (dy.Sizes4(), w.Sizes4());
        Lengths.Expect("CV-B6", "w", "K×C×R×S", w.Lengths, [K, C, R, S]);
        ConnectionTables.Expect("CV-B6", M.Lengths, [.. M], K, C);
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
                                        sum += dy.OrZero(n, k, u - r, v - s) * w[k, c, r, s];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    /// <summary>Convolution with a connection table, backward weights (CV-B7): the gradient of CV-F4 by w.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="M">Table, K×C, of 0 and 1.</param>
    /// <returns>Derivative dw, K×C×(H−P+1)×(W−Q+1); 0 for unconnected pairs.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F4, or M holds another number.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F4.</remarks>
    [Equation("CV-B7")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> dy, Tensor<T> x, Tensor<int> M)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B7", "dy", "N×K×P×Q", dy.Lengths, 4);
        Lengths.ExpectRank("CV-B7", "x", "N×C×H×W", x.Lengths, 4);
        var ((N, K, P, Q), (_, C, H, W)) = (dy.Sizes4(), x.Sizes4());
        Lengths.Expect("CV-B7", "x", "N×C×H×W", x.Lengths, [N, C, H, W]);
        ConnectionTables.Expect("CV-B7", M.Lengths, [.. M], K, C);
        var (R, S) = Window.Unit.OutputSize(H, W, P, Q);
        var dw = Tensor.CreateFromShape<T>([K, C, R, S]);
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
                for (int r = 0; r < R; r++)
                    for (int s = 0; s < S; s++)
                    {
                        T sum = T.AdditiveIdentity;
                        if (M[k, c] == 1)
                            for (int n = 0; n < N; n++)
                                for (int i = 0; i < P; i++)
                                    for (int j = 0; j < Q; j++)
                                        sum += dy[n, k, i, j] * x[n, c, i + r, j + s];
                        dw[k, c, r, s] = sum;
                    }
        return dw;
    }

    /// <summary>Convolution with a connection table, backward bias (CV-B17): the gradient of CV-F4 by b.</summary>
    /// <param name="dy">Derivative of the loss by y, N×K×P×Q.</param>
    /// <returns>Derivative db, K.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions.</exception>
    /// <remarks>docs/equations/map-combinations.md. Derived from CV-F4.</remarks>
    [Equation("CV-B17")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> dy)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("CV-B17", "dy", "N×K×P×Q", dy.Lengths, 4);
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
