using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean over the part of each window that lies inside the map, the border kept: padding is not counted.</summary>
public static class BorderKeptMeanPooling
{
    /// <summary>Mean pooling, border kept, forward (PL-F16).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding, ph &lt; R and pw &lt; S.</param>
    /// <returns>Output y, N×C×P×Q, P and Q as in PL-S2.</returns>
    /// <exception cref="ArgumentException">A window would lie wholly in the padding, none fits, or the window has dilation or groups.</exception>
    /// <remarks>docs/equations/pooling.md. ONNX AveragePool with ceil_mode = 1 and count_include_pad = 0.</remarks>
    [Equation("PL-F16")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, H, W, _, _, P, Q) = PoolingShape.BorderKept("PL-F16", x.Lengths, R, S, window);
        var (sh, sw, ph, pw, _, _, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += x.OrZero(n, c, i * sh + r - ph, j * sw + s - pw);
                        y[n, c, i, j] = sum / Whole.Of<T>(Count(i, j, H, W, R, S, window));
                    }
        return y;
    }

    /// <summary>Mean pooling, border kept, backward data (PL-B16): the gradient of PL-F16 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride and padding, ph &lt; R and pw &lt; S.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F16.</exception>
    /// <remarks>docs/equations/pooling.md. Derived from PL-F16.</remarks>
    [Equation("PL-B16")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int H, int W, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B16", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.BorderKept("PL-B16", [dy.Lengths[0], dy.Lengths[1], H, W], R, S, window);
        shape.ExpectOutput("PL-B16", "dy", dy.Lengths);
        var (N, C, _, _, _, _, P, Q) = shape;
        var (sh, sw, ph, pw, _, _, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                for (int r = 0; r < R; r++)
                                    for (int s = 0; s < S; s++)
                                        if (i * sh + r - ph == u && j * sw + s - pw == v)
                                            sum += dy[n, c, i, j] / Whole.Of<T>(Count(i, j, H, W, R, S, window));
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }

    // cnt[i,j] of PL-F16.
    private static int Count(int i, int j, int H, int W, int R, int S, Window window)
    {
        var (sh, sw, ph, pw, _, _, _) = window;
        int count = 0;
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++)
                if (0 <= i * sh + r - ph && i * sh + r - ph < H && 0 <= j * sw + s - pw && j * sw + s - pw < W)
                    count++;
        return count;
    }
}
