using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Verification.Oracles;

/// <summary>Winograd's minimal filtering: the very bits of a naive one in the same order, and a bound of its own.</summary>
/// <remarks>The bound is that same computation on absolute values, with the roundings that each number passed through; the truth is the reference in binary64. Drawn cases are taken with a kernel of
/// 3×3, stride and dilation 1 and one group.</remarks>
public sealed class WinogradOracle : Oracle
{
    private static readonly HashSet<string> Outputs = ["CV-F1", "CV-F12"], Data = ["CV-B1", "CV-B28"], Weights = ["CV-B2", "CV-B29"];

    /// <inheritdoc/>
    public override string Name => "winograd";

    /// <inheritdoc/>
    public override string Proves => "on real numbers minimal filtering has the very bits of a naive one in the stated order, and is within its own derived rounding bound";

    /// <inheritdoc/>
    public override bool Judges(Equation equation) => Outputs.Contains(equation.Id) || Data.Contains(equation.Id) || Weights.Contains(equation.Id);

    /// <inheritdoc/>
    public override bool CanJudge(Engine engine, Equation equation) => engine.Offers(equation) && engine.Filtered.Count > 0;

    /// <inheritdoc/>
    public override Case Near(Case drawn)
    {
        Case near = new[] { ("r", 3), ("s", 3), ("sh", 1), ("sw", 1), ("eh", 1), ("ew", 1), ("g", 1) }.Aggregate(drawn, (@case, letter) => @case.With(letter.Item1, letter.Item2));
        return near.Family.WhyInvalid(near) is null ? near : near.With("h", Math.Max(3, near["h"])).With("w", Math.Max(3, near["w"]));
    }

    /// <inheritdoc/>
    public override Trial? Prepare(Equation equation, Case @case, ulong seed)
    {
        Window window = @case.Window;
        if ((@case["r"], @case["s"], window.Sh, window.Sw, window.Eh, window.Ew, window.G) != (3, 3, 1, 1, 1, 1, 1) || Arguments.Reals(equation, @case, seed) is not { } arguments)
            return null;
        double[] exact = [.. arguments.Run(equation, arguments.As(value => (double)value))[0]];
        var expected = new[] { MinimalFiltering.OfTwo, MinimalFiltering.OfFour }.ToDictionary(filtering => filtering.Outputs, filtering =>
            (Bits: Expectation.Equal(equation, @case, [[.. Run<Single32>(filtering, arguments).Select(element => (double)element.Value)]]),
            Bound: new Expectation(equation.Outputs[0].Name, equation.Outputs[0].Shape(@case), exact, [.. Run<Weighed>(filtering, arguments).Select(element => element.Error)])));
        return engine =>
        {
            Finding all = default;
            foreach (var (outputs, other) in engine.Filtered)
            {
                float[][] got = other.Run(equation, arguments);
                foreach (Finding finding in new[] { Expectation.Compare(expected[outputs].Bits, got), Expectation.Compare([expected[outputs].Bound], got) })
                    all = new(all.Elements + finding.Elements, Math.Max(all.Worst, finding.Worst), all.Failure ?? (finding.Failure is { } failure ? $"in tiles of {outputs}×{outputs}: {failure}" : null), finding.IsWeak);
            }
            return all;
        };
    }

    private static T[] Run<T>(MinimalFiltering filtering, Arguments arguments) where T : struct, IFiltered<T>
    {
        Case @case = arguments.Case;
        var (P, Q) = @case.Output;
        var sizes = (@case["n"], @case["c"], @case["h"], @case["w"], @case["k"], P, Q);
        var padding = (@case["ph"], @case["pw"]);
        T[] Of(string name) => [.. arguments[name].Select(value => T.Of(value))];
        return Outputs.Contains(arguments.Equation.Id) ? filtering.Forward(Of("x"), Of("w"), Of("b"), sizes, padding)
            : Data.Contains(arguments.Equation.Id) ? filtering.BackwardData(Of("dy"), Of("w"), sizes, padding)
            : filtering.BackwardWeights(Of("dy"), Of("x"), sizes, padding);
    }
}
