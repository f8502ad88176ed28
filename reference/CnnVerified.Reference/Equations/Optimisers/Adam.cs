using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Running means of the gradient and of its square, both corrected for having started at 0.</summary>
public static class Adam
{
    /// <summary>Adam (OP-7).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="m">Mean of the gradient, D.</param>
    /// <param name="v">Mean of the squared gradient, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="beta1">β₁, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta2">β₂, how much of the old mean of the square is kept.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="t">Steps so far, this one included: 1 at first.</param>
    /// <returns>New weights wnew and new means mnew and vnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Kingma and Ba, Adam (2015), algorithm 1.</remarks>
    [Equation("OP-7")]
    public static (Tensor<T> Wnew, Tensor<T> Mnew, Tensor<T> Vnew) Step<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> m, Tensor<T> v, T eta, T beta1,
        T beta2, T eps, T t)
        where T : IRootFunctions<T>, IPowerFunctions<T>
    {
        Lengths.ExpectRank("OP-7", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-7", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-7", "m", "D", m.Lengths, [D]);
        Lengths.Expect("OP-7", "v", "D", v.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), mnew = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            mnew[d] = beta1 * m[d] + (T.One - beta1) * dw[d];
            vnew[d] = beta2 * v[d] + (T.One - beta2) * (dw[d] * dw[d]);
            T mhat = mnew[d] / (T.One - T.Pow(beta1, t));
            T vhat = vnew[d] / (T.One - T.Pow(beta2, t));
            wnew[d] = w[d] - eta * mhat / (T.Sqrt(vhat) + eps);
        }
        return (wnew, mnew, vnew);
    }

    /// <summary>AdamW, the decay multiplied by the learning rate (OP-8).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="m">Mean of the gradient, D.</param>
    /// <param name="v">Mean of the squared gradient, D.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="beta1">β₁, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta2">β₂, how much of the old mean of the square is kept.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="lam">Weight decay λ, multiplied by the learning rate.</param>
    /// <param name="t">Steps so far, this one included: 1 at first.</param>
    /// <returns>New weights wnew and new means mnew and vnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), in the form of the
    /// frameworks.</remarks>
    [Equation("OP-8")]
    public static (Tensor<T> Wnew, Tensor<T> Mnew, Tensor<T> Vnew) DecoupledStep<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> m, Tensor<T> v, T eta,
        T beta1, T beta2, T eps, T lam, T t)
        where T : IRootFunctions<T>, IPowerFunctions<T>
    {
        Lengths.ExpectRank("OP-8", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-8", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-8", "m", "D", m.Lengths, [D]);
        Lengths.Expect("OP-8", "v", "D", v.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), mnew = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            mnew[d] = beta1 * m[d] + (T.One - beta1) * dw[d];
            vnew[d] = beta2 * v[d] + (T.One - beta2) * (dw[d] * dw[d]);
            T mhat = mnew[d] / (T.One - T.Pow(beta1, t));
            T vhat = vnew[d] / (T.One - T.Pow(beta2, t));
            wnew[d] = w[d] - eta * (mhat / (T.Sqrt(vhat) + eps) + lam * w[d]);
        }
        return (wnew, mnew, vnew);
    }
}
