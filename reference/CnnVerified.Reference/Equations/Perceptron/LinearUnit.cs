using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>One linear output under half the squared distance from the target, and the delta rule.</summary>
public static class LinearUnit
{
    /// <summary>Linear unit, least squares, forward (PC-F2).</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="w">Weights, D.</param>
    /// <param name="b">Bias.</param>
    /// <param name="t">Targets, N.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/perceptron.md. Widrow and Hoff (1960); Baldi and Hornik (1989).</remarks>
    [Equation("PC-F2")]
    public static Tensor<T> Forward<T>(Tensor<T> x, Tensor<T> w, T b, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("PC-F2", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("PC-F2", "w", "D", w.Lengths, [D]);
        Lengths.Expect("PC-F2", "t", "N", t.Lengths, [N]);
        T loss = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
        {
            T sum = T.AdditiveIdentity;
            for (int d = 0; d < D; d++)
                sum += w[d] * x[n, d];
            T z = b + sum;
            loss += (z - t[n]) * (z - t[n]) / Whole.Of<T>(2);
        }
        return Tensor.Create([loss]);
    }

    /// <summary>Delta rule, weights (PC-B1): the gradient of PC-F2 by w.</summary>
    /// <param name="x">Input, N×D.</param>
    /// <param name="z">Outputs z of PC-F2, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <returns>Derivative dw, D.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <remarks>docs/equations/perceptron.md. Widrow and Hoff (1960).</remarks>
    [Equation("PC-B1")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> x, Tensor<T> z, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("PC-B1", "x", "N×D", x.Lengths, 2);
        var (N, D) = x.Sizes2();
        Lengths.Expect("PC-B1", "z", "N", z.Lengths, [N]);
        Lengths.Expect("PC-B1", "t", "N", t.Lengths, [N]);
        var dw = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T sum = T.AdditiveIdentity;
            for (int n = 0; n < N; n++)
                sum += (z[n] - t[n]) * x[n, d];
            dw[d] = sum;
        }
        return dw;
    }

    /// <summary>Delta rule, bias (PC-B2): the gradient of PC-F2 by b.</summary>
    /// <param name="z">Outputs z of PC-F2, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <returns>Derivative db, one element.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/perceptron.md. Widrow and Hoff (1960).</remarks>
    [Equation("PC-B2")]
    public static Tensor<T> BackwardBias<T>(Tensor<T> z, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("PC-B2", "z", "N", z.Lengths, 1);
        int N = (int)z.Lengths[0];
        Lengths.Expect("PC-B2", "t", "N", t.Lengths, [N]);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            sum += z[n] - t[n];
        return Tensor.Create([sum]);
    }
}
