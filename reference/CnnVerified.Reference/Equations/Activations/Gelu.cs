using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The Gaussian error linear unit, GELU: x times the probability that a standard normal number is below it.</summary>
public static class Gelu
{
    /// <summary>GELU, forward (AC-F8).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Hendrycks and Gimpel (2016).</remarks>
    [Equation("AC-F8")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IRootFunctions<T>
    {
        Lengths.ExpectRank("AC-F8", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        T two = Whole.Of<T>(2);
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] * RealFunctions.Erfc(-x[i] / T.Sqrt(two)) / two;
        return y;
    }

    /// <summary>GELU, backward data (AC-B8): the gradient of AC-F8 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F8.</remarks>
    [Equation("AC-B8")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IExponentialFunctions<T>, IRootFunctions<T>
    {
        Lengths.ExpectRank("AC-B8", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B8", "x", "N", x.Lengths, [N]);
        T two = Whole.Of<T>(2);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] * (RealFunctions.Erfc(-x[i] / T.Sqrt(two)) / two + x[i] * T.Exp(-(x[i] * x[i]) / two) / T.Sqrt(two * T.Pi));
        return dx;
    }
}
