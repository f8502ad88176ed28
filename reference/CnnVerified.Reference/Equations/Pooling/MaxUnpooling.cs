using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Every element goes to the place in a larger map that its switch names; all else is 0.</summary>
public static class MaxUnpooling
{
    /// <summary>Max unpooling, forward (PL-F11).</summary>
    /// <param name="x">Input, N×C×P×Q.</param>
    /// <param name="a">Places in the large map, u·W + v, N×C×P×Q, from 0 to H·W − 1. Elements with the same place add.</param>
    /// <param name="H">Rows of y.</param>
    /// <param name="W">Columns of y.</param>
    /// <returns>Output y, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or a another shape.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Zeiler and Fergus (2014).</remarks>
    [Equation("PL-F11")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<int> a, int H, int W)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("PL-F11", "x", "N×C×P×Q", x.Lengths, 4);
        Lengths.Expect("PL-F11", "a", "N×C×P×Q", a.Lengths, x.Lengths);
        var (N, C, P, Q) = x.Sizes4();
        Lengths.ExpectCountable("PL-F11", "y", [N, C, H, W]);
        var y = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int u = 0; u < H; u++)
                    for (int v = 0; v < W; v++)
                    {
                        T sum = T.AdditiveIdentity;
                        for (int i = 0; i < P; i++)
                            for (int j = 0; j < Q; j++)
                                if (a[n, c, i, j] == u * W + v)
                                    sum += x[n, c, i, j];
                        y[n, c, u, v] = sum;
                    }
        return y;
    }

    /// <summary>Max unpooling, backward data (PL-B11): the gradient of PL-F11 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W, W at least 1.</param>
    /// <param name="a">Places in the large map, N×C×P×Q, as in PL-F11.</param>
    /// <returns>Derivative dx, N×C×P×Q.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit PL-F11.</exception>
    /// <remarks>docs/equations/pooling-variants.md. Derived from PL-F11.</remarks>
    [Equation("PL-B11")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<int> a)
        where T : IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("PL-B11", "a", "N×C×P×Q", a.Lengths, 4);
        var (N, C, P, Q) = a.Sizes4();
        Lengths.ExpectRank("PL-B11", "dy", "N×C×H×W", dy.Lengths, 4);
        int H = (int)dy.Lengths[2], W = (int)dy.Lengths[3];
        Lengths.Expect("PL-B11", "dy", "N×C×H×W", dy.Lengths, [N, C, H, W]);
        var dx = Tensor.CreateFromShape<T>([N, C, P, Q]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < P; i++)
                    for (int j = 0; j < Q; j++)
                        dx[n, c, i, j] = dy.OrZero(n, c, a[n, c, i, j] / W, a[n, c, i, j] % W);
        return dx;
    }
}
