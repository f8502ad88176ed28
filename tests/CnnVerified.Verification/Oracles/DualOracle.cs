using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>The derivative by dual numbers: the forward reference runs once for each input element, seeded with slope 1; the slopes,
/// weighted with dy, must be the backward equation's result. For second derivatives the slopes are squared.</summary>
/// <remarks>Sums of products run over dual whole numbers, and equality is demanded; the rest over dual bounded doubles, and the bound is what
/// the slope and the backward equation may lose. Elements at a tie or a kink have no derivative and are not judged here; the oracles exact and kinks are about them.</remarks>
public sealed class DualOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "dual";

    /// <inheritdoc/>
    public override string Proves =>
        "the result is the derivative of the forward equation, by dual numbers: exactly for sums of products on whole numbers, else within a derived bound";

    /// <inheritdoc/>
    public override Reach Reach => Reach.Small;

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.GradientOf is not null || equation.SecondOrder is not null;

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        Equation forward = equation.GradientOf?.Forward ?? equation.SecondOrder!.Forward;
        return forward.Nature == Nature.SumOfProducts && equation.Nature == Nature.SumOfProducts ? Exact(equation, @case, seed) : Bound(equation, @case, seed);
    }

    private static Trial? Exact(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: false) is not { } arguments)
            return null;
        return Expectation.Trial(Slopes.Expect(equation, arguments, (forward, by, at) =>
        {
            var y = Slopes.Forward(forward, arguments, by, (value, i) => new Dual<long>((long)value, i == at ? 1 : 0));
            return new([.. y.Select(element => (double)element.Slope)], new double[y.FlattenedLength]);
        }), arguments);
    }

    private static Trial? Bound(Equation equation, Case @case, ulong seed)
    {
        Equation forward = equation.GradientOf?.Forward ?? equation.SecondOrder!.Forward;
        var arguments = forward.Nature == Nature.Smooth || equation.Nature == Nature.Smooth
            ? Arguments.Reals(equation, @case, seed)
            : Arguments.Integers(equation, @case, seed, freeForwardValues: false) ?? Arguments.Distinct(equation, @case, seed);
        if (arguments?.Bounds(forwardErrors: true) is not { } allowed)
            return null;
        int before = BoundedChoices.Undecided;
        var expected = Slopes.Expect(equation, arguments, (of, by, at) =>
        {
            int ties = DualChoices.Ties;
            var y = Slopes.Forward(of, arguments, by, (value, i) => new DualReal<Bounded<Binary64>>(new(value), new(i == at ? 1 : 0)));
            return DualChoices.Ties == ties
                ? new([.. y.Select(element => element.Slope.Value)], [.. y.Select(element => element.Slope.Error)])
                : Slope.None((int)y.FlattenedLength);
        });
        return BoundedChoices.Undecided != before ? null : Expectation.Trial(Expectation.Allowing(expected, allowed), arguments);
    }
}
