using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of the whole row.</summary>
public static class GlobalAveragePooling1D
{
    /// <summary>Global average pooling in one dimension, forward (PL-F28).</summary>
    /// <param name="x">Input, N×C×W, rows not empty.</param>
    /// <returns>Output y, N×C.</returns>
    /// <exception cref="ArgumentException">x has not three dimensions, or its rows are empty.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Lin et al. (2014), for one axis.</remarks>
    [Equation("PL-F28")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, W, _, _) = PoolingShape1.Global("PL-F28", x.Lengths);
        var y = Tensor.CreateFromShape<T>([N, C]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
            {
                T sum = T.AdditiveIdentity;
                for (int v = 0; v < W; v++)
                    sum += x[n, c, v];
                y[n, c] = sum / Whole.Of<T>(W);
            }
        return y;
    }

    /// <summary>Global average pooling in one dimension, backward data (PL-B28): the gradient of PL-F28 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="W">Columns of x.</param>
    /// <returns>Derivative dx, N×C×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F28.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F28.</remarks>
    [Equation("PL-B28")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int W)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B28", "dy", "N×C", dy.Lengths, 2);
        var (N, C, _, _, _) = PoolingShape1.Global("PL-B28", [dy.Lengths[0], dy.Lengths[1], W]);
        var dx = Tensor.CreateFromShape<T>([N, C, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int v = 0; v < W; v++)
                    dx[n, c, v] = dy[n, c] / Whole.Of<T>(W);
        return dx;
    }
}
