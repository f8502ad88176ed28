using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>Sizes by counting: windows are laid down one by one until one does not fit.</summary>
public sealed class CountOracle : Oracle
{
    private static readonly Dictionary<string, Func<Case, string, int>> Positions = new()
    {
        ["CV-S1"] = (c, output) => Windows(c, output),
        ["CV-S2"] = Reached,
        ["CV-S5"] = (c, output) => Windows(c, output),
        ["CV-S6"] = (c, output) => Windows(c, output),
        ["PL-S1"] = (c, output) => Windows(c, output),
        ["PL-S2"] = (c, output) => Windows(c, output, borderKept: true),
        ["PL-S3"] = (c, output) => Windows(c, output),
        ["PL-S4"] = (c, output) => Windows(c, output),
    };

    /// <inheritdoc/>
    public override string Name => "count";

    /// <inheritdoc/>
    public override string Proves => "the size equals the number of windows that fit, laid down one by one";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => Positions.ContainsKey(equation.Id);

    /// <inheritdoc/>
    public override Trial Prepare(Equation equation, Case @case, ulong seed)
    {
        double[][] counts = [.. equation.Outputs.Select(output => new[] { (double)Positions[equation.Id](@case, output.Name) })];
        var arguments = Arguments.Reals(equation, @case, seed)!;
        return engine => Expectation.Compare(Expectation.Equal(equation, @case, counts), engine.Run(equation, arguments));
    }

    // Input pixel i of a transposed convolution writes to i·stride + r·dilation: what is reached, less the padding on both sides.
    private static int Reached(Case c, string output)
    {
        var (size, taps, stride, padding, _, dilation, extra) = Draws.Axes[output switch { "P" => 0, "Q" => 1, _ => 2 }];
        int last = 0;
        for (int i = 0; i < c[size]; i++)
            for (int r = 0; r < c[taps]; r++)
                last = Math.Max(last, i * c[stride] + r * c[dilation]);
        return last + 1 - 2 * c[padding] + c[extra];
    }

    private static int Windows(Case c, string output, bool borderKept = false)
    {
        var (size, taps, stride, before, behind, dilation, _) = Draws.Axes[output switch { "P" => 0, "Q" => 1, _ => 2 }];
        int padding = c[before], room = c[size] + (c.Family.Letters.Contains(behind) ? c[behind] : padding), count = 0;
        for (int first = -padding; ; first += c[stride], count++)
        {
            bool fits = Enumerable.Range(0, c[taps]).All(tap => first + tap * c[dilation] < room);
            // A border that is kept has windows that end beyond it, but none that begins there, nor one more after the border is covered.
            if (!fits && !(borderKept && first < c[size] && first - c[stride] + (c[taps] - 1) * c[dilation] < room - 1))
                return count;
        }
    }
}
