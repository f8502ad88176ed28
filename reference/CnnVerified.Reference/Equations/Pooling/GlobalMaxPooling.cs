using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The largest element of the whole map.</summary>
/// <remarks>x must hold no NaN: a maximum needs an order.</remarks>
public static class GlobalMaxPooling
{
    /// <summary>Global max pooling, forward (PL-F17).</summary>
    /// <param name="x">Input, N×C×H×W, H and W at least 1.</param>
    /// <returns>Output y, N×C.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or its maps are empty.</exception>
    /// <remarks>docs/equations/pooling.md. ONNX GlobalMaxPool.</remarks>
    [Equation("PL-F17")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IComparisonOperators<T, T, bool>
    {
        var (N, C, H, W, _, _, _, _) = PoolingShape.Global("PL-F17", x.Lengths);
        var y = Tensor.CreateFromShape<T>([N, C]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
            {
                y[n, c] = x[n, c, 0, 0];
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        if (x[n, c, i, j] > y[n, c])
                            y[n, c] = x[n, c, i, j];
            }
        return y;
    }

    /// <summary>Global max pooling, backward data (PL-B17): the gradient of PL-F17 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C.</param>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="y">Output of PL-F17, N×C.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F17.</exception>
    /// <remarks>docs/equations/pooling.md. Equal maxima: the first in row-major order takes all.</remarks>
    [Equation("PL-B17")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        var (N, C, H, W, _, _, _, _) = PoolingShape.Global("PL-B17", x.Lengths);
        Lengths.Expect("PL-B17", "dy", "N×C", dy.Lengths, [N, C]);
        Lengths.Expect("PL-B17", "y", "N×C", y.Lengths, [N, C]);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
            {
                int a = H * W;
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        if (x[n, c, i, j] == y[n, c])
                            a = Math.Min(a, i * W + j);
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = a == i * W + j ? dy[n, c] : T.AdditiveIdentity;
            }
        return dx;
    }
}
