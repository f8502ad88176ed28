using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The hard tanh: x, held between −1 and 1.</summary>
public static class HardTanh
{
    /// <summary>Hard tanh, forward (AC-F11).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Collobert (2004).</remarks>
    [Equation("AC-F11")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F11", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Max(-T.MultiplicativeIdentity, Choosing.Min(T.MultiplicativeIdentity, x[i]));
        return y;
    }

    /// <summary>Hard tanh, backward data (AC-B11): the gradient of AC-F11 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F11. At exactly −1 and 1 there is no derivative; the convention is 0.</remarks>
    [Equation("AC-B11")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B11", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B11", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = -T.MultiplicativeIdentity < x[i] && x[i] < T.MultiplicativeIdentity ? dy[i] : T.AdditiveIdentity;
        return dx;
    }
}
