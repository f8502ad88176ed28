using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The hyperbolic tangent.</summary>
public static class Tanh
{
    /// <summary>Hyperbolic tangent, forward (AC-F2).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition (1998).</remarks>
    [Equation("AC-F2")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IHyperbolicFunctions<T>
    {
        Lengths.ExpectRank("AC-F2", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = T.Tanh(x[i]);
        return y;
    }

    /// <summary>Hyperbolic tangent, backward data (AC-B2): the gradient of AC-F2 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="y">Output of AC-F2, N: the output, not the pre-activation.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F2.</remarks>
    [Equation("AC-B2")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> y)
        where T : ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B2", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B2", "y", "N", y.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] * (T.MultiplicativeIdentity - y[i] * y[i]);
        return dx;
    }
}
