using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Momentum as the ONNX operator has it: the learning rate outside the velocity, the first gradient undamped.</summary>
public static class OnnxMomentum
{
    /// <summary>ONNX Momentum, standard mode (OP-15).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="alpha">Momentum α.</param>
    /// <param name="beta">β, the damping of the gradient after the first update.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="t">Updates so far: 0 at first.</param>
    /// <returns>New weights xnew and new velocity vnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. ONNX operator ai.onnx.preview.training Momentum.</remarks>
    [Equation("OP-15")]
    public static (Tensor<T> Xnew, Tensor<T> Vnew) Step<T>(Tensor<T> x, Tensor<T> g, Tensor<T> v, T alpha, T beta, T r, T norm, T t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
                  IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-15", "x", "D", x.Lengths, 1);
        int D = (int)x.Lengths[0];
        Lengths.Expect("OP-15", "g", "D", g.Lengths, [D]);
        Lengths.Expect("OP-15", "v", "D", v.Lengths, [D]);
        T badj = t > T.AdditiveIdentity ? beta : T.MultiplicativeIdentity;
        Tensor<T> xnew = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T greg = norm * x[d] + g[d];
            vnew[d] = alpha * v[d] + badj * greg;
            xnew[d] = x[d] - r * vnew[d];
        }
        return (xnew, vnew);
    }

    /// <summary>ONNX Momentum, Nesterov mode (OP-16).</summary>
    /// <param name="x">Weights, D.</param>
    /// <param name="g">Derivative of the loss by x, D.</param>
    /// <param name="v">Velocity, D.</param>
    /// <param name="alpha">Momentum α.</param>
    /// <param name="beta">β, the damping of the gradient after the first update.</param>
    /// <param name="r">Learning rate.</param>
    /// <param name="norm">Coefficient of the squared penalty.</param>
    /// <param name="t">Updates so far: 0 at first.</param>
    /// <returns>New weights xnew and new velocity vnew, D each.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/optimisers.md. ONNX operator ai.onnx.preview.training Momentum.</remarks>
    [Equation("OP-16")]
    public static (Tensor<T> Xnew, Tensor<T> Vnew) NesterovStep<T>(Tensor<T> x, Tensor<T> g, Tensor<T> v, T alpha, T beta, T r, T norm, T t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
                  IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("OP-16", "x", "D", x.Lengths, 1);
        int D = (int)x.Lengths[0];
        Lengths.Expect("OP-16", "g", "D", g.Lengths, [D]);
        Lengths.Expect("OP-16", "v", "D", v.Lengths, [D]);
        T badj = t > T.AdditiveIdentity ? beta : T.MultiplicativeIdentity;
        Tensor<T> xnew = Tensor.CreateFromShape<T>([D]), vnew = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
        {
            T greg = norm * x[d] + g[d];
            vnew[d] = alpha * v[d] + badj * greg;
            xnew[d] = x[d] - r * (greg + alpha * vnew[d]);
        }
        return (xnew, vnew);
    }
}
