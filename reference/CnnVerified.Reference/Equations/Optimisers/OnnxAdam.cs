using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Adam as the ONNX operator has it: both corrections in the learning rate, a squared penalty, a decay after the update.</summary>
public static class OnnxAdam
{
    /// <summary>ONNX Adam (OP-18).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="v">Mean of the gradient, D.</param>
    /// <param name="h">Mean of the squared gradient, D.</param>
    /// <param name="alpha">α, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta">β, how much of the old mean of the square is kept.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="post">Decay after the update.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="t">Updates so far; at 0 nothing is corrected.</param>
    /// <returns>New weights xfin and new means vnew and hnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. ONNX operator ai.onnx.preview.training Adam.</remarks>
    [Equation("OP-18")]
    public static (Tensor<T> Xfin, Tensor<T> Vnew, Tensor<T> Hnew) Step<T>(Tensor<T> x, Tensor<T> g, Tensor<T> v, Tensor<T> h, T alpha, T beta,
        T r, T norm, T post, T eps, T t)
        where T : IRootFunctions<T>, IPowerFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("OP-18", "x", "D", x.Lengths, 1);
        int D = (int)x.Lengths[0];
        Lengths.Expect("OP-18", "g", "D", g.Lengths, [D]);
        Lengths.Expect("OP-18", "v", "D", v.Lengths, [D]);
        Lengths.Expect("OP-18", "h", "D", h.Lengths, [D]);
        T radj = t > T.Zero ? r * T.Sqrt(T.One - T.Pow(beta, t)) / (T.One - T.Pow(alpha, t)) : r;
        Tensor<T> xfin = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]), hnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T greg = norm * x[d] + g[d];
            vnew[d] = alpha * v[d] + (T.One - alpha) * greg;
            hnew[d] = beta * h[d] + (T.One - beta) * (greg * greg);
            T xnew = x[d] - radj * vnew[d] / (T.Sqrt(hnew[d]) + eps);
            xfin[d] = (T.One - post) * xnew;
        }
        return (xfin, vnew, hnew);
    }

    /// <summary>OP-18 with norm = post = 0 and ε·√(1 − βᵗ) in the place of ε: the same step as OP-7 (OP-I4).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="v">Mean of the gradient, D.</param>
    /// <param name="h">Mean of the squared gradient, D.</param>
    /// <param name="alpha">α, how much of the old mean of the gradient is kept.</param>
    /// <param name="beta">β, how much of the old mean of the square is kept.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="t">Steps so far, this one included: 1 at first.</param>
    /// <returns>New weights x1, D.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. Derived from OP-7 and OP-18.</remarks>
    [Equation("OP-I4")]
    public static Tensor<T> AsAdam<T>(Tensor<T> x, Tensor<T> g, Tensor<T> v, Tensor<T> h, T alpha, T beta, T r, T eps, T t)
        where T : IRootFunctions<T>, IPowerFunctions<T>
    {
        Lengths.ExpectRank("OP-I4", "x", "D", x.Lengths, 1);
        int D = (int)x.Lengths[0];
        Lengths.Expect("OP-I4", "g", "D", g.Lengths, [D]);
        Lengths.Expect("OP-I4", "v", "D", v.Lengths, [D]);
        Lengths.Expect("OP-I4", "h", "D", h.Lengths, [D]);
        T root = T.Sqrt(T.One - T.Pow(beta, t));
        var x1 = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T vnew = alpha * v[d] + (T.One - alpha) * g[d];
            T hnew = beta * h[d] + (T.One - beta) * (g[d] * g[d]);
            x1[d] = x[d] - r * root / (T.One - T.Pow(alpha, t)) * vnew / (T.Sqrt(hnew) + eps * root);
        }
        return x1;
    }
}
