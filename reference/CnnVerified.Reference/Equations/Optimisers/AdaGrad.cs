using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>A learning rate for each weight, from all its past gradients.</summary>
public static class AdaGrad
{
    /// <summary>AdaGrad (OP-5).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Sum of the squared gradients, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <returns>New weights wnew and new sum hnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Duchi, Hazan and Singer (2011); Goodfellow, Bengio and Courville, Deep Learning (2016),
    /// section 8.5.1.</remarks>
    [Equation("OP-5")]
    public static (Tensor<T> Wnew, Tensor<T> Hnew) Step<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> h, T eta, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("OP-5", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-5", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-5", "h", "D", h.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), hnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            hnew[d] = h[d] + dw[d] * dw[d];
            wnew[d] = w[d] - eta * dw[d] / (T.Sqrt(hnew[d]) + eps);
        }
        return (wnew, hnew);
    }
}
