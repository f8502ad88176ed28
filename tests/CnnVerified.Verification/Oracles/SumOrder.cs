using CnnVerified.Verification.Cases;

namespace CnnVerified.Verification.Oracles;

/// <summary>The stated order of a sum whose terms are not taken one after another: a function of the equation and the layer's shape, and of nothing else.</summary>
/// <remarks>Terms are numbered in the order of the formula's indices. Term t of a row goes to lane t mod 16. Each lane starts at +0 and takes one fused multiply-add for
/// each of its terms, ascending. The 16 lanes fold as l + (l + 8) for l below 8, then l + (l + 4), l + (l + 2), l + (l + 1). Where blocks are added, each block has
/// its own lanes, and the blocks' sums are added ascending to +0.</remarks>
/// <param name="Row">Terms of a row.</param>
/// <param name="Block">Terms of a block, or 0 where all terms are one.</param>
public sealed record SumOrder(long Row, long Block = 0)
{
    /// <summary>Lanes, whatever the hardware's are.</summary>
    public const int Lanes = 16;

    /// <summary>Weight gradients of groups with at most so many channels are summed in lanes of pixels, if the group has fewer filters than that or a filter
    /// at most so many weights.</summary>
    public const int FewChannels = 4, FewFilters = 8, FewWeights = 64;

    private static readonly HashSet<string> Weights = ["CV-B2", "CV-B29", "CV-B32", "CV-B35", "OP-B3"];
    private static readonly HashSet<string> TransposedWeights = ["CV-B11", "CV-B25", "CV-B38", "CV-B41"];
    private static readonly HashSet<string> SumsOfMaps = ["CV-B3", "CV-B17", "CV-B19", "CV-B23", "CV-B26", "CV-B27", "CV-B30", "CV-B33", "CV-B36", "CV-B39", "CV-B42", "OP-B6"];

    /// <summary>The order of an equation's sums on a case; null where the terms are taken one after another.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="case">The case.</param>
    /// <returns>The order, or null.</returns>
    public static SumOrder? Of(Equation equation, Case @case)
    {
        nint[] Shape(string name) => equation.Inputs.First(input => input.Name == name).Shape(@case);
        nint[] Result() => equation.Outputs[0].Shape(@case);
        bool InLanes(string image)
        {
            nint[] w = Result();
            nint channels = w[1], weights = 1;
            foreach (nint length in w.AsSpan(1))
                weights *= length;
            return channels is > 0 and <= FewChannels && (w[0] / (Shape(image)[1] / channels) < FewFilters || weights <= FewWeights);
        }
        if (Weights.Contains(equation.Id) && InLanes("x"))
            return new(Shape(equation.Id == "OP-B3" ? "hy" : "dy")[^1]);
        if (TransposedWeights.Contains(equation.Id) && InLanes("dy"))
            return new(Shape("x")[^1]);
        if (equation.Id == "CV-B14")
            return new(Shape("dy")[^1]);
        if (!SumsOfMaps.Contains(equation.Id))
            return null;
        long map = 1;
        foreach (nint length in Shape(equation.Id == "OP-B6" ? "hy" : "dy").AsSpan(2))
            map *= length;
        return new(map, map);
    }
}
