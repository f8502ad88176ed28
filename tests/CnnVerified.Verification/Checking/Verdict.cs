using CnnVerified.Reference.Notation;

namespace CnnVerified.Verification.Checking;

/// <summary>What the checker says of a claim (docs/notation.md, verdicts).</summary>
public enum Verdict
{
    /// <summary>Identity of rational functions, by exact arithmetic modulo a random prime.</summary>
    HoldsExactly,

    /// <summary>With choices: exact fractions at generic points.</summary>
    HoldsAtPoints,

    /// <summary>With transcendental functions: within running error bounds.</summary>
    HoldsNumerically,

    /// <summary>A definition that evaluates.</summary>
    Defined,

    /// <summary>Nothing was tested: both sides were zero everywhere, or a branch was never taken.</summary>
    Vacuous,

    /// <summary>False, with a counterexample.</summary>
    Refuted,

    /// <summary>False in general, true under conditions.</summary>
    HoldsOnlyIf,

    /// <summary>The time ran out, or no point of the domain was found.</summary>
    Undecided,

    /// <summary>Not a formula.</summary>
    Malformed,
}

/// <summary>What was tried and how strong it is.</summary>
/// <param name="Shapes">How many shapes were tried one after the other, the smallest first.</param>
/// <param name="Reach">Which shapes those were.</param>
/// <param name="LargerShapes">How many larger shapes, drawn at random, were tried beside them.</param>
/// <param name="Points">How many points in all.</param>
public sealed record Evidence(int Shapes, string Reach, int LargerShapes, int Points)
{
    /// <summary>For <see cref="Verdict.HoldsExactly"/>: a bound on the probability that the claim is false at one of the shapes.</summary>
    public double? FalseWithProbability { get; init; }

    /// <summary>For <see cref="Verdict.HoldsNumerically"/>: the largest difference relative to the larger side.</summary>
    public double? LargestRelativeError { get; init; }

    /// <summary>For <see cref="Verdict.HoldsNumerically"/>: the largest difference over its running error bound, at most 1.</summary>
    public double? LargestErrorOverBound { get; init; }

    /// <summary>Comparisons of real numbers in the formulas, and how often each held and did not.</summary>
    public IReadOnlyList<Branch> Branches { get; init; } = [];

    /// <summary>Points that were not judged, because a kink, a tie or a rounding error too large stood in the way.</summary>
    public int NotJudged { get; init; }
}

/// <summary>A comparison of real numbers and how often it went which way.</summary>
/// <param name="Comparison">The comparison.</param>
/// <param name="Held">How often it held.</param>
/// <param name="Failed">How often it did not.</param>
/// <param name="GuardsTerms">True where terms count only if it holds.</param>
public sealed record Branch(string Comparison, long Held, long Failed, bool GuardsTerms);

/// <summary>Values of one tensor, scalar or parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lengths">Its lengths; none for a scalar.</param>
/// <param name="Elements">Its elements, row-major, as exact numbers.</param>
public sealed record NamedValues(string Name, IReadOnlyList<long> Lengths, IReadOnlyList<string> Elements);

/// <summary>One term of a sum that is written out.</summary>
/// <param name="Text">The term in letters, such as dy[0,1]*w[1].</param>
/// <param name="Numbers">The same in numbers, such as 1*2.</param>
/// <param name="Value">Its value.</param>
public sealed record TermValue(string Text, string Numbers, string Value)
{
    /// <summary>Where the term comes from, or null.</summary>
    public string? Origin { get; init; }
}

/// <summary>A place where a claim is false.</summary>
/// <param name="Sizes">Whole parameters and sizes.</param>
/// <param name="Values">Everything that is given, smallest first: zeros wherever the claim is false all the same.</param>
/// <param name="Element">The element that is wrong, such as dx[0,1].</param>
/// <param name="Claimed">What the claim gives.</param>
/// <param name="True">What is right.</param>
public sealed record Counterexample(IReadOnlyList<(string Name, long Value)> Sizes, IReadOnlyList<NamedValues> Values, string Element, string Claimed, string True)
{
    /// <summary>The claimed sum, term by term; terms that are 0 are left out.</summary>
    public IReadOnlyList<TermValue> ClaimedTerms { get; init; } = [];

