using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The absolute value |x|.</summary>
public static class AbsoluteValue
{
    /// <summary>Absolute value, forward (AC-F10).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Jarrett, Kavukcuoglu, Ranzato and LeCun (2009): the rectification layer.</remarks>
    [Equation("AC-F10")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F10", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Abs(x[i]);
        return y;
    }

    /// <summary>Absolute value, backward data (AC-B10): the gradient of AC-F10 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F10. At exactly 0 there is no derivative; the convention is 0.</remarks>
    [Equation("AC-B10")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>,
            IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B10", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B10", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = Choosing.Sign(x[i]) * dy[i];
        return dx;
    }
}
