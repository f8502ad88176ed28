using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>Whole numbers so small that every partial sum is exact in binary32: the engine must equal the reference over whole
/// numbers, or over fractions rounded once, number for number.</summary>
public sealed class ExactOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "exact";

    /// <inheritdoc/>
    public override string Proves =>
        "on small whole numbers, where every partial sum is exact in any order, the result equals exact arithmetic (a quotient: rounded once)";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) =>
        equation.Nature is Nature.SumOfProducts or Nature.Choice or Nature.Quotient && !equation.Id.StartsWith("IN-", StringComparison.Ordinal)
        || equation.Id == "IN-5";

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        bool free = equation.ForwardValues.Values.Any(forward => forward.Nature == Nature.Smooth);
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: free) is not { } arguments)
            return null;
        double[][] exact = ReferenceMethods.Admits<long>(equation.Id) && equation.Nature != Nature.Quotient
            ? [.. ReferenceMethods.Run(equation, @case, arguments.As(value => (long)value)).Select(y => y.Select(value => (double)value).ToArray())]
            : [.. ReferenceMethods.Run(equation, @case, arguments.As(value => Rational.Of(value)))
                .Select(y => y.Select(value => (double)(float)value.ToDouble()).ToArray())];
        return Expectation.Trial(
            [.. equation.Outputs.Select((output, i) => new Expectation(output.Name, output.Shape(@case), exact[i], new double[exact[i].Length]))],
            arguments);
    }
}
