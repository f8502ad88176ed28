using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The clipped rectifier: x, held between 0 and a bound.</summary>
public static class ClippedRectifier
{
    /// <summary>Clipped rectifier, forward (AC-F20).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="bound">The largest output, above 0; 6 for ReLU6.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10 (2010).</remarks>
    [Equation("AC-F20")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T bound)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F20", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = Choosing.Min(bound, Choosing.Max(T.AdditiveIdentity, x[i]));
        return y;
    }

    /// <summary>Clipped rectifier, backward data (AC-B20): the gradient of AC-F20 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="bound">The largest output, above 0; 6 for ReLU6.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F20. At exactly 0 and the bound there is no derivative; the convention is 0.</remarks>
    [Equation("AC-B20")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, T bound)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B20", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B20", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = T.AdditiveIdentity < x[i] && x[i] < bound ? dy[i] : T.AdditiveIdentity;
        return dx;
    }
}
