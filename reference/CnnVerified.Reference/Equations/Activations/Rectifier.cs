using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The rectifier max(0, x), also called ReLU.</summary>
public static class Rectifier
{
    /// <summary>Rectifier, forward (AC-F4).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Nair and Hinton (2010); Glorot, Bordes and Bengio (2011).</remarks>
    [Equation("AC-F4")]
    public static Tensor<T> Forward<T>(Tensor<T> x)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F4", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] > T.AdditiveIdentity ? x[i] : T.AdditiveIdentity;
        return y;
    }

    /// <summary>Rectifier, backward data (AC-B4): the gradient of AC-F4 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. At exactly 0 there is no derivative; the convention is 0.</remarks>
    [Equation("AC-B4")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B4", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B4", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = x[i] > T.AdditiveIdentity ? dy[i] : T.AdditiveIdentity;
        return dx;
    }
}
