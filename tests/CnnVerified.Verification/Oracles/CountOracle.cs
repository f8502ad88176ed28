using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>Sizes by counting: windows are laid down one by one until one does not fit.</summary>
public sealed class CountOracle : Oracle
{
    /// <inheritdoc/>
    public override string Name => "count";

    /// <inheritdoc/>
    public override string Proves => "the size equals the number of windows that fit, laid down one by one";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => equation.Nature == Nature.ShapeRule;

    /// <inheritdoc/>
    public override Trial Prepare(Equation equation, Case @case, ulong seed)
    {
        double rows = Count(@case["h"], @case["r"], @case["sh"], @case["ph"], @case["eh"]);
        double columns = Count(@case["w"], @case["s"], @case["sw"], @case["pw"], @case["ew"]);
        return engine => Expectation.Compare([new("P", [1], [rows], [0]), new("Q", [1], [columns], [0])],
            engine.Run(equation, Arguments.Reals(equation, @case, seed)));
    }

    private static int Count(int size, int taps, int stride, int padding, int dilation)
    {
        int count = 0, first = -padding;
        while (Enumerable.Range(0, taps).All(tap => first + tap * dilation < size + padding))
        {
            count++;
            first += stride;
        }
        return count;
    }
}
