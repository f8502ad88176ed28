using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of windows that stand side by side: the window is the stride, and there is no padding.</summary>
public static class SideBySideMeanPooling
{
    /// <summary>Mean pooling, windows side by side, forward (PL-F9).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <returns>Output y, N×C×P×Q, P = floor(H/R), Q = floor(W/S).</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or no window fits.</exception>
    /// <remarks>docs/equations/pooling.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("PL-F9")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.SideBySide("PL-F9", x.Lengths, R, S);
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += x[n, c, i * R + r, j * S + s];
                        y[n, c, i, j] = sum / Whole.Of<T>(R * S);
                    }
        return y;
    }

    /// <summary>Mean pooling, windows side by side, backward data: a Kronecker upsampling (PL-I2), the gradient of PL-F9 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F9.</exception>
    /// <remarks>docs/equations/pooling.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("PL-I2")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int H, int W, int R, int S)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-I2", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.SideBySide("PL-I2", [dy.Lengths[0], dy.Lengths[1], H, W], R, S);
        shape.ExpectOutput("PL-I2", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _) = shape;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                        dx[n, c, u, v] = dy.OrZero(n, c, u / R, v / S) / Whole.Of<T>(R * S);
        return dx;
    }
}
