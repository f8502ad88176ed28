using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Cli.Certificates;

/// <summary>What differs between a certificate and its repetition.</summary>
/// <param name="recorded">The certificate.</param>
/// <param name="engines">The engines that repeat it.</param>
/// <param name="equations">The equations.</param>
internal sealed class Comparison(Certificate recorded, IReadOnlyList<Engine> engines, IReadOnlyList<Equation> equations)
{
    private readonly Dictionary<string, CertifiedEngine> _was = recorded.Request.Engines.ToDictionary(engine => engine.Name);
    private readonly Dictionary<string, CertifiedEngine> _now = engines.ToDictionary(engine => engine.Name, engine => CertifiedEngine.Of(engine, equations));

    /// <summary>What need not change a result: versions, assemblies, machine.</summary>
    public static IEnumerable<string> Notes(Certificate recorded, CertifiedRun here, IReadOnlyList<CertifiedAssembly> assemblies)
    {
        if (recorded.Product != VerificationJob.Version)
            yield return $"cnnverify {VerificationJob.Version}; recorded with {recorded.Product}";
        foreach (var (name, of) in new (string, Func<CertifiedRun, string>)[] { ("runtime", run => run.Runtime), ("operating system", run => run.System), ("processor", run => $"{run.Processor}") })
            foreach (string other in recorded.Runs.Select(of).Distinct().Where(was => was != of(here)))
                yield return $"{name} {of(here)}; recorded on {other}";
        foreach (string name in assemblies.Concat(recorded.Assemblies).Select(assembly => assembly.Name).Distinct())
        {
            var (was, now) = (recorded.Assemblies.FirstOrDefault(assembly => assembly.Name == name), assemblies.FirstOrDefault(assembly => assembly.Name == name));
            if (was != now)
                yield return $"assembly {name}: here {Told(now)}; recorded {Told(was)}";
        }
    }

    /// <summary>Engines that offer other equations than they did, and what the oracle bits compared with.</summary>
    public IEnumerable<string> OfEngines()
    {
        foreach (var (name, now) in _now)
        {
            string[] less = [.. now.NotOffered.Except(_was[name].NotOffered)], more = [.. _was[name].NotOffered.Except(now.NotOffered)];
            if (less.Length + more.Length > 0)
                yield return $"{name} {string.Join(" and ", new[] { less.Length > 0 ? $"no longer offers {string.Join(", ", less)}" : "", more.Length > 0 ? $"now offers {string.Join(", ", more)}" : "" }.Where(part => part.Length > 0))}.";
            if (!HasSameCompanions(name))
                yield return $"{name}: the oracle bits compares it with {Listed(now.SameBitsAs)} here, recorded is {Listed(_was[name].SameBitsAs)}; its elements are not compared.";
        }
    }

    /// <summary>The cases of a block: those of the file, or where it has none those that the seed draws.</summary>
    /// <exception cref="InputException">A text of the file is no case of the equation.</exception>
    public IReadOnlyList<Case> Cases(string file, Equation equation, Oracle oracle, CaseBlock block, List<string> differences)
    {
        try
        {
            IReadOnlyList<Case> drawn = recorded.Request.Case is { } only ? [Case.Parse(equation.Family, only)] : Battery.Drawn(equation, oracle, recorded.Request.Seed, block.First, block.Count);
            string[] texts = [.. drawn.Select(each => each.ToString())];
            if (CaseBlock.HashOf(texts) == block.CasesHash)
                return drawn;
            int at = block.Cases is null ? -1 : Enumerable.Range(0, block.Count).FirstOrDefault(i => block.Cases[i] != texts[i], -1);
            differences.Add($"{equation.Id} {oracle.Name}: " + (at < 0
                ? $"the cases from {block.First} on are not those that the seed draws here; the file does not keep them, and those of here were judged."
                : $"case {block.First + at} is {block.Cases![at]}, but the seed draws {texts[at]} here; the cases of the file were judged."));
            return block.Cases is null ? drawn : [.. block.Cases.Select(text => Case.Parse(equation.Family, text))];
        }
        catch (InputException wrong)
        {
            throw new InputException($"{file}: {equation.Id} {oracle.Name}: {wrong.Message}", wrong);
        }
    }

    /// <summary>What differs in a claim: for each engine the first block, and in how many more.</summary>
    public IEnumerable<string> Of(BatteryClaim was, BatteryClaim now)
    {
        foreach (string engine in now.Outcomes.Select(outcome => outcome.Engine))
        {
            var wrong = was.Blocks.Select(block => (Block: block, Was: Find(block, engine), Now: Find(now.Blocks.FirstOrDefault(other => other.First == block.First), engine)))
                .Where(pair => pair.Was is not null).Select(pair => (pair.Block, What: Between(pair.Was!, pair.Now, was.Oracle))).Where(pair => pair.What.Length > 0).ToArray();
            if (wrong is [var first, ..])
                yield return $"{was.Equation} {was.Oracle} {engine}, cases {first.Block.First} to {first.Block.First + first.Block.Count - 1}: {first.What}" +
                    (wrong.Length > 1 ? $"; and {wrong.Length - 1} more of its {was.Blocks.Count} blocks" : "") + ".";
        }
    }

    private static Outcome? Find(CaseBlock? block, string engine) => block?.Outcomes.FirstOrDefault(outcome => outcome.Engine == engine);

    private string Between(Outcome was, Outcome? now, string oracle)
    {
        if (now is null)
            return "not judged here, since it failed before";
        string Item(string name, object a, object b) => Equals(a, b) ? "" : string.Create(CultureInfo.InvariantCulture, $"{name} {b}, recorded {a}");
        return string.Join("; ", new[]
        {
            Item("verdict", was.Verdict, now.Verdict),
            Item("checks", was.Checks, now.Checks),
            oracle == "bits" && !HasSameCompanions(was.Engine) ? "" : Item("elements", was.Elements, now.Elements),
            Item("weak cases", was.Weak, now.Weak),
            Item("cases beyond", was.Beyond, now.Beyond),
            Item("largest error over bound", was.Worst, now.Worst),
            was.Bits == now.Bits ? "" : "other bits",
            Item("failure", Told(was.Failure), Told(now.Failure)),
        }.Where(item => item.Length > 0));
    }

    private bool HasSameCompanions(string engine) => _now[engine].SameBitsAs.SequenceEqual(_was[engine].SameBitsAs);

    private static string Listed(IReadOnlyList<string> names) => names.Count > 0 ? string.Join(", ", names) : "nothing";

    private static string Told(Failure? failure) => failure is null ? "none" : $"{failure.Case}: {failure.What}";

    private static string Told(CertifiedAssembly? assembly) => assembly is null ? "none" : $"{assembly.Version}, SHA-256 {assembly.Sha256}";
}
