using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Adam with the largest gradient so far, slowly forgotten, in the place of the root of the mean square.</summary>
public static class AdaMax
{
    /// <summary>AdaMax (OP-20).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="m">Mean of the gradient, D.</param>
    /// <param name="u">Largest gradient so far, D, above 0.</param>
    /// <param name="eta">Learning rate η.</param>
    /// <param name="beta1">β₁, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta2">β₂, how much of the old largest gradient is kept.</param>
    /// <param name="t">Steps so far, this one included: 1 at first.</param>
    /// <returns>New weights wnew, new mean mnew and new largest gradient unew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Kingma and Ba, Adam (2015), algorithm 2.</remarks>
    [Equation("OP-20")]
    public static (Tensor<T> Wnew, Tensor<T> Mnew, Tensor<T> Unew) Step<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> m, Tensor<T> u, T eta, T beta1,
        T beta2, T t)
        where T : IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("OP-20", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-20", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-20", "m", "D", m.Lengths, [D]);
        Lengths.Expect("OP-20", "u", "D", u.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), mnew = Tensor.CreateFromShape<T>([D]), unew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            mnew[d] = beta1 * m[d] + (T.One - beta1) * dw[d];
            unew[d] = Choosing.Max(beta2 * u[d], Choosing.Abs(dw[d]));
            wnew[d] = w[d] - eta / (T.One - T.Pow(beta1, t)) * mnew[d] / unew[d];
        }
        return (wnew, mnew, unew);
    }
}