    /// <summary>The true sum, term by term; terms that are 0 are left out.</summary>
    public IReadOnlyList<TermValue> TrueTerms { get; init; } = [];

    /// <summary>For a gradient: how the loss depends on the element, through each element of each result.</summary>
    public IReadOnlyList<TermValue> Paths { get; init; } = [];

    /// <summary>True where the search for the smallest data went through all of them in order.</summary>
    public bool IsSmallest { get; init; }
}

/// <summary>One condition of several, and where the claim is false without it.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Without">Sizes at which all other conditions hold, this one does not, and the claim is false.</param>
public sealed record Need(string Condition, string Without);

/// <summary>The verdict on one claim of a block.</summary>
/// <param name="Claim">What it is about.</param>
/// <param name="Verdict">The verdict.</param>
public sealed record Finding(string Claim, Verdict Verdict)
{
    /// <summary>What was tried.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>Where it is false.</summary>
    public Counterexample? Counterexample { get; init; }

    /// <summary>Under which conditions it holds, for <see cref="Verdict.HoldsOnlyIf"/>.</summary>
    public IReadOnlyList<Need> Conditions { get; init; } = [];

    /// <summary>The name of the slip, where a known one explains the difference.</summary>
    public string? Diagnosis { get; init; }

    /// <summary>The claim with the slip mended, where one was found.</summary>
    public string? Mended { get; init; }

    /// <summary>Why it is undecided or refuted, in words, where no counterexample says so.</summary>
    public string? Reason { get; init; }

    /// <summary>Where the claim stands.</summary>
    public Place Place { get; init; }
}

/// <summary>The verdict on a block.</summary>
/// <param name="Id">The id of the block.</param>
/// <param name="Verdict">The first of its claims' verdicts that is not a holding one, or the weakest of the holding ones.</param>
/// <param name="Findings">A finding for each claim.</param>
public sealed record CheckResult(string Id, Verdict Verdict, IReadOnlyList<Finding> Findings)
{
    /// <summary>True where every claim holds or, for a definition, where it evaluates.</summary>
    public bool Holds => Verdict <= Verdict.Defined;

    /// <summary>True where the verdict is what the block says of itself: it holds, or it is refuted where it says so, or it holds under the
    /// condition that it states.</summary>
    public bool IsAsStated { get; init; }

    /// <summary>Why the verdict is not what the block says of itself, or null.</summary>
    public string? Against { get; init; }

    /// <summary>For <see cref="Verdict.Malformed"/>: what is wrong.</summary>
    public NotationException? Error { get; init; }

    /// <summary>The block, where it could be read.</summary>
    public Block? Block { get; init; }

    /// <summary>The finding that decides the verdict, of several the one with the least evidence; null for a definition.</summary>
    public Finding? Decisive => Findings.Where(finding => finding.Verdict == Verdict).MinBy(finding => Holds ? finding.Evidence?.Shapes : 0);
}

/// <summary>How to check.</summary>
public sealed record CheckSettings
{
    /// <summary>Seed of all data.</summary>
    public ulong Seed { get; init; } = 2015;

    /// <summary>How long one claim may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whole parameters that are fixed.</summary>
    public IReadOnlyDictionary<string, long> At { get; init; } = new Dictionary<string, long>();

    /// <summary>Whether a false claim is explained: the smallest counterexample, the conditions, the slip.</summary>
    public bool Explain { get; init; } = true;

    /// <summary>Ends the check early.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>The source of random numbers that the seed begins; the same for each claim.</summary>
    internal Random Source() => new((int)(Seed ^ Seed >> 32));
}
