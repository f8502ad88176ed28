using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Mish: x times tanh of its softplus.</summary>
public static class Mish
{
    /// <summary>Mish, forward (AC-F17).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Misra (2019).</remarks>
    [Equation("AC-F17")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IExponentialFunctions<T>, IHyperbolicFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("AC-F17", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
        {
            T s = Choosing.Max(T.Zero, x[i]) + RealFunctions.Log1p(T.Exp(-T.Abs(x[i])));
            y[i] = x[i] * T.Tanh(s);
        }
        return y;
    }

    /// <summary>Mish, backward data (AC-B17): the gradient of AC-F17 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="s">The softplus of x (AC-F7), N: s of AC-F17.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F17.</remarks>
    [Equation("AC-B17")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> s)
        where T : IExponentialFunctions<T>, IHyperbolicFunctions<T>
    {
        Lengths.ExpectRank("AC-B17", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B17", "x", "N", x.Lengths, [N]);
        Lengths.Expect("AC-B17", "s", "N", s.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] * (T.Tanh(s[i]) + x[i] * (T.One - T.Tanh(s[i]) * T.Tanh(s[i])) / (T.One + T.Exp(-x[i])));
        return dx;
    }
}
