using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The logarithm of the logistic sigmoid.</summary>
public static class LogSigmoid
{
    /// <summary>Log-sigmoid, forward (AC-F23).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. The logarithm of AC-F1, minus the softplus (AC-F7) of −x.</remarks>
    [Equation("AC-F23")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("AC-F23", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Min(T.Zero, x[i]) - RealFunctions.Log1p(T.Exp(-T.Abs(x[i])));
        return y;
    }

    /// <summary>Log-sigmoid, backward data (AC-B23): the gradient of AC-F23 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F23.</remarks>
    [Equation("AC-B23")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("AC-B23", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B23", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] / (T.One + T.Exp(x[i]));
        return dx;
    }
}
