using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The continuously differentiable exponential linear unit, CELU: x where positive, else a·(e^(x/a) − 1).</summary>
public static class Celu
{
    /// <summary>CELU, forward (AC-F21).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Minus the limit for large negative inputs, above 0.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Barron, Continuously Differentiable Exponential Linear Units (2017).</remarks>
    [Equation("AC-F21")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T a)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("AC-F21", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Max(T.Zero, x[i]) + a * (T.Exp(Choosing.Min(T.Zero, x[i]) / a) - T.One);
        return y;
    }

    /// <summary>CELU, backward data (AC-B21): the gradient of AC-F21 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="a">Minus the limit for large negative inputs, above 0.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F21.</remarks>
    [Equation("AC-B21")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, T a)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("AC-B21", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B21", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] * T.Exp(Choosing.Min(T.Zero, x[i]) / a);
        return dx;
    }
}
