using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>AdaGrad as the ONNX operator has it: with a squared penalty and a falling learning rate.</summary>
public static class OnnxAdagrad
{
    /// <summary>ONNX Adagrad with decay (OP-17).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="h">Sum of the squared gradients, D.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="decay">How fast the learning rate falls.</param>
    /// <param name="eps">ε, keeps the divisor from 0.</param>
    /// <param name="t">Updates so far: 0 at first.</param>
    /// <returns>New weights xnew and new sum hnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. ONNX operator ai.onnx.preview.training Adagrad.</remarks>
    [Equation("OP-17")]
    public static (Tensor<T> Xnew, Tensor<T> Hnew) Step<T>(Tensor<T> x, Tensor<T> g, Tensor<T> h, T r, T norm, T decay, T eps, T t)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("OP-17", "x", "D", x.Lengths, 1);
        int D = (int)x.Lengths[0];
        Lengths.Expect("OP-17", "g", "D", g.Lengths, [D]);
        Lengths.Expect("OP-17", "h", "D", h.Lengths, [D]);
        T radj = r / (T.One + t * decay);
        Tensor<T> xnew = Tensor.CreateFromShape<T>([D]), hnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T greg = norm * x[d] + g[d];
            hnew[d] = h[d] + greg * greg;
            xnew[d] = x[d] - radj * greg / (T.Sqrt(hnew[d]) + eps);
        }
        return (xnew, hnew);
    }
}
