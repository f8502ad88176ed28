using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>The hard swish: x times a hard sigmoid.</summary>
public static class HardSwish
{
    /// <summary>Hard swish, forward (AC-F19).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Howard et al., Searching for MobileNetV3 (2019).</remarks>
    [Equation("AC-F19")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
            IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F19", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        T one = T.MultiplicativeIdentity, two = Whole.Of<T>(2), six = Whole.Of<T>(6);
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] * Choosing.Max(T.AdditiveIdentity, Choosing.Min(one, x[i] / six + one / two));
        return y;
    }

    /// <summary>Hard swish, backward data (AC-B19): the gradient of AC-F19 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F19. At exactly −3 and 3 there is no derivative;
    /// the convention is the value outside, 0 and 1.</remarks>
    [Equation("AC-B19")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
            IComparisonOperators<T, T, bool>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B19", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B19", "x", "N", x.Lengths, [N]);
        T one = T.MultiplicativeIdentity, two = Whole.Of<T>(2), three = Whole.Of<T>(3), six = Whole.Of<T>(6);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = dy[i] * (Choosing.Max(T.AdditiveIdentity, Choosing.Min(one, x[i] / six + one / two))
                + (-three < x[i] && x[i] < three ? x[i] / six : T.AdditiveIdentity));
        return dx;
    }
}
