using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The thresholded rectifier: x above theta, else 0.</summary>
public static class ThresholdedRectifier
{
    /// <summary>Thresholded rectifier, forward (AC-F22).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="theta">Inputs up to here become 0.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Konda, Memisevic and Krueger, Zero-bias autoencoders and the benefits of co-adapting features (2015).</remarks>
    [Equation("AC-F22")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T theta)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-F22", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = x[i] > theta ? x[i] : T.AdditiveIdentity;
        return y;
    }

    /// <summary>Thresholded rectifier, backward data (AC-B22): the gradient of AC-F22 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="theta">Inputs up to here become 0.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F22. At exactly theta there is no derivative; the convention is 0.</remarks>
    [Equation("AC-B22")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, T theta)
        where T : IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B22", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B22", "x", "N", x.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = x[i] > theta ? dy[i] : T.AdditiveIdentity;
        return dx;
    }
}
