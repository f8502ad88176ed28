using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of each window of a row, padding counted as zeros.</summary>
public static class MeanPooling1D
{
    /// <summary>Mean pooling in one dimension, forward (PL-F22).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns.</param>
    /// <returns>Output y, N×C×Q.</returns>
    /// <exception cref="ArgumentException">No window fits.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX AveragePool with count_include_pad = 1.</remarks>
    [Equation("PL-F22")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, _, _, Q) = PoolingShape1.Of("PL-F22", x.Lengths, S, window, clipped: false);
        var (_, sw, _, pw, _, _, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int j = 0; j < Q; j++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int s = 0; s < S; s++)
                        sum += x.OrZero(n, c, j * sw + s - pw);
                    y[n, c, j] = sum / Whole.Of<T>(S);
                }
        return y;
    }

    /// <summary>Mean pooling in one dimension, backward data (PL-B22): the gradient of PL-F22 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns.</param>
    /// <returns>Derivative dx, N×C×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F22.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F22.</remarks>
    [Equation("PL-B22")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int W, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B22", "dy", "N×C×Q", dy.Lengths, 3);
        var shape = PoolingShape1.Of("PL-B22", [dy.Lengths[0], dy.Lengths[1], W], S, window, clipped: false);
        shape.ExpectOutput("PL-B22", "dy", dy.Lengths);
        var (N, C, _, _, _) = shape;
        var (_, sw, _, pw, _, _, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int v = 0; v < W; v++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int s = 0; s < S; s++)
                        if ((v + pw - s) % sw == 0)
                            sum += dy.OrZero(n, c, (v + pw - s) / sw) / Whole.Of<T>(S);
                    dx[n, c, v] = sum;
                }
        return dx;
    }
}
