using System.Numerics;
using System.Numerics.Tensors;

namespace CnnVerified.Reference.Equations;

/// <summary>Shortening gradients that are too long.</summary>
public static class Clipping
{
    /// <summary>Gradient clipping by norm (OP-10).</summary>
    /// <param name="dw">Derivative of the loss by w, D, not all 0.</param>
    /// <param name="clip">The greatest length that stays, above 0.</param>
    /// <returns>The gradient gc, D, no longer than clip.</returns>
    /// <exception cref="ArgumentException">dw has not one dimension.</exception>
    /// <remarks>docs/equations/optimisers.md. Pascanu, Mikolov and Bengio, On the Difficulty of Training Recurrent Neural Networks (2013).</remarks>
    [Equation("OP-10")]
    public static Tensor<T> ByNorm<T>(Tensor<T> dw, T clip)
        where T : IRootFunctions<T>, IComparisonOperators<T, T, bool>
    {
        Lengths.ExpectRank("OP-10", "dw", "D", dw.Lengths, 1);
        int D = (int)dw.Lengths[0];
        T sum = T.Zero;
        for (int d = 0; d < D; d++)
            sum += dw[d] * dw[d];
        T gn = T.Sqrt(sum);
        var gc = Tensor.CreateFromShape<T>([D]);
        for (int d = 0; d < D; d++)
            gc[d] = dw[d] * Choosing.Min(T.One, clip / gn);
        return gc;
    }
}
