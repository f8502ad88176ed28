using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Half the squared difference up to delta, a straight line beyond it: the sum over the batch.</summary>
public static class HuberLoss
{
    /// <summary>Huber loss, forward (LS-F6).</summary>
    /// <param name="y">Outputs, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <param name="delta">Where the straight line begins, positive.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/losses.md. Huber, Robust Estimation of a Location Parameter (1964).</remarks>
    [Equation("LS-F6")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<T> t, T delta)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>,
                  IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F6", "y", "N", y.Lengths, 1);
        int N = (int)y.Lengths[0];
        Lengths.Expect("LS-F6", "t", "N", t.Lengths, [N]);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            sum += Choosing.Abs(y[n] - t[n]) <= delta
                ? (y[n] - t[n]) * (y[n] - t[n]) / Whole.Of<T>(2)
                : delta * (Choosing.Abs(y[n] - t[n]) - delta / Whole.Of<T>(2));
        return Tensor.Create([sum]);
    }

    /// <summary>Huber loss, backward data (LS-B6): the gradient of LS-F6 by y.</summary>
    /// <param name="y">Outputs, N.</param>
    /// <param name="t">Targets, N.</param>
    /// <param name="delta">Where the straight line begins, positive.</param>
    /// <returns>Derivative dy, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/losses.md. Derived from LS-F6.</remarks>
    [Equation("LS-B6")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<T> t, T delta)
        where T : IComparisonOperators<T, T, bool>, ISubtractionOperators<T, T, T>, IUnaryNegationOperators<T, T>
    {
        Lengths.ExpectRank("LS-B6", "y", "N", y.Lengths, 1);
        int N = (int)y.Lengths[0];
        Lengths.Expect("LS-B6", "t", "N", t.Lengths, [N]);
        var dy = Tensor.CreateFromShape<T>([N]);
        for (int n = 0; n < N; n++)
            dy[n] = Choosing.Max(-delta, Choosing.Min(delta, y[n] - t[n]));
        return dy;
    }
}
