using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>What layers do to the size of signals: the reasons for the scales of <see cref="WeightScale"/>.</summary>
public static class SignalSize
{
    /// <summary>Variance after a linear layer, over all 2^E patterns of signs of weights of size sd (IT-I1).</summary>
    /// <param name="x">Input, E, at most 30 elements.</param>
    /// <param name="sd">Deviation of the weights.</param>
    /// <returns>The variance vy, one element.</returns>
    /// <exception cref="ArgumentException">x has not one dimension, or more than 30 elements.</exception>
    /// <remarks>docs/equations/initialisation.md. He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015).</remarks>
    [Equation("IT-I1")]
    public static Tensor<T> AfterLinear<T>(Tensor<T> x, T sd)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("IT-I1", "x", "E", x.Lengths, 1);
        int E = (int)x.Lengths[0];
        if (E > 30)
            throw new ArgumentException($"x expects at most 30 elements but has {E}; IT-I1 goes through all 2^E patterns of signs. (Parameter 'x')");
        T vy = T.AdditiveIdentity;
        for (int m = 0; m < 1 << E; m++)
        {
            T sum = T.AdditiveIdentity;
            for (int d = 0; d < E; d++)
                sum += x[d] * sd * (Whole.Of<T>(2 * ((m >> d) % 2)) - T.MultiplicativeIdentity);
            vy += sum * sum / Whole.Of<T>(1 << E);
        }
        return Tensor.Create([vy]);
    }

    /// <summary>Mean square after a rectifier of a symmetric input, the values y and −y (IT-I2).</summary>
    /// <param name="y">Values, N.</param>
    /// <returns>The mean square ex2, one element.</returns>
    /// <exception cref="ArgumentException">y has not one dimension.</exception>
    /// <remarks>docs/equations/initialisation.md. He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015).</remarks>
    [Equation("IT-I2")]
    public static Tensor<T> AfterRectifier<T>(Tensor<T> y)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>,
                  IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("IT-I2", "y", "N", y.Lengths, 1);
        int N = (int)y.Lengths[0];
        T ex2 = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
        {
            T right = Choosing.Max(T.AdditiveIdentity, y[n]), left = Choosing.Max(T.AdditiveIdentity, -y[n]);
            ex2 += (right * right + left * left) / Whole.Of<T>(2 * N);
        }
        return Tensor.Create([ex2]);
    }

    /// <summary>Derivative of a chain of three sigmoids, as a product of one factor for each layer (IT-I3).</summary>
    /// <param name="w">Weights, 3.</param>
    /// <param name="x">Input.</param>
    /// <returns>The product f, one element.</returns>
    /// <exception cref="ArgumentException">w has not three elements.</exception>
    /// <remarks>docs/equations/initialisation.md. Hochreiter (1991); Bengio, Simard and Frasconi (1994).</remarks>
    [Equation("IT-I3")]
    public static Tensor<T> SigmoidChain<T>(Tensor<T> w, T x)
        where T : IExponentialFunctions<T>
    {
        Lengths.Expect("IT-I3", "w", "3", w.Lengths, [3]);
        T y = x, f = T.One;
        for (int l = 0; l < 3; l++)
        {
            y = T.One / (T.One + T.Exp(-w[l] * y));
            f *= w[l] * y * (T.One - y);
        }
        return Tensor.Create([f]);
    }
}
