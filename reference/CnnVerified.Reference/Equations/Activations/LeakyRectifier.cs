using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The leaky rectifier: x where positive, else a·x.</summary>
public static class LeakyRectifier
{
    /// <summary>Leaky rectifier, forward (AC-F5).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="a">Slope for negative inputs.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Maas, Hannun and Ng (2013).</remarks>
    [Equation("AC-F5")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T a)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F5", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Max(T.AdditiveIdentity, x[i]) + a * Choosing.Min(T.AdditiveIdentity, x[i]);
        return y;
    }

    /// <summary>Leaky rectifier, backward data (AC-B5): the gradient of AC-F5 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="a">Slope for negative inputs.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F5. At exactly 0 the convention is a.</remarks>
    [Equation("AC-B5")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, T a)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>,
            IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B5", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B5", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = (Choosing.One<T>(x[i] > T.AdditiveIdentity) + a * Choosing.One<T>(x[i] <= T.AdditiveIdentity)) * dy[i];
        return dx;
    }
}
