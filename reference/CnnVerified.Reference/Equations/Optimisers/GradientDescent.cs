using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>A step against the gradient, plain and with momentum.</summary>
public static class GradientDescent
{
    /// <summary>Gradient descent (OP-1).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <returns>New weights wnew, D.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 8.3.1.</remarks>
    [Equation("OP-1")]
    public static Tensor<T> Step<T>(Tensor<T> w, Tensor<T> dw, T eta)
        where T : ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("OP-1", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-1", "dw", "D", dw.Lengths, [D]);
        var wnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            wnew[d] = w[d] - eta * dw[d];
        return wnew;
    }

    /// <summary>Gradient descent with momentum (OP-2).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">Momentum μ.</param>
    /// <returns>New weights wnew and new velocity vnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Sutskever, Martens, Dahl and Hinton (2013).</remarks>
    [Equation("OP-2")]
    public static (Tensor<T> Wnew, Tensor<T> Vnew) MomentumStep<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> v, T eta, T mu)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("OP-2", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-2", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-2", "v", "D", v.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            vnew[d] = mu * v[d] - eta * dw[d];
            wnew[d] = w[d] + vnew[d];
        }
        return (wnew, vnew);
    }
}
