using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Forward pass and data gradient are transposed maps of each other: ⟨A x, g⟩ = ⟨x, Aᵀ g⟩.</summary>
public static class AdjointIdentity
{
    /// <summary>The scalar product of a convolution's output, without its bias, with any g (CV-I6).</summary>
    /// <param name="x">Input, N×C×H×W.</param>
    /// <param name="w">Weights, K×(C/G)×R×S.</param>
    /// <param name="b">Bias, K.</param>
    /// <param name="g">The other factor, N×K×P×Q.</param>
    /// <param name="window">Stride, padding, dilation, groups.</param>
    /// <returns>l1 in a tensor of one element: the scalar product of x with CV-B1 of g.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit CV-F1.</exception>
    /// <remarks>docs/equations/convolution.md. Linear algebra.</remarks>
    [Equation("CV-I6")]
    public static Tensor<T> OfOutput<T>(Tensor<T> x, Tensor<T> w, Tensor<T> b, Tensor<T> g, Window window)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        var shape = ConvolutionShape.Of("CV-I6", x.Lengths, w.Lengths, window);
        shape.ExpectOutput("CV-I6", "g", g.Lengths);
        var y = Convolution.Forward(x, w, b, window);
        T l1 = T.AdditiveIdentity;
        for (int n = 0; n < shape.N; n++)
            for (int k = 0; k < shape.K; k++)
                for (int i = 0; i < shape.P; i++)
                    for (int j = 0; j < shape.Q; j++)
                        l1 += (y[n, k, i, j] - b[k]) * g[n, k, i, j];
        return Tensor.Create([l1], [1]);
    }
}
