using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Whether a gradient is right.</summary>
public static class GradientCheck
{
    /// <summary>Central difference (GC-1).</summary>
    /// <param name="lp">Loss at a step h forward.</param>
    /// <param name="lm">Loss at a step h back.</param>
    /// <param name="h">The step, above 0.</param>
    /// <returns>The derivative g, one element, up to order h².</returns>
    /// <remarks>docs/equations/gradient-checks.md. Goodfellow, Bengio and Courville, Deep Learning (2016), chapter 11.</remarks>
    [Equation("GC-1")]
    public static Tensor<T> CentralDifference<T>(T lp, T lm, T h)
        where T : IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
                  IAdditiveIdentity<T, T>, IMultiplicativeIdentity<T, T> =>
        Tensor.Create([(lp - lm) / (Whole.Of<T>(2) * h)]);

    /// <summary>Relative error (GC-2).</summary>
    /// <param name="a">One value.</param>
    /// <param name="g">The other.</param>
    /// <param name="tiny">The least divisor, above 0 and well below the scale of the whole gradient.</param>
    /// <returns>The error err, one element.</returns>
    /// <remarks>docs/equations/gradient-checks.md. The notes of the course cs231n, neural networks part 3.</remarks>
    [Equation("GC-2")]
    public static Tensor<T> RelativeError<T>(T a, T g, T tiny)
        where T : ISubtractionOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IComparisonOperators<T, T, bool>,
                  IAdditiveIdentity<T, T> =>
        Tensor.Create([Choosing.Abs(a - g) / Choosing.Max(Choosing.Max(Choosing.Abs(a), Choosing.Abs(g)), tiny)]);
}
