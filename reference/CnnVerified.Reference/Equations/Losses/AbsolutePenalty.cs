using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The sum of the sizes of the weights, as a term of the loss.</summary>
public static class AbsolutePenalty
{
    /// <summary>Absolute weight penalty, forward (LS-F10).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="lam">Strength λ.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">w has not one dimension.</exception>
    /// <remarks>docs/equations/penalties.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 7.1.2.</remarks>
    [Equation("LS-F10")]
    public static Tensor<T> Forward<T>(Tensor<T> w, T lam)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IUnaryNegationOperators<T, T>,
                  IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F10", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        T sum = T.AdditiveIdentity;
        for (int d = 0; d < D; d++)
            sum += Choosing.Abs(w[d]);
        return Tensor.Create([lam * sum]);
    }

    /// <summary>Absolute weight penalty, backward weights (LS-B11): the gradient of LS-F10 by w.</summary>
    /// <param name="w">Weights, D; at exactly 0 the derivative is 0.</param>
    /// <param name="lam">Strength λ.</param>
    /// <returns>Derivative dw, D.</returns>
    /// <exception cref="ArgumentException">w has not one dimension.</exception>
    /// <remarks>docs/equations/penalties.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 7.1.2.</remarks>
    [Equation("LS-B11")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> w, T lam)
        where T : IMultiplyOperators<T, T, T>, IUnaryNegationOperators<T, T>,
                  IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B11", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        var dw = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            dw[d] = lam * Choosing.Sign(w[d]);
        return dw;
    }
}
