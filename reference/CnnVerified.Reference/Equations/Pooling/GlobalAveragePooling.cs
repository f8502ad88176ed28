using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of the whole map.</summary>
public static class GlobalAveragePooling
{
    /// <summary>Global average pooling, forward (PL-F8).</summary>
    /// <param name="x">Input, N×C×H×W, H and W at least 1.</param>
    /// <returns>Output y, N×C.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or its maps are empty.</exception>
    /// <remarks>docs/equations/pooling.md. Lin et al. (2014).</remarks>
    [Equation("PL-F8")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, H, W, _, _, _, _) = PoolingShape.Global("PL-F8", x.Lengths);
        var y = Tensor.CreateFromShape<T>([N, C]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.AdditiveIdentity;
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        sum += x[n, c, i, j];
                y[n, c] = sum / Whole.Of<T>(H * W);
            }
        return y;
    }

    /// <summary>Global average pooling, backward data (PL-B9): the gradient of PL-F8 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F8.</exception>
    /// <remarks>docs/equations/pooling.md. Derived from PL-F8.</remarks>
    [Equation("PL-B9")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int H, int W)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B9", "dy", "N×C", dy.Lengths, 2);
        var (N, C, _, _, _, _, _, _) = PoolingShape.Global("PL-B9", [dy.Lengths[0], dy.Lengths[1], H, W]);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = dy[n, c] / Whole.Of<T>(H * W);
        return dx;
    }
}
