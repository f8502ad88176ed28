using System.Numerics;
using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Equations;

/// <summary>Learning rates that fall with the number of steps.</summary>
public static class Schedules
{
    /// <summary>Step decay (OP-12).</summary>
    /// <param name="eta">Learning rate at the start.</param>
    /// <param name="g">The factor, above 0.</param>
    /// <param name="t">Steps so far, at least 0.</param>
    /// <param name="T">Steps from one multiplication to the next.</param>
    /// <typeparam name="TReal">The number type.</typeparam>
    /// <returns>The learning rate etat, one element.</returns>
    /// <remarks>docs/equations/optimisers.md. Common. For t ≥ 0 a quotient without its fraction is its floor.</remarks>
    [Equation("OP-12")]
    public static Tensor<TReal> StepDecay<TReal>(TReal eta, TReal g, TReal t, int T)
        where TReal : IPowerFunctions<TReal> =>
        Tensor.Create([eta * TReal.Pow(g, Whole.Of<TReal>(int.CreateTruncating(t / Whole.Of<TReal>(T))))]);

    /// <summary>Cosine decay (OP-13).</summary>
    /// <param name="hi">Learning rate at the start.</param>
    /// <param name="lo">Learning rate at the end.</param>
    /// <param name="t">Steps so far, from 0 to T.</param>
    /// <param name="T">Steps in all.</param>
    /// <typeparam name="TReal">The number type.</typeparam>
    /// <returns>The learning rate etat, one element.</returns>
    /// <remarks>docs/equations/optimisers.md. Loshchilov and Hutter, SGDR (2017), eq. 5.</remarks>
    [Equation("OP-13")]
    public static Tensor<TReal> CosineDecay<TReal>(TReal hi, TReal lo, TReal t, int T)
        where TReal : ITrigonometricFunctions<TReal> =>
        Tensor.Create([lo + (hi - lo) * (TReal.One + TReal.Cos(TReal.Pi * t / Whole.Of<TReal>(T))) / Whole.Of<TReal>(2)]);
}
