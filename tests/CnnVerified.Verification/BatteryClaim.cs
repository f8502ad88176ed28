using System.Security.Cryptography;

namespace CnnVerified.Verification;

/// <summary>One of several parts that a long run is split into.</summary>
/// <param name="Number">Which one, from 1 on.</param>
/// <param name="Of">How many there are.</param>
public sealed record Shard(int Number, int Of);

/// <summary>What one engine did on a number of cases.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Verdict">"holds", "failed", or "not judged" where every case was beyond the oracle or the engine.</param>
/// <param name="Checks">Cases that were judged.</param>
/// <param name="Elements">Elements that were compared in them.</param>
/// <param name="Weak">Cases that prove little, as in a <see cref="Judgement"/>.</param>
/// <param name="Beyond">Cases that were not judged.</param>
/// <param name="Worst">The largest error over its bound.</param>
/// <param name="Bits">SHA-256 of the bits of everything that the engine computed, in the order of the cases: of one block the bits
/// themselves, of several blocks their hashes.</param>
/// <param name="Failure">The smallest failing case found, or null. An engine is not judged beyond its first failure.</param>
public sealed record Outcome(string Engine, string Verdict, int Checks, long Elements, int Weak, int Beyond, double Worst, string Bits, Failure? Failure)
{
    /// <summary>The verdict that the numbers stand for.</summary>
    /// <param name="checks">Cases that were judged.</param>
    /// <param name="failure">A failure, or null.</param>
    /// <returns>One of the three.</returns>
    public static string VerdictOf(int checks, Failure? failure) => failure is not null ? "failed" : checks > 0 ? "holds" : "not judged";

    internal static Outcome Of(string engine, IEnumerable<Outcome> blocks)
    {
        Outcome[] all = [.. blocks];
        int checks = all.Sum(each => each.Checks);
        Failure? failure = all.LastOrDefault()?.Failure;
        return new(engine, VerdictOf(checks, failure), checks, all.Sum(each => each.Elements), all.Sum(each => each.Weak), all.Sum(each => each.Beyond),
            all.Aggregate(0.0, (worst, each) => Math.Max(worst, each.Worst)),
            Convert.ToHexStringLower(SHA256.HashData([.. all.SelectMany(each => Convert.FromHexString(each.Bits))])), failure);
    }
}

/// <summary>Consecutive cases of one equation and oracle: the unit that a long run is split into.</summary>
/// <param name="First">The number of the first case, from 0 on.</param>
/// <param name="Count">How many cases.</param>
/// <param name="CasesHash">SHA-256 of their texts, each followed by a newline.</param>
/// <param name="Cases">Their texts, or null where they are too many to be kept.</param>
/// <param name="Outcomes">One for each engine that had not failed before.</param>
public sealed record CaseBlock(int First, int Count, string CasesHash, IReadOnlyList<string>? Cases, IReadOnlyList<Outcome> Outcomes)
{
    /// <summary>The hash of case texts.</summary>
    /// <param name="cases">The texts.</param>
    /// <returns>SHA-256 in hexadecimal.</returns>
    public static string HashOf(IEnumerable<string> cases) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Concat(cases.Select(text => text + "\n")))));
}

/// <summary>How engines fared with one oracle on one equation, block by block.</summary>
/// <param name="Equation">The equation's id.</param>
/// <param name="Oracle">The oracle's name.</param>
/// <param name="Outcomes">The sum for each engine that was to be judged.</param>
/// <param name="Blocks">What was judged, in the order of the cases; of a shard, its part.</param>
public sealed record BatteryClaim(string Equation, string Oracle, IReadOnlyList<Outcome> Outcomes, IReadOnlyList<CaseBlock> Blocks)
{
    /// <summary>Adds blocks up.</summary>
    /// <param name="equation">The equation's id.</param>
    /// <param name="oracle">The oracle's name.</param>
    /// <param name="engines">Names of the engines to be judged.</param>
    /// <param name="blocks">Different blocks in any order. An engine's blocks behind one in which it failed do not count: a run that
    /// is not split would not have judged them.</param>
    /// <returns>The claim; it is the same however the blocks were spread over shards.</returns>
    public static BatteryClaim Of(string equation, string oracle, IEnumerable<string> engines, IEnumerable<CaseBlock> blocks)
    {
        var judged = new List<CaseBlock>();
        var failed = new HashSet<string>();
        foreach (CaseBlock block in blocks.OrderBy(block => block.First))
        {
            Outcome[] outcomes = [.. block.Outcomes.Where(outcome => !failed.Contains(outcome.Engine))];
            if (outcomes.Length > 0)
                judged.Add(block with { Outcomes = outcomes });
            failed.UnionWith(outcomes.Where(outcome => outcome.Failure is not null).Select(outcome => outcome.Engine));
        }
        return new(equation, oracle,
            [.. engines.Select(engine => Outcome.Of(engine, judged.SelectMany(block => block.Outcomes).Where(outcome => outcome.Engine == engine)))], judged);
    }

    /// <summary>The same for reports: one judgement for each engine.</summary>
    /// <returns>The judgements.</returns>
    public IReadOnlyList<Judgement> Judgements() => [.. Outcomes.Select(outcome => new Judgement(Equation, Oracle, outcome.Engine,
        outcome.Checks, outcome.Elements, outcome.Weak, outcome.Beyond, outcome.Worst, outcome.Failure))];
}
