using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>The right class of each sample, as a number.</summary>
internal static class Labels
{
    /// <summary>Checks that there are N labels, each from 0 to K − 1.</summary>
    /// <exception cref="ArgumentException">Another shape, or a label outside.</exception>
    internal static void Expect(string id, Tensor<int> label, int N, int K)
    {
        Lengths.Expect(id, "label", "N", label.Lengths, [N]);
        for (int n = 0; n < N; n++)
            if (label[n] < 0 || label[n] >= K)
                throw new ArgumentException($"label[{n}] expects a class from 0 to K - 1 = {K - 1}, got {label[n]}; {id}. (Parameter 'label')");
    }
}
