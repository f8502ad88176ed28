using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Dropout of whole maps, inverted.</summary>
public static class ChannelDropout
{
    /// <summary>Channel dropout, forward (NM-F9).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="u">Drawn uniformly from [0, 1), N×C.</param>
    /// <param name="keep">Probability of keeping a map, in (0, 1].</param>
    /// <returns>Output y, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">x has not four dimensions, or u is not N×C.</exception>
    /// <remarks>docs/equations/normalisation.md. Tompson, Goroshin, Jain, LeCun and Bregler, Efficient Object Localization Using
    /// Convolutional Networks (2015).</remarks>
    [Equation("NM-F9")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> u, T keep)
        where T : IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("NM-F9", "x", "N×C×H×W", x.Lengths, 4);
        var (N, C, H, W) = x.Sizes4();
        Lengths.Expect("NM-F9", "u", "N×C", u.Lengths, [N, C]);
        var y = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        y[n, c, i, j] = Choosing.One<T>(u[n, c] < keep) * x[n, c, i, j] / keep;
        return y;
    }

    /// <summary>Channel dropout, backward data (NM-B21): the gradient of NM-F9 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N×C×H×W.</param>
    /// <param name="u">The same u as in NM-F9, N×C.</param>
    /// <param name="keep">Probability of keeping a map, in (0, 1].</param>
    /// <returns>Derivative dx, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">dy has not four dimensions, or u is not N×C.</exception>
    /// <remarks>docs/equations/normalisation.md. Derived from NM-F9.</remarks>
    [Equation("NM-B21")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> u, T keep)
        where T : IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("NM-B21", "dy", "N×C×H×W", dy.Lengths, 4);
        var (N, C, H, W) = dy.Sizes4();
        Lengths.Expect("NM-B21", "u", "N×C", u.Lengths, [N, C]);
        var dx = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        dx[n, c, i, j] = Choosing.One<T>(u[n, c] < keep) * dy[n, c, i, j] / keep;
        return dx;
    }
}
