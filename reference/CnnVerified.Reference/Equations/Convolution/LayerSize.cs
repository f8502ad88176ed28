using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>What a layer of windows sees, holds and costs.</summary>
public static class LayerSize
{
    /// <summary>Receptive field of the next layer along one axis, rows (CV-S3).</summary>
    /// <param name="rf">Pixels that a value of this layer sees, at least 1; 1 at the input.</param>
    /// <param name="jump">Pixels between what neighbours see, at least 1; 1 at the input.</param>
    /// <param name="R">Window rows of the next layer.</param>
    /// <param name="window">Its stride sh and dilation eh.</param>
    /// <returns>rfnew and jumpnew, each in a tensor of one element.</returns>
    /// <remarks>docs/equations/convolution.md. Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016); Araujo,
    /// Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks (2019).</remarks>
    [Equation("CV-S3")]
    public static (Tensor<T> rfnew, Tensor<T> jumpnew) ReceptiveField<T>(T rf, T jump, int R, Window window)
        where T : IAdditionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T>
    {
        T rfnew = rf + Whole.Of<T>(window.Eh * (R - 1)) * jump;
        T jumpnew = jump * Whole.Of<T>(window.Sh);
        return (Tensor.Create([rfnew], [1]), Tensor.Create([jumpnew], [1]));
    }

    /// <summary>Parameters and multiplications of a convolution (CV-S4).</summary>
    /// <param name="N">Batch.</param>
    /// <param name="C">Input channels.</param>
    /// <param name="K">Filters.</param>
    /// <param name="R">Kernel rows.</param>
    /// <param name="S">Kernel columns.</param>
    /// <param name="P">Output rows.</param>
    /// <param name="Q">Output columns.</param>
    /// <param name="window">Groups.</param>
    /// <returns>np, weights and biases, and nm, products of the forward pass.</returns>
    /// <exception cref="ArgumentException">G does not divide C and K.</exception>
    /// <remarks>docs/equations/convolution.md. LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition
    /// (1998), section II.B, where C1 has 156 parameters, and C3 with its table 1516.</remarks>
    [Equation("CV-S4")]
    public static (long np, long nm) Count(int N, int C, int K, int R, int S, int P, int Q, Window window)
    {
        int G = window.G;
        if (C % G != 0 || K % G != 0)
            throw new ArgumentException($"G = {G} groups must divide C = {C} channels and K = {K} filters; CV-S4. (Parameter 'window')");
        return ((long)K * (C / G) * R * S + K, (long)N * K * P * Q * (C / G) * R * S);
    }
}
