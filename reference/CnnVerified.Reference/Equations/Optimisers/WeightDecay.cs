using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Gradient descent on weights that shrink a little at every step.</summary>
public static class WeightDecay
{
    /// <summary>Weight decay (OP-9).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="lam">Weight decay λ.</param>
    /// <returns>New weights wnew, D.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 7.1.1.</remarks>
    [Equation("OP-9")]
    public static Tensor<T> Step<T>(Tensor<T> w, Tensor<T> dw, T eta, T lam)
        where T : ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-9", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-9", "dw", "D", dw.Lengths, [D]);
        var wnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            wnew[d] = (T.MultiplicativeIdentity - eta * lam) * w[d] - eta * dw[d];
        return wnew;
    }

    /// <summary>Gradient descent on the loss plus LS-F9, one step: the same as OP-9 (OP-I3).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="lam">Weight decay λ.</param>
    /// <returns>New weights w2, D.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 7.1.1.</remarks>
    [Equation("OP-I3")]
    public static Tensor<T> AsPenalty<T>(Tensor<T> w, Tensor<T> dw, T eta, T lam)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("OP-I3", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-I3", "dw", "D", dw.Lengths, [D]);
        var w2 = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T g = dw[d] + lam * w[d];
            w2[d] = w[d] - eta * g;
        }
        return w2;
    }
}
