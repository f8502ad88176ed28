using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Momentum whose gradient is taken where the velocity is about to carry the weights.</summary>
public static class Nesterov
{
    /// <summary>Nesterov momentum (OP-3).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="g">Derivative of the loss by w + μ·v, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">Momentum μ.</param>
    /// <returns>New weights wnew and new velocity vnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Sutskever, Martens, Dahl and Hinton (2013).</remarks>
    [Equation("OP-3")]
    public static (Tensor<T> Wnew, Tensor<T> Vnew) Step<T>(Tensor<T> w, Tensor<T> g, Tensor<T> v, T eta, T mu)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>
    {
        Lengths.ExpectRank("OP-3", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-3", "g", "D", g.Lengths, [D]);
        Lengths.Expect("OP-3", "v", "D", v.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            vnew[d] = mu * v[d] - eta * g[d];
            wnew[d] = w[d] + vnew[d];
        }
        return (wnew, vnew);
    }

    /// <summary>Nesterov momentum in shifted variables: the stored weights are where the gradient is taken (OP-4).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">Momentum μ.</param>
    /// <returns>New weights wnew and new velocity vnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Bengio, Boulanger-Lewandowski and Pascanu, Advances in Optimizing Recurrent Networks (2013).</remarks>
    [Equation("OP-4")]
    public static (Tensor<T> Wnew, Tensor<T> Vnew) ShiftedStep<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> v, T eta, T mu)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-4", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-4", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-4", "v", "D", v.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            vnew[d] = mu * v[d] - eta * dw[d];
            wnew[d] = w[d] - mu * v[d] + (T.MultiplicativeIdentity + mu) * vnew[d];
        }
        return (wnew, vnew);
    }

    /// <summary>OP-4 from s = w + μ·v, one step: where OP-3 from w puts w + μ·v (OP-I2).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="g">Derivative of the loss by w + μ·v, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="mu">Momentum μ.</param>
    /// <returns>The shifted weights s2 after the step, D.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Bengio, Boulanger-Lewandowski and Pascanu, Advances in Optimizing Recurrent Networks (2013).</remarks>
    [Equation("OP-I2")]
    public static Tensor<T> Tracking<T>(Tensor<T> w, Tensor<T> v, Tensor<T> g, T eta, T mu)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-I2", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-I2", "v", "D", v.Lengths, [D]);
        Lengths.Expect("OP-I2", "g", "D", g.Lengths, [D]);
        var s2 = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T v2 = mu * v[d] - eta * g[d];
            T s = w[d] + mu * v[d];
            s2[d] = s - mu * v[d] + (T.MultiplicativeIdentity + mu) * v2;
        }
        return s2;
    }
}
