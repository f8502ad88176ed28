using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The exponential linear unit, ELU: x where positive, else a·(eˣ − 1).</summary>
public static class Elu
{
    /// <summary>Exponential linear unit, forward (AC-F6).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Minus the limit for large negative inputs.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Clevert, Unterthiner and Hochreiter (2016).</remarks>
    [Equation("AC-F6")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T a)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("AC-F6", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] > T.Zero ? x[i] : a * (T.Exp(Choosing.Min(T.Zero, x[i])) - T.One);
        return y;
    }

    /// <summary>Exponential linear unit, backward data (AC-B6): the gradient of AC-F6 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="y">Output of AC-F6, N.</param>
    /// <param name="a">Minus the limit for large negative inputs.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F6. At exactly 0 the convention is a.</remarks>
    [Equation("AC-B6")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y, T a)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B6", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B6", "x", "N", x.Lengths, [N]);
        Lengths.Expect("AC-B6", "y", "N", y.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = x[i] > T.AdditiveIdentity ? dy[i] : dy[i] * (y[i] + a);
        return dx;
    }
}
