using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>An identity: the claimed side against the other side of the text, evaluated. Derivatives in it, as in the second-order rules, are
/// taken by dual numbers.</summary>
public sealed class ClaimOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "claim";

    /// <inheritdoc/>
    public override string Proves =>
        "the claimed side equals the other side of the text, evaluated in fractions (exactly, on whole numbers) or in binary64 with error bounds; derivatives by dual numbers";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.Model.Claims.OfType<EqualityClaim>().Any();

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        string[] truths = [.. equation.Outputs.Select(output => equation.Model.Claims.OfType<EqualityClaim>().First(claim => claim.Claimed == output.Name).Truth)];
        var exact = new Program<Rational>(equation.Model, new Rationals(), truths);
        if (!exact.NeedsFunctions && equation.Nature != Nature.Smooth
            && Arguments.Integers(equation, @case, seed, freeForwardValues: false) is { AreWhole: true } whole)
            return equation.Evaluate(exact, @case, name => whole[name].Select(value => (double)value), Rational.Of) is not { } values ? null
                : Expectation.Trial(Expectation.Equal(equation, @case, [.. truths.Select(truth => values(truth).Select(value => value.ToDouble()).ToArray())]), whole);
        if (Arguments.Reals(equation, @case, seed) is not { } arguments || arguments.Bounds(forwardErrors: true) is not { } allowed)
            return null;
        var estimates = new Program<Estimate>(equation.Model, new Estimates(), truths);
        if (equation.Evaluate(estimates, @case, name => arguments[name].Select(value => (double)value), value => value) is not { } estimated)
            return null;
        return Expectation.Trial(Expectation.Allowing([.. equation.Outputs.Select((output, o) => new Expectation(output.Name, output.Shape(@case),
            [.. estimated(truths[o]).Select(each => each.Value)], [.. estimated(truths[o]).Select(each => each.Error)]))], allowed), arguments);
    }
}
