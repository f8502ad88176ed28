using System.Globalization;

namespace CnnVerified.Verification.Checking;

/// <summary>Verdicts and their strength in words, for terminals and for the book.</summary>
internal static class VerdictText
{
    /// <summary>What a verdict is called.</summary>
    public static string Name(Verdict verdict) => verdict switch
    {
        Verdict.HoldsExactly => "holds, exact",
        Verdict.HoldsAtPoints => "holds, exact at points",
        Verdict.HoldsNumerically => "holds, numeric",
        Verdict.Defined => "defined",
        Verdict.Vacuous => "vacuous",
        Verdict.Refuted => "refuted",
        Verdict.HoldsOnlyIf => "holds only if",
        Verdict.Undecided => "undecided",
        _ => "malformed",
    };

    /// <summary>What was tried, and how strong it is.</summary>
    public static string Strength(Verdict verdict, Evidence evidence)
    {
        string shapes = $"{evidence.Shapes:N0} shapes: all with {evidence.Reach}";
        string likely = evidence.FalseWithProbability is { } probability ? string.Create(CultureInfo.InvariantCulture, $", false with a probability below {probability:0e-0} for each") : "";
        string larger = evidence.LargerShapes > 0 ? $"; {evidence.LargerShapes} larger ones tested" : "";
        string unjudged = evidence.NotJudged > 0 ? $" ({evidence.NotJudged:N0} points)" : "";
        return verdict switch
        {
            Verdict.HoldsExactly => $"{shapes}{likely}{larger}",
            Verdict.HoldsAtPoints => $"{evidence.Points:N0} points; {shapes}{larger}; kinks and ties not judged{unjudged}",
            Verdict.HoldsNumerically => string.Create(CultureInfo.InvariantCulture, $"{evidence.Points:N0} points, relative error at most {evidence.LargestRelativeError:0e-0}, {evidence.LargestErrorOverBound:0.00} of its bound; {shapes}{larger}{(evidence.NotJudged > 0 ? $"; {evidence.NotJudged:N0} points too ill-conditioned to judge" : "")}"),
            _ => shapes,
        };
    }
}
