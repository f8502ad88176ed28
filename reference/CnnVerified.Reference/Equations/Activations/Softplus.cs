using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The softplus log(1 + eˣ), a smooth rectifier.</summary>
public static class Softplus
{
    /// <summary>Softplus, forward (AC-F7).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 3.10.</remarks>
    [Equation("AC-F7")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("AC-F7", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Max(T.Zero, x[i]) + RealFunctions.Log1p(T.Exp(-T.Abs(x[i])));
        return y;
    }

    /// <summary>Softplus, backward data (AC-B7): the gradient of AC-F7 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F7.</remarks>
    [Equation("AC-B7")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("AC-B7", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B7", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] / (T.One + T.Exp(-x[i]));
        return dx;
    }
}
