using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Scaling of pixels 0 to 255 to the range that a network learns from.</summary>
public static class Scaling
{
    /// <summary>Unit scaling to [0, 1] (IN-1).</summary>
    /// <param name="p">Pixels, N×C×H×W.</param>
    /// <returns>Scaled x, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">p has not four dimensions.</exception>
    /// <remarks>docs/equations/inputs.md. A convention.</remarks>
    [Equation("IN-1")]
    public static Tensor<T> Unit<T>(Tensor<T> p)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Each("IN-1", p, pixel => pixel / Whole.Of<T>(255));

    /// <summary>LeNet-5 scaling: background −0.1, foreground 1.175 (IN-2).</summary>
    /// <param name="p">Pixels, N×C×H×W.</param>
    /// <returns>Scaled x, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">p has not four dimensions.</exception>
    /// <remarks>docs/equations/inputs.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
    /// Recognition (1998), section II.B.</remarks>
    [Equation("IN-2")]
    public static Tensor<T> LeNet5<T>(Tensor<T> p)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Each("IN-2", p, pixel => Ratio<T>(1275, 1000) * pixel / Whole.Of<T>(255) - Ratio<T>(1, 10));

    /// <summary>Symmetric scaling to [−0.8, 0.79375], the near-linear part of tanh (IN-3).</summary>
    /// <param name="p">Pixels, N×C×H×W.</param>
    /// <returns>Scaled x, N×C×H×W.</returns>
    /// <exception cref="ArgumentException">p has not four dimensions.</exception>
    /// <remarks>docs/equations/inputs.md. Moonshile/CNN at 609289a, input layer.</remarks>
    [Equation("IN-3")]
    public static Tensor<T> Symmetric<T>(Tensor<T> p)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Each("IN-3", p, pixel => (pixel - Whole.Of<T>(128)) * Ratio<T>(8, 10) / Whole.Of<T>(128));

    private static T Ratio<T>(int numerator, int denominator)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Whole.Of<T>(numerator) / Whole.Of<T>(denominator);

    private static Tensor<T> Each<T>(string id, Tensor<T> p, Func<T, T> scale)
    {
        Lengths.ExpectRank(id, "p", "N×C×H×W", p.Lengths, 4);
        var (N, C, H, W) = p.Sizes4();
        var x = Tensor.CreateFromShape<T>([N, C, H, W]);
        for (int n = 0; n < N; n++)
            for (int c = 0; c < C; c++)
                for (int i = 0; i < H; i++)
                    for (int j = 0; j < W; j++)
                        x[n, c, i, j] = scale(p[n, c, i, j]);
        return x;
    }
}
