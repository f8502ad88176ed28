using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The softsign x/(1 + |x|).</summary>
public static class Softsign
{
    /// <summary>Softsign, forward (AC-F12).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Bergstra, Desjardins, Lamblin and Bengio (2009).</remarks>
    [Equation("AC-F12")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IComparisonOperators<T, T, bool>,
            IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F12", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] / (T.MultiplicativeIdentity + Choosing.Abs(x[i]));
        return y;
    }

    /// <summary>Softsign, backward data (AC-B12): the gradient of AC-F12 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F12.</remarks>
    [Equation("AC-B12")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
            IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B12", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B12", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
        {
            T s = T.MultiplicativeIdentity + Choosing.Abs(x[i]);
            dx[i] = dy[i] / (s * s);
        }
        return dx;
    }
}
