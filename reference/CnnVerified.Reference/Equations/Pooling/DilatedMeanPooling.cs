using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The mean of the elements that the taps of a window meet, taps eh rows and ew columns apart; padding counted as zeros.</summary>
public static class DilatedMeanPooling
{
    /// <summary>Mean pooling with dilation, forward (PL-F14).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <returns>Output y, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">No window fits.</exception>
    /// <remarks>docs/equations/pooling-dilated.md. ONNX AveragePool.</remarks>
    [Equation("PL-F14")]
    public static Tensor<T> Forward<T>(Tensor<T> x, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        var (N, C, _, _, _, _, P, Q) = PoolingShape.Dilated("PL-F14", x.Lengths, R, S, window, clipped: false);
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var y = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                sum += x.OrZero(n, c, i * sh + r * eh - ph, j * sw + s * ew - pw);
                        y[n, c, i, j] = sum / Whole.Of<T>(R * S);
                    }
        return y;
    }

    /// <summary>Mean pooling with dilation, backward data (PL-B14): the gradient of PL-F14 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×P×Q.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <param name="R">Window rows.</param>
    /// <param name="S">Window columns.</param>
    /// <param name="window">Stride, padding and dilation.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F14.</exception>
    /// <remarks>docs/equations/pooling-dilated.md. Derived from PL-F14.</remarks>
    [Equation("PL-B14")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int H, int W, int R, int S, Window window)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B14", "dy", "N×C×P×Q", dy.Lengths, 4);
        var shape = PoolingShape.Dilated("PL-B14", [dy.Lengths[0], dy.Lengths[1], H, W], R, S, window, clipped: false);
        shape.ExpectOutput("PL-B14", "dy", dy.Lengths);
        var (N, C, _, _, _, _, _, _) = shape;
        var (sh, sw, ph, pw, eh, ew, _) = window;
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int r = 0; r < R; r++)
                            for (int s = 0; s < S; s++)
                                if ((u + ph - r * eh) % sh == 0 && (v + pw - s * ew) % sw == 0)
                                    sum += dy.OrZero(n, c, (u + ph - r * eh) / sh, (v + pw - s * ew) / sw) / Whole.Of<T>(R * S);
                        dx[n, c, u, v] = sum;
                    }
        return dx;
    }
}
