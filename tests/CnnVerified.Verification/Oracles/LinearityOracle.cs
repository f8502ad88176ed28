using System.Numerics.Tensors;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Verification.Oracles;

/// <summary>A backward pass is linear in the residual: B(dy + 2·dy') = B(dy) + 2·B(dy'), all three the engine's own.</summary>
/// <remarks>Equality on whole numbers where the results are whole; else within what the three passes may lose.</remarks>
public sealed class LinearityOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "linear";

    /// <inheritdoc/>
    public override string Proves => "the engine's backward pass is linear in the residual: exactly on whole numbers, else within the bounds of three passes; no reference value takes part";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.GradientOf is not null && equation.Residual is not null;

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        var passes = equation.Nature == Nature.Smooth ? null : Passes(equation, Arguments.Integers(equation, @case, seed, freeForwardValues: true, headroom: 4));
        bool isExact = passes is { First.AreWhole: true, Second.AreWhole: true, Both.AreWhole: true };
        passes = isExact ? passes : Passes(equation, Arguments.Reals(equation, @case, seed));
        if (passes is not var (first, second, both))
            return null;
        double[] allowed = new double[equation.Outputs[0].Shape(@case).Aggregate((nint)1, (product, length) => product * length)];
        if (!isExact)
        {
            // dy + 2·dy' is itself rounded: a part in 2²⁴ of each term, which the third bound covers once more.
            if (first.Bounds(false) is not { } a || second.Bounds(false) is not { } b || both.Bounds(false) is not { } c)
                return null;
            allowed = [.. a[0].Zip(b[0], (x, y) => x.Error + 2 * y.Error + Binary32.U * (x.Magnitude + 2 * y.Magnitude)).Zip(c[0], (sum, z) => sum + z.Error)];
        }
        return engine =>
        {
            float[] x = engine.Run(equation, first)[0], y = engine.Run(equation, second)[0], z = engine.Run(equation, both)[0];
            return Expectation.Compare([new(equation.Outputs[0].Name, equation.Outputs[0].Shape(@case), [.. x.Zip(y, (a, b) => a + 2.0 * b)], allowed)], [z]);
        };
    }

    private static (Arguments First, Arguments Second, Arguments Both)? Passes(Equation equation, Arguments? first)
    {
        if (first is null)
            return null;
        Tensor<float> dy = first[equation.Residual!], other = Tensor.Create([.. dy.Reverse()], dy.Lengths);
        return (first, first.With(equation.Residual!, other), first.With(equation.Residual!, Tensor.Create([.. dy.Zip(other, (a, b) => a + 2 * b)], dy.Lengths)));
    }
}
