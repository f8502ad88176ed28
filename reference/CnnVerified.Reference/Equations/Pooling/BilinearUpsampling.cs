using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Upsampling by whole factors in straight lines between the middles of the pixels.</summary>
public static class BilinearUpsampling
{
    /// <summary>Bilinear upsampling, forward (PL-F19).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <returns>Output y, N×C×(H·R)×(W·S).</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or a factor is below 1.</exception>
    /// <remarks>docs/equations/pooling-variants.md. ONNX Resize, mode linear with half-pixel coordinates.</remarks>
    [Equation("PL-F19")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T>
    {
        var (N, C, H, W, _, _, _, _) = PoolingShape.Enlarged("PL-F19", x.Lengths, R, S);
        var y = Tensor.CreateFromShape<T>([N, C, H * R, W * S]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H * R; i++)
                    for (int j = 0; j < W * S; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int u = 0; u < H; u++)
                            for (int v = 0; v < W; v++)
                                sum += Whole.Of<T>(Weight(i, u, H, R)) * Whole.Of<T>(Weight(j, v, W, S)) * x[n, c, u, v];
                        y[n, c, i, j] = sum / Whole.Of<T>(4 * R * S);
                    }
        return y;
    }

    /// <summary>Bilinear upsampling, backward data (PL-B19): the gradient of PL-F19 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×(H·R)×(W·S).</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Factor of the rows.</param>
    /// <param name="S">Factor of the columns.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F19.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Derived from PL-F19.</remarks>
    [Equation("PL-B19")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int H, int W, int R, int S)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B19", "dy", "N×C×(H·R)×(W·S)", dy.Lengths, 4);
        var shape = PoolingShape.Enlarged("PL-B19", [dy.Lengths[0], dy.Lengths[1], H, W], R, S);
        shape.ExpectOutput("PL-B19", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _) = shape;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int i = 0; i < H * R; i++)
                            for (int j = 0; j < W * S; j++)
                                sum += Whole.Of<T>(Weight(i, u, H, R)) * Whole.Of<T>(Weight(j, v, W, S)) * dy[n, c, i, j];
                        dx[n, c, u, v] = sum / Whole.Of<T>(4 * R * S);
                    }
        return dx;
    }

    // g[i,u] of PL-F19, and h[j,v] with the sizes of columns.
    private static int Weight(int i, int u, int H, int R) =>
        Math.Max(0, 2 * R - Math.Abs(Math.Max(0, Math.Min(2 * R * (H - 1), 2 * i + 1 - R)) - 2 * R * u));
}
