using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Laying the maps of an image out as one row: row-major, the channel slowest.</summary>
public static class Rasterisation
{
    /// <summary>Rasterisation, forward (FL-F1).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <returns>Output y, N×(C·H·W).</returns>
    /// <exception cref="ArgumentException">x has not four dimensions.</exception>
    /// <remarks>docs/equations/fully-connected.md. Moonshile/CNN at 609289a, rasterise layer.</remarks>
    [Equation("FL-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
    {
        Lengths.ExpectRank("FL-F1", "x", "N×C×H×W", x.Lengths, 4);
        var (N, C, H, W) = x.Sizes4();
        var y = Tensor.CreateFromShape<T>([N, C * H * W]);
        for (int n = 0; n < N; n++)
            for (int d = 0; d < C * H * W; d++)
                y[n, d] = x[n, d / (H * W), d / W % H, d % W];
        return y;
    }

    /// <summary>Rasterisation, backward data (FL-B1): the gradient of FL-F1 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×(C·H·W).</param>
    /// <param name="C">Channels of x.</param>
    /// <param name="H">Rows of x.</param>
    /// <param name="W">Columns of x.</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">dy is not N×(C·H·W).</exception>
    /// <remarks>docs/equations/fully-connected.md. The inverse permutation of FL-F1.</remarks>
    [Equation("FL-B1")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, int C, int H, int W)
    {
        Lengths.ExpectRank("FL-B1", "dy", "N×(C·H·W)", dy.Lengths, 2);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("FL-B1", "dy", "N×(C·H·W)", dy.Lengths, [N, C * H * W]);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = dy[n, (c * H + i) * W + j];
        return dx;
    }
}
