using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of each of P times Q windows of nearly equal size that cover the map.</summary>
public static class AdaptiveAveragePooling
{
    /// <summary>Adaptive average pooling, forward (PL-F12).</summary>
    /// <param name="x">Input, N×C×H×W, H and W at least 1.</param>
    /// <param name="P">Output rows; windows overlap where P does not divide H.</param>
    /// <param name="Q">Output columns.</param>
    /// <returns>Output y, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, its maps are empty, or P or Q is below 1.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Framework documentation.</remarks>
    [Equation("PL-F12")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int P, int Q)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, H, W, _, _, _, _) = PoolingShape.Adaptive("PL-F12", x.Lengths, P, Q);
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int u = i * H / P; u < Adaptive.Ceiling((i + 1) * H, P); u++)
                            for (int v = j * W / Q; v < Adaptive.Ceiling((j + 1) * W, Q); v++)
                                sum += x[n, c, u, v];
                        y[n, c, i, j] = sum / Whole.Of<T>(Count(i, j, H, W, P, Q));
                    }
        return y;
    }

    /// <summary>Adaptive average pooling, backward data (PL-B12): the gradient of PL-F12 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F12.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Derived from PL-F12.</remarks>
    [Equation("PL-B12")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int H, int W)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B12", "dy", "N×C×P×Q", dy.Lengths, 4);
        var (N, C, _, _, _, _, P, Q) = PoolingShape.Adaptive("PL-B12", [dy.Lengths[0], dy.Lengths[1], H, W], (int)dy.Lengths[2], (int)dy.Lengths[3]);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                if (i * H / P <= u && u < Adaptive.Ceiling((i + 1) * H, P) && j * W / Q <= v && v < Adaptive.Ceiling((j + 1) * W, Q))
                                    sum += dy[n, c, i, j] / Whole.Of<T>(Count(i, j, H, W, P, Q));
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    // cnt[i,j] of PL-F12.
    private static int Count(int i, int j, int H, int W, int P, int Q) =>
        (Adaptive.Ceiling((i + 1) * H, P) - i * H / P) * (Adaptive.Ceiling((j + 1) * W, Q) - j * W / Q);
}
