using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Half the squared distance, summed over batch and elements.</summary>
public static class HalfSquaredError
{
    /// <summary>Half squared error, forward (LS-F2).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("LS-F2")]
    public static Tensor<T> Forward<T>(Tensor<T> y, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F2", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-F2", "t", "N×K", t.Lengths, [N, K]);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                sum += (y[n, k] - t[n, k]) * (y[n, k] - t[n, k]) / Whole.Of<T>(2);
        return Tensor.Create([sum]);
    }

    /// <summary>Half squared error, backward data (LS-B2): the gradient of LS-F2 by y.</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>Derivative dy, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/losses.md. Bouvrie, Notes on Convolutional Neural Networks (2006).</remarks>
    [Equation("LS-B2")]
    public static Tensor<T> BackwardData<T>(Tensor<T> y, Tensor<T> t)
        where T : ISubtractionOperators<T, T, T>
    {
        Lengths.ExpectRank("LS-B2", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("LS-B2", "t", "N×K", t.Lengths, [N, K]);
        var dy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                dy[n, k] = y[n, k] - t[n, k];
        return dy;
    }

    /// <summary>Second derivative of the half squared error, diagonal (OP-B13): 1 everywhere.</summary>
    /// <param name="N">Samples.</param>
    /// <param name="K">Outputs of a sample.</param>
    /// <returns>Second derivative hy by y, N×K.</returns>
    /// <exception cref="ArgumentException">N×K is negative or beyond one array.</exception>
    /// <remarks>docs/equations/lenet5-output.md. Derived from LS-F2.</remarks>
    [Equation("OP-B13")]
    public static Tensor<T> SecondOrder<T>(int N, int K)
        where T : IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectCountable("OP-B13", "hy", [N, K]);
        var hy = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                hy[n, k] = T.MultiplicativeIdentity;
        return hy;
    }
}
