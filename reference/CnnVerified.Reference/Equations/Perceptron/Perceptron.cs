using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>One output that is 0 or 1, and the rule that it learns by.</summary>
public static class Perceptron
{
    /// <summary>Perceptron, forward (PC-F1).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="w">Weights, D.</param>
    /// <param name="b">Bias.</param>
    /// <returns>Output y, N: 1 where bias and weighted sum reach 0, else 0.</returns>
    /// <exception cref="ArgumentException">x is not N×D.</exception>
    /// <remarks>docs/equations/perceptron.md. Rosenblatt (1958).</remarks>
    [Equation("PC-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, T b)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PC-F1", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("PC-F1", "w", "D", w.Lengths, [D]);
        var y = Tensor.CreateFromShape<T>([N]);
        for (int n = 0; n < N; n++)
        {
            T sum = T.AdditiveIdentity;
            for (int d = 0; d < D; d++)
                sum += w[d] * x[n, d];
            T z = b + sum;
            y[n] = Choosing.One<T>(z >= T.AdditiveIdentity);
        }
        return y;
    }

    /// <summary>Perceptron rule (PC-U1).</summary>
    /// <param name="x">One input, D.</param>
    /// <param name="w">Weights, D.</param>
    /// <param name="b">Bias.</param>
    /// <param name="t">Target, 0 or 1.</param>
    /// <param name="y">Output of PC-F1, 0 or 1.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <returns>New weights wnew, D, and new bias bnew, one element.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/perceptron.md. Rosenblatt (1958).</remarks>
    [Equation("PC-U1")]
    public static (Tensor<T> Wnew, Tensor<T> Bnew) Step<T>(Tensor<T> x, Tensor<T> w, T b, T t, T y, T eta)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("PC-U1", "x", "D", x.Lengths, 1);
        int D = (int)x.Lengths[0];
        Lengths.Expect("PC-U1", "w", "D", w.Lengths, [D]);
        var wnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            wnew[d] = w[d] + eta * (t - y) * x[d];
        return (wnew, Tensor.Create([b + eta * (t - y)]));
    }
}
