using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>Real numbers: each element within a derived bound of the reference in binary64.</summary>
/// <remarks>The bound is the equation itself, run on <see cref="Bounded{TFormat}"/>: γ_m times the equation on absolute values for
/// sums of products, carried through division, exp, log and tanh with those functions' stated errors.</remarks>
public sealed class BoundOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "bound";

    /// <inheritdoc/>
    public override string Proves =>
        "on real numbers each element is within a derived rounding bound of the reference in binary64, for any order of summation";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) =>
        equation.Nature != Nature.ShapeRule && (equation.Nature != Nature.Choice || equation.Residual is not null);

    /// <inheritdoc/>
    public override Trial Prepare(Equation equation, Case @case, ulong seed)
    {
        var arguments = Arguments.Reals(equation, @case, seed);
        var y = ReferenceMethods.Run(equation, @case, arguments.As(value => new Bounded<Binary32>(value)));
        return Expectation.Trial([.. equation.Outputs.Select((output, i) => new Expectation(output.Name, output.Shape(@case),
            [.. y[i].Select(element => element.Value)], [.. y[i].Select(element => element.Error)]))], arguments);
    }
}
