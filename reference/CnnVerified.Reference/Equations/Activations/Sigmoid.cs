using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The logistic sigmoid 1/(1 + e⁻ˣ).</summary>
public static class Sigmoid
{
    /// <summary>Logistic sigmoid, forward (AC-F1).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 3.10.</remarks>
    [Equation("AC-F1")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("AC-F1", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = T.One / (T.One + T.Exp(-x[i]));
        return y;
    }

    /// <summary>Logistic sigmoid, backward data (AC-B1): the gradient of AC-F1 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F1, N: the output, not the pre-activation.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F1.</remarks>
    [Equation("AC-B1")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> y)
        where T : ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B1", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B1", "y", "N", y.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] * y[i] * (T.MultiplicativeIdentity - y[i]);
        return dx;
    }
}
