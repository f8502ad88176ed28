using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The self-normalising exponential linear unit, SELU: lam times an ELU.</summary>
public static class Selu
{
    /// <summary>SELU, forward (AC-F15).</summary>
    /// <param name="x">Input, N elements.</param>
    /// <param name="lam">Scale; 1.0507009873554805 in the paper.</param>
    /// <param name="a">Minus the limit of the inner unit; 1.6732632423543772 in the paper.</param>
    /// <returns>Output y, N.</returns>
    /// <exception cref="ArgumentException">x has not one dimension.</exception>
    /// <remarks>docs/equations/activations.md. Klambauer, Unterthiner, Mayr and Hochreiter (2017).</remarks>
    [Equation("AC-F15")]
    public static Tensor<T> Forward<T>(Tensor<T> x, T lam, T a)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("AC-F15", "x", "N", x.Lengths, 1);
        int N = (int)x.Lengths[0];
        var y = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            y[i] = lam * (x[i] > T.Zero ? x[i] : a * (T.Exp(Choosing.Min(T.Zero, x[i])) - T.One));
        return y;
    }

    /// <summary>SELU, backward data (AC-B15): the gradient of AC-F15 by x.</summary>
    /// <param name="dy">Derivative of the loss by y, N.</param>
    /// <param name="x">Input, N.</param>
    /// <param name="y">Output of AC-F15, N.</param>
    /// <param name="lam">Scale; 1.0507009873554805 in the paper.</param>
    /// <param name="a">Minus the limit of the inner unit; 1.6732632423543772 in the paper.</param>
    /// <returns>Derivative dx, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/activations.md. Derived from AC-F15. At exactly 0 the convention is lam·a.</remarks>
    [Equation("AC-B15")]
    public static Tensor<T> BackwardData<T>(Tensor<T> dy, Tensor<T> x, Tensor<T> y, T lam, T a)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>
    {
        Lengths.ExpectRank("AC-B15", "dy", "N", dy.Lengths, 1);
        int N = (int)dy.Lengths[0];
        Lengths.Expect("AC-B15", "x", "N", x.Lengths, [N]);
        Lengths.Expect("AC-B15", "y", "N", y.Lengths, [N]);
        var dx = Tensor.CreateFromShape<T>([N]);
        for (int i = 0; i < N; i++)
            dx[i] = x[i] > T.AdditiveIdentity ? lam * dy[i] : dy[i] * (y[i] + lam * a);
        return dx;
    }
}
