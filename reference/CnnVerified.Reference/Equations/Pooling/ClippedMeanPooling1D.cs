using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean over the part of each window that lies inside the row: padding is not counted.</summary>
public static class ClippedMeanPooling1D
{
    /// <summary>Mean pooling in one dimension, padding not counted, forward (PL-F24).</summary>
    /// <param name="x">Input, N×C×W.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns, pw &lt; S.</param>
    /// <returns>Output y, N×C×Q.</returns>
    /// <exception cref="ArgumentException">A window would lie wholly in the padding, or none fits.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. ONNX AveragePool with count_include_pad = 0.</remarks>
    [Equation("PL-F24")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, W, _, Q) = PoolingShape1.Of("PL-F24", x.Lengths, S, window, clipped: true);
        var (_, sw, _, pw, _, _, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int j = 0; j < Q; j++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int s = 0; s < S; s++)
                        sum += x.OrZero(n, c, j * sw + s - pw);
                    y[n, c, j] = sum / Whole.Of<T>(Count(j, W, S, window));
                }
        return y;
    }

    /// <summary>Mean pooling in one dimension, padding not counted, backward data (PL-B24): the gradient of PL-F24 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×Q.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding of columns, pw &lt; S.</param>
    /// <returns>Derivative dx, N×C×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F24.</exception>
    /// <remarks>docs/equations/pooling-1d-3d.md. Derived from PL-F24.</remarks>
    [Equation("PL-B24")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int W, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B24", "dy", "N×C×Q", dy.Lengths, 3);
        var shape = PoolingShape1.Of("PL-B24", [dy.Lengths[0], dy.Lengths[1], W], S, window, clipped: true);
        shape.ExpectOutput("PL-B24", "dy", dy.Lengths);
        var (N, C, _, _, Q) = shape;
        var (_, sw, _, pw, _, _, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int v = 0; v < W; v++)
                {
                    T sum = T.AdditiveIdentity;
                    for (int j = 0; j < Q; j++)
                        for (int s = 0; s < S; s++)
                            if (j * sw + s - pw == v)
                                sum += dy[n, c, j] / Whole.Of<T>(Count(j, W, S, window));
                    dx[n, c, v] = sum;
                }
        return dx;
    }

    // cnt[j] of PL-F24.
    private static int Count(int j, int W, int S, Window window)
    {
        var (_, sw, _, pw, _, _, _) = window;
        int count = 0;
        for (int s = 0; s < S; s++)
            if (0 <= j * sw + s - pw && j * sw + s - pw < W)
                count++;
        return count;
    }
}
