using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Half the squared length of the weights, as a term of the loss.</summary>
public static class SquaredPenalty
{
    /// <summary>Squared weight penalty, forward (LS-F9).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="lam">Strength λ.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">w has not one dimension.</exception>
    /// <remarks>docs/equations/penalties.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 7.1.1.</remarks>
    [Equation("LS-F9")]
    public static Tensor<T> Forward<T>(Tensor<T> w, T lam)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F9", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        T sum = T.AdditiveIdentity;
        for (int d = 0; d < D; d++)
            sum += w[d] * w[d] / Whole.Of<T>(2);
        return Tensor.Create([lam * sum]);
    }

    /// <summary>Squared weight penalty, backward weights (LS-B10): the gradient of LS-F9 by w.</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="lam">Strength λ.</param>
    /// <returns>Derivative dw, D.</returns>
    /// <exception cref="ArgumentException">w has not one dimension.</exception>
    /// <remarks>docs/equations/penalties.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 7.1.1.</remarks>
    [Equation("LS-B10")]
    public static Tensor<T> BackwardWeights<T>(Tensor<T> w, T lam)
        where T : IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("LS-B10", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        var dw = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            dw[d] = lam * w[d];
        return dw;
    }
}
