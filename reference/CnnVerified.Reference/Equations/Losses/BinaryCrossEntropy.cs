using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Cross-entropy of the logistic sigmoid, summed over the batch.</summary>
public static class BinaryCrossEntropy
{
    /// <summary>Binary cross-entropy with logits, forward (LS-F4).</summary>
    /// <param name="z">Scores, N.</param>
    /// <param name="t">Targets, N, from 0 to 1.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.2.</remarks>
    [Equation("LS-F4")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<T> t)
        where T : IExponentialFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("LS-F4", "z", "N", z.Lengths, 1);
        int N = (int)z.Lengths[0];
        Lengths.Expect("LS-F4", "t", "N", t.Lengths, [N]);
        T sum = T.Zero;
        for (int n = 0; n < N; n++)
            sum += Choosing.Max(T.Zero, z[n]) - z[n] * t[n] + RealFunctions.Log1p(T.Exp(-Choosing.Abs(z[n])));
        return Tensor.Create([sum]);
    }

    /// <summary>Binary cross-entropy with logits, backward data (LS-B4): the gradient of LS-F4 by z.</summary>
    /// <param name="z">Scores, N.</param>
    /// <param name="t">Targets, N, from 0 to 1.</param>
    /// <returns>Derivative dz, N.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/losses.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.2.</remarks>
    [Equation("LS-B4")]
    public static Tensor<T> BackwardData<T>(Tensor<T> z, Tensor<T> t)
        where T : IExponentialFunctions<T>
    {
        Lengths.ExpectRank("LS-B4", "z", "N", z.Lengths, 1);
        int N = (int)z.Lengths[0];
        Lengths.Expect("LS-B4", "t", "N", t.Lengths, [N]);
        var dz = Tensor.CreateFromShape<T>([N]);
        for (int n = 0; n < N; n++)
            dz[n] = T.One / (T.One + T.Exp(-z[n])) - t[n];
        return dz;
    }
}
