using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Class numbers as rows of zeros with a single 1.</summary>
public static class OneHot
{
    /// <summary>One-hot target (IN-5).</summary>
    /// <param name="label">Class numbers, N, each from 0 to K − 1.</param>
    /// <param name="K">Number of classes.</param>
    /// <returns>Targets t, N×K.</returns>
    /// <exception cref="ArgumentException">label has not one dimension, or a label is not from 0 to K − 1.</exception>
    /// <remarks>docs/equations/inputs.md. Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.</remarks>
    [Equation("IN-5")]
    public static Tensor<T> Forward<T>(Tensor<int> label, int K)
        where T : IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        Lengths.ExpectRank("IN-5", "label", "N", label.Lengths, 1);
        int N = (int)label.Lengths[0];
        Lengths.ExpectCountable("IN-5", "t", [N, K]);
        var t = Tensor.CreateFromShape<T>([N, K]);
        for (int n = 0; n < N; n++)
        {
            if (label[n] < 0 || label[n] >= K)
                throw new ArgumentException($"label[{n}] expects a class from 0 to K - 1 = {K - 1}, got {label[n]}; IN-5. (Parameter 'label')");
            for (int k = 0; k < K; k++)
                t[n, k] = k == label[n] ? T.MultiplicativeIdentity : T.AdditiveIdentity;
        }
        return t;
    }
}
