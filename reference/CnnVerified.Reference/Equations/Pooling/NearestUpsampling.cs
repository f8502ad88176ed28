using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Every element becomes a block of R times S copies.</summary>
public static class NearestUpsampling
{
    /// <summary>Nearest-neighbour upsampling, forward (PL-F10).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <returns>Output y, N×C×(H·R)×(W·S).</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or a factor is below 1.</exception>
    /// <remarks>docs/equations/pooling-variants.md. A definition.</remarks>
    [Equation("PL-F10")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S)
    {
        var (N, C, H, W, _, _, _, _) = PoolingShape.Enlarged("PL-F10", x.Lengths, R, S);
        var y = Tensor.CreateFromShape<T>([N, C, H * R, W * S]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H * R; i++)
                    for (int j = 0; j < W * S; j++)
                        y[n, c, i, j] = x[n, c, i / R, j / S];
        return y;
    }

    /// <summary>Nearest-neighbour upsampling, backward data (PL-B10): the gradient of PL-F10 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×(H·R)×(W·S).</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F10.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Derived from PL-F10.</remarks>
    [Equation("PL-B10")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int H, int W, int R, int S)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B10", "dy", "N×C×(H·R)×(W·S)", dy.Lengths, 4);
        var shape = PoolingShape.Enlarged("PL-B10", [dy.Lengths[0], dy.Lengths[1], H, W], R, S);
        shape.ExpectOutput("PL-B10", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _) = shape;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += dy[n, c, u * R + r, v * S + s];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }
}
