using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>RMSProp whose learning rate is the root of the running mean of its own squared steps.</summary>
public static class AdaDelta
{
    /// <summary>AdaDelta (OP-19).</summary>
    /// <param name="w">Weights, D.</param>
    /// <param name="dw">Derivative of the loss by w, D.</param>
    /// <param name="h">Mean of the squared gradient, D.</param>
    /// <param name="a">Mean of the squared step, D.</param>
    /// <param name="rho">ρ, how much of the old means is kept.</param>
    /// <param name="eps">ε, starts the first step and keeps the divisor from 0.</param>
    /// <returns>New weights wnew and new means hnew and anew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Zeiler, ADADELTA: An Adaptive Learning Rate Method (2012), algorithm 1.</remarks>
    [Equation("OP-19")]
    public static (Tensor<T> Wnew, Tensor<T> Hnew, Tensor<T> Anew) Step<T>(Tensor<T> w, Tensor<T> dw, Tensor<T> h, Tensor<T> a, T rho, T eps)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("OP-19", "w", "D", w.Lengths, 1);
        int D = (int)w.Lengths[0];
        Lengths.Expect("OP-19", "dw", "D", dw.Lengths, [D]);
        Lengths.Expect("OP-19", "h", "D", h.Lengths, [D]);
        Lengths.Expect("OP-19", "a", "D", a.Lengths, [D]);
        Tensor<T> wnew = Tensor.CreateFromShape<T>([D]), hnew = Tensor.CreateFromShape<T>([D]), anew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            hnew[d] = rho * h[d] + (T.One - rho) * (dw[d] * dw[d]);
            T step = -T.Sqrt(a[d] + eps) / T.Sqrt(hnew[d] + eps) * dw[d];
            anew[d] = rho * a[d] + (T.One - rho) * (step * step);
            wnew[d] = w[d] + step;
        }
        return (wnew, hnew, anew);
    }
}
