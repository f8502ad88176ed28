using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The stochastic diagonal Levenberg-Marquardt method: a learning rate for each weight, from its second derivative.</summary>
public static class LevenbergMarquardt
{
    /// <summary>Stochastic diagonal Levenberg-Marquardt step (OP-11).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Estimate of the second derivative of the loss by w, D, at least 0.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">μ, keeps the step finite where the loss is flat.</param>
    /// <returns>New weights wnew, D.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition
    /// (1998), appendix C.</remarks>
    [Equation("OP-11")]
    public static Tensor<T> Step<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> h, T eta, T mu)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>
    {
        Lengths.ExpectRank("OP-11", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-11", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-11", "h", "D", h.Lengths, [D]);
        var wnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            wnew[d] = w[d] - eta / (mu + h[d]) * dw[d];
        return wnew;
    }

    /// <summary>Running estimate of the second derivative (OP-14).</summary>
    /// <param name="h">Estimate of the second derivative of the loss by w, D, at least 0.</param>
    /// <param name="hw">Second derivative by w on the newest pattern, D, at least 0.</param>
    /// <param name="rho">ρ, the weight of the newest pattern.</param>
    /// <returns>New estimate hnew, D.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition
    /// (1998), appendix C.</remarks>
    [Equation("OP-14")]
    public static Tensor<T> RunningEstimate<T>(Tensor<T> h, Tensor<T> hw, T rho)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-14", "h", "D", h.Lengths, 1);
        int D = (int)h.Lengths[0];
        Lengths.Expect("OP-14", "hw", "D", hw.Lengths, [D]);
        var hnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            hnew[d] = (T.MultiplicativeIdentity - rho) * h[d] + rho * hw[d];
        return hnew;
    }
}
