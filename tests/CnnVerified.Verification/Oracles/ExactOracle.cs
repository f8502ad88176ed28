using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>Whole numbers so small that every partial sum is exact in binary32: the engine must equal the reference over whole
/// numbers, or over fractions rounded once, number for number.</summary>
public sealed class ExactOracle : Oracle
{
    // Quotients that are added or multiplied up in more than one rounding, whatever the order: a bound judges them.
    private static readonly HashSet<string> SeveralRoundings = ["IN-1", "IN-2", "IN-3"];

    /// <inheritdoc/>
    public override string Name => "exact";

    /// <inheritdoc/>
    public override string Proves =>
        "on small whole numbers, where every partial sum is exact in any order, the result equals exact arithmetic (a quotient: rounded once)";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) =>
        equation.Nature is Nature.SumOfProducts or Nature.Choice or Nature.Quotient && !SeveralRoundings.Contains(equation.Id);

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        bool free = equation.ForwardValues.Any(name => !equation.IsExactOnIntegers(name));
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: free) is not { } arguments)
            return null;
        double[][] exact = ReferenceMethods.Admits<long>(equation.Id) && equation.Nature != Nature.Quotient
            ? [.. arguments.Run(equation, arguments.As(value => (long)value)).Select(y => y.Select(value => (double)value).ToArray())]
            : [.. arguments.Run(equation, arguments.As(value => Rational.Of(value)))
                .Select(y => y.Select(value => (double)(float)value.ToDouble()).ToArray())];
        return Expectation.Trial(Expectation.Equal(equation, @case, exact), arguments);
    }
}
