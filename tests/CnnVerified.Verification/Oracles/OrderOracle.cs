using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Verification.Oracles;

/// <summary>The stated order of a sum: from +0, one fused multiply-add for each term, in the order of the formula's indices, or in lanes (<see cref="SumOrder"/>).</summary>
/// <remarks>The reference's own loops, run on a number that keeps a product until it is added (<see cref="Fused"/>). So it knows nothing of
/// blocks, lanes or threads, and terms on padding count as +0.</remarks>
public sealed class OrderOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "order";

    /// <inheritdoc/>
    public override string Proves =>
        "on real numbers the result has the very bits of one fused multiply-add for each term, in the stated order";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.Nature == Nature.SumOfProducts && ReferenceMethods.Admits<Fused>(equation.Id);

    /// <inheritdoc/>
    public override bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation) && engine.SumsInOrder.Contains(equation.Id);

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        if (Arguments.Reals(equation, @case, seed) is not { } arguments)
            return null;
        SumOrder? order = SumOrder.Of(equation, @case);
        var y = arguments.Run(equation, arguments.As(value => new Fused(value, order)));
        return Expectation.Trial(Expectation.Equal(equation, @case, [.. y.Select(output => output.Select(element => (double)element.Rounded).ToArray())]), arguments);
    }
}
