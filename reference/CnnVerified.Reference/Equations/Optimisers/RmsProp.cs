using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>A learning rate for each weight, from a running mean of its squared gradients.</summary>
public static class RmsProp
{
    /// <summary>RMSProp, ε inside the root (OP-6).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Mean of the squared gradient, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="rho">ρ, how much of the old mean is kept.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <returns>New weights wnew and new mean hnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Hinton, Neural Networks for Machine Learning, lecture 6e; Goodfellow, Bengio and Courville,
    /// Deep Learning (2016), section 8.5.2.</remarks>
    [Equation("OP-6")]
    public static (Tensor<T> Wnew, Tensor<T> Hnew) Step<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> h, T eta, T rho, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("OP-6", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-6", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-6", "h", "D", h.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), hnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            hnew[d] = rho * h[d] + (T.One - rho) * (dw[d] * dw[d]);
            wnew[d] = w[d] - eta * dw[d] / T.Sqrt(hnew[d] + eps);
        }
        return (wnew, hnew);
    }
}
