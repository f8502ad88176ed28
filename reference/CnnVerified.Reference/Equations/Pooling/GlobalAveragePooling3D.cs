using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of the whole volume.</summary>
public static class GlobalAveragePooling3D
{
    /// <summary>Global average pooling in three dimensions, forward (PL-F29).</summary>
    /// <param name="x">Input, N×C×D×H×W, volumes not empty.</param>
    /// <returns>Output y, N×C.</returns>
    /// <exception cref="ArgumentException">x has not five dimensions, or its volumes are empty.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Lin et al. (2014), for three axes.</remarks>
    [Equation("PL-F29")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, D, H, W, _, _, _, _, _, _) = PoolingShape3.Global("PL-F29", x.Lengths);
        var y = Tensor.CreateFromShape<T>([N, C]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.AdditiveIdentity;
                for (int d = 0; d < D; d++)
                    for (int u = 0; u < H; u++)
                        for (int v = 0; v < W; v++)
                            sum += x[n, c, d, u, v];
                y[n, c] = sum / Whole.Of<T>(D * H * W);
            }
        return y;
    }

    /// <summary>Global average pooling in three dimensions, backward data (PL-B29): the gradient of PL-F29 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="D">Frames of x.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <returns>Derivative dx, N×C×D×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F29.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F29.</remarks>
    [Equation("PL-B29")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int D, int H, int W)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B29", "dy", "N×C", dy.Lengths, 2);
        var (N, C, _, _, _, _, _, _, _, _, _) = PoolingShape3.Global("PL-B29", [dy.Lengths[0], dy.Lengths[1], D, H, W]);
        var dx = Tensor.CreateFromShape<T>([N, C, D, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int d = 0; d < D; d++)
                    for (int u = 0; u < H; u++)
                        for (int v = 0; v < W; v++)
                            dx[n, c, d, u, v] = dy[n, c] / Whole.Of<T>(D * H * W);
        return dx;
    }
}
