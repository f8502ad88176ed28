using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>One-hot targets, a share of which is spread evenly over all classes.</summary>
public static class LabelSmoothing
{
    /// <summary>Label smoothing (IN-6).</summary>
    /// <param name="label">Class numbers, N, each from 0 to K − 1.</param>
    /// <param name="alpha">The share α that is spread, from 0 to 1.</param>
    /// <param name="K">Number of classes.</param>
    /// <returns>Targets q, N×K; rows sum to 1.</returns>
    /// <exception cref="ArgumentException">label has not one dimension, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/inputs.md. Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, Rethinking the Inception Architecture (2016).</remarks>
    [Equation("IN-6")]
    public static Tensor<T> Forward<T>(Tensor<int> label, T alpha, int K)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("IN-6", "label", "N", label.Lengths, 1);
        int N = (int)label.Lengths[0];
        Lengths.ExpectCountable("IN-6", "q", [N, K]);
        var q = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
        {
            if (label[n] < 0 || label[n] >= K)
                throw new ArgumentException($"label[{n}] expects a class from 0 to K - 1 = {K - 1}, got {label[n]}; IN-6. (Parameter 'label')");
            for (int k = 0; k < K; k++)
                q[n, k] = (T.MultiplicativeIdentity - alpha) * Choosing.One<T>(k == label[n]) + alpha / Whole.Of<T>(K);
        }
        return q;
    }
}
