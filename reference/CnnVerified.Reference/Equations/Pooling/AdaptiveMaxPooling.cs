using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The largest element of each of P times Q windows of nearly equal size that cover the map.</summary>
/// <remarks>x must hold no NaN: a maximum needs an order.</remarks>
public static class AdaptiveMaxPooling
{
    /// <summary>Adaptive max pooling, forward (PL-F18).</summary>
    /// <param name="x">Input, N×C×H×W, H and W at least 1.</param>
    /// <param name="P">Output rows; windows overlap where P does not divide H.</param>
    /// <param name="Q">Output columns.</param>
    /// <returns>Output y, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, its maps are empty, or P or Q is below 1.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Framework documentation.</remarks>
    [Equation("PL-F18")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int P, int Q)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, H, W, _, _, _, _) = PoolingShape.Adaptive("PL-F18", x.Lengths, P, Q);
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        y[n, c, i, j] = x[n, c, i * H / P, j * W / Q];
                        for (int u = i * H / P; u < Adaptive.Ceiling((i + 1) * H, P); u++)
                            for (int v = j * W / Q; v < Adaptive.Ceiling((j + 1) * W, Q); v++)
                                if (x[n, c, u, v] > y[n, c, i, j])
                                    y[n, c, i, j] = x[n, c, u, v];
                    }
        return y;
    }

    /// <summary>Adaptive max pooling, backward data (PL-B18): the gradient of PL-F18 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F18, N×C×P×Q.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F18.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Equal maxima: the first in row-major order takes all.</remarks>
    [Equation("PL-B18")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B18", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.Adaptive("PL-B18", x.Lengths, (int)dy.Lengths[2], (int)dy.Lengths[3]);
        shape.ExpectOutput("PL-B18", "dy", dy.Lengths);
        shape.ExpectOutput("PL-B18", "y", y.Lengths);
        var (N, C, H, W, _, _, P, Q) = shape;
        var a = Tensor.CreateFromShape<int>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        a[n, c, i, j] = H * W;
                        for (int u = i * H / P; u < Adaptive.Ceiling((i + 1) * H, P); u++)
                            for (int v = j * W / Q; v < Adaptive.Ceiling((j + 1) * W, Q); v++)
                                if (x[n, c, u, v] == y[n, c, i, j])
                                    a[n, c, i, j] = Math.Min(a[n, c, i, j], u * W + v);
                    }
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                if (a[n, c, i, j] == u * W + v)
                                    sum += dy[n, c, i, j];
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }
}
