using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>How well a network does.</summary>
public static class Metrics
{
    /// <summary>Accuracy (GC-3).</summary>
    /// <param name="z">Scores, N×K.</param>
    /// <param name="label">Class numbers, N, each from 0 to K − 1.</param>
    /// <returns>The first class with the largest score pred, N, and the share acc of right ones, one element.</returns>
    /// <exception cref="ArgumentException">label is not N.</exception>
    /// <remarks>docs/equations/gradient-checks.md. Definition. Equal largest scores: the smallest class.</remarks>
    [Equation("GC-3")]
    public static (Tensor<int> Pred, Tensor<T> Acc) Accuracy<T>(Tensor<T> z, Tensor<int> label)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("GC-3", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Lengths.Expect("GC-3", "label", "N", label.Lengths, [N]);
        var pred = Tensor.CreateFromShape<int>([N]);
        T acc = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
        {
            T largest = z[n, 0];
            for (int q = 1; q < K; q++)
                largest = Choosing.Max(largest, z[n, q]);
            pred[n] = K;
            for (int k = 0; k < K; k++)
                if (z[n, k] == largest)
                    pred[n] = Math.Min(pred[n], k);
            acc += Choosing.One<T>(pred[n] == label[n]) / Whole.Of<T>(N);
        }
        return (pred, Tensor.Create([acc]));
    }

    /// <summary>Confusion matrix (GC-4).</summary>
    /// <param name="label">Class numbers, N, each from 0 to K − 1.</param>
    /// <param name="pred">Classes of GC-3, N.</param>
    /// <param name="K">Number of classes.</param>
    /// <returns>Counts cm, K×K: rows of class a that were taken for class b.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <remarks>docs/equations/gradient-checks.md. Definition.</remarks>
    [Equation("GC-4")]
    public static Tensor<T> Confusion<T>(Tensor<int> label, Tensor<int> pred, int K)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("GC-4", "label", "N", label.Lengths, 1);
        int N = (int)label.Lengths[0];
        Lengths.Expect("GC-4", "pred", "N", pred.Lengths, [N]);
        var cm = Tensor.CreateFromShape<T>([K, K]);
        for (int a = 0; a < K; a++)
            for (int b = 0; b < K; b++)
            {
                T sum = T.AdditiveIdentity;
                for (int n = 0; n < N; n++)
                    sum += Choosing.One<T>(label[n] == a && pred[n] == b);
                cm[a, b] = sum;
            }
        return cm;
    }

    /// <summary>Top-M accuracy (GC-5).</summary>
    /// <param name="z">Scores, N×K.</param>
    /// <param name="label">Class numbers, N, each from 0 to K − 1.</param>
    /// <param name="M">How many of the largest scores count as right.</param>
    /// <returns>The share acc, one element.</returns>
    /// <exception cref="ArgumentException">label is not N.</exception>
    /// <remarks>docs/equations/gradient-checks.md. Definition. Scores equal to that of the class do not count against it.</remarks>
    [Equation("GC-5")]
    public static Tensor<T> TopAccuracy<T>(Tensor<T> z, Tensor<int> label, int M)
        where T : IAdditionOperators<T, T, T>, IDivisionOperators<T, T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("GC-5", "z", "N×K", z.Lengths, 2);
        var (N, K) = z.Sizes2();
        Lengths.Expect("GC-5", "label", "N", label.Lengths, [N]);
        T acc = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
        {
            int above = 0;
            for (int q = 0; q < K; q++)
                above += z[n, q] > z[n, label[n]] ? 1 : 0;
            acc += Choosing.One<T>(above < M) / Whole.Of<T>(N);
        }
        return Tensor.Create([acc]);
    }

    /// <summary>Mean absolute error (GC-6).</summary>
    /// <param name="y">Outputs, N×K.</param>
    /// <param name="t">Targets, N×K.</param>
    /// <returns>The mean err over all elements, one element.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>docs/equations/gradient-checks.md. Definition.</remarks>
    [Equation("GC-6")]
    public static Tensor<T> MeanAbsoluteError<T>(Tensor<T> y, Tensor<T> t)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>,
                  IComparisonOperators<T, T, bool>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("GC-6", "y", "N×K", y.Lengths, 2);
        var (N, K) = y.Sizes2();
        Lengths.Expect("GC-6", "t", "N×K", t.Lengths, [N, K]);
        T err = T.AdditiveIdentity;
        for (int n = 0; n < N; n++)
            for (int k = 0; k < K; k++)
                err += Choosing.Abs(y[n, k] - t[n, k]) / Whole.Of<T>(N * K);
        return Tensor.Create([err]);
    }
}
