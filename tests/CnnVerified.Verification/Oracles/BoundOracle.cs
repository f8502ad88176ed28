using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>Real numbers: each element within a derived bound of the reference in binary64.</summary>
/// <remarks>The bound is the equation itself, run on <see cref="Bounded{TFormat}"/>: γ_m times the equation on absolute values for
/// sums of products, carried through division, roots, powers, exp, log and tanh with those functions' stated errors. Data on which a choice is
/// closer than the rounding before it are not judged.</remarks>
public sealed class BoundOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "bound";

    /// <inheritdoc/>
    public override string Proves =>
        "on real numbers each element is within a derived rounding bound of the reference in binary64, for any order of summation";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.Nature != Nature.ShapeRule;

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Reals(equation, @case, seed) is not { } arguments || arguments.Bounds(forwardErrors: false) is not { } y)
            return null;
        // Data keep to the equation's conditions: a reference without a value is wrong, and would otherwise judge nothing and pass everything.
        if (y.SelectMany(output => output).Any(element => double.IsNaN(element.Value)))
            return _ => new(1, double.PositiveInfinity, "the reference has no value here", false);
        return Expectation.Trial([.. equation.Outputs.Select((output, i) => new Expectation(output.Name, output.Shape(@case),
            [.. y[i].Select(element => element.Value)], [.. y[i].Select(element => element.Error)]))], arguments);
    }
}
