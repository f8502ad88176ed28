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
        "on small whole numbers, where every partial sum is exact in any order, the result equals exact arithmetic (a quotient of exact numbers: rounded once)";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) =>
        equation.Nature is Nature.SumOfProducts or Nature.Choice or Nature.Quotient && !equation.HasInexactConstants;

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        bool free = equation.ForwardValues.Any(name => !equation.IsExactOnIntegers(name));
        if (Arguments.Integers(equation, @case, seed, freeForwardValues: free) is not { } arguments)
            return null;
        double[][] exact = equation.Nature != Nature.Quotient && !equation.HasFractions && ReferenceMethods.Admits<long>(equation.Id)
            ? [.. arguments.Run(equation, arguments.As(value => (long)value)).Select(y => y.Select(value => (double)value).ToArray())]
            : [.. arguments.Run(equation, arguments.As(value => Quotient.Constant(value))).Select(y => y.Select(Expected).ToArray())];
        return exact.Any(values => values.Any(value => !double.IsNaN(value))) || exact.All(values => values.Length == 0)
            ? Expectation.Trial(Expectation.Equal(equation, @case, exact), arguments)
            : null;
    }

    // What was computed from a rounded quotient depends on the order of the computation: a bound judges it.
    private static double Expected(Quotient value) => value.Rounded == Rounded.More ? double.NaN : (float)value.Value.ToDouble();
}
