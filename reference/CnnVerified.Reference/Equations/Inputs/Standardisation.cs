using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Mean 0 and variance 1 in every channel.</summary>
public static class Standardisation
{
    /// <summary>Standardisation per channel (IN-4).</summary>
    /// <param name="p">Pixels, N×C×H×W; no channel constant.</param>
    /// <returns>Standardised x, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">p has not four dimensions, or a channel fewer than two elements.</exception>
    /// <remarks>docs/equations/inputs.md. LeCun, Bottou, Orr and Müller, Efficient BackProp (1998).</remarks>
    [Equation("IN-4")]
    public static Tensor<T> Forward<T>(Tensor<T> p)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("IN-4", "p", "N×C×H×W", p.Lengths, 4);
        var (N, C, H, W) = p.Sizes4();
        if (N * H * W < 2)
            throw new ArgumentException($"p expects N·H·W > 1 elements in a channel but is {Lengths.Text(p.Lengths)}; IN-4. (Parameter 'p')");
        var x = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int c = 0; c < C; c++)
        {
            T m = T.Zero, square = T.Zero;
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        m += p[n, c, i, j] / Whole.Of<T>(N * H * W);
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        square += (p[n, c, i, j] - m) * (p[n, c, i, j] - m) / Whole.Of<T>(N * H * W);
            T sd = T.Sqrt(square);
            for (int n = 0; n < N; n++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        x[n, c, i, j] = (p[n, c, i, j] - m) / sd;
        }
        return x;
    }
}
