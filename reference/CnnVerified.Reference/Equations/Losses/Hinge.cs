using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>How far each wrong class comes closer to the right one than a margin of 1, summed over batch and classes.</summary>
public static class Hinge
{
    /// <summary>Multiclass hinge, forward (LS-F5).</summary>
    /// <param name="z">Scores, N×K, K &gt; 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <returns>The loss L, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition (1999).</remarks>
    [Equation("LS-F5")]
    public static Tensor<T> Forward<T>(Tensor<T> z, Tensor<int> label)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-F5", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Labels.Expect("LS-F5", label, N, K);
        T sum = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                if (k != label[n])
                    sum += Choosing.Max(T.AdditiveIdentity, z[n, k] - z[n, label[n]] + T.MultiplicativeIdentity);
        return Tensor.Create([sum]);
    }

    /// <summary>Multiclass hinge, backward data (LS-B5): the gradient of LS-F5 by z.</summary>
    /// <param name="z">Scores, N×K, K &gt; 1.</param>
    /// <param name="label">Right classes, N, each from 0 to K − 1.</param>
    /// <returns>Derivative dz, N×K.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/losses.md. cs231n, optimization-1. A score on the margin counts as outside, a convention.</remarks>
    [Equation("LS-B5")]
    public static Tensor<T> BackwardData<T>(Tensor<T> z, Tensor<int> label)
        where T : IComparisonOperators<T, T, bool>, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IAdditiveIdentity<T, T>,
                  IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("LS-B5", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Labels.Expect("LS-B5", label, N, K);
        var dz = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
            {
                T sum = T.AdditiveIdentity;
                for (int q = 0; q < K; q++)
                    if (q != label[n] && z[n, q] - z[n, label[n]] + T.MultiplicativeIdentity > T.AdditiveIdentity)
                        sum += T.MultiplicativeIdentity;
                dz[n, k] = Choosing.One<T>(k != label[n] && z[n, k] - z[n, label[n]] + T.MultiplicativeIdentity > T.AdditiveIdentity)
                         - (k == label[n] ? sum : T.AdditiveIdentity);
            }
        return dz;
    }
}
