using System.Collections.Concurrent;
using System.Text;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Checking;
using Xunit;
using Xunit.Abstractions;

namespace CnnVerified.Tests.Notation;

/// <summary>The judge judged: gradient claims of docs/equations, of every kind of layer, changed in many ways; the checker must tell which changes
/// matter.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    // Most changes show within a few points. Those that do not by then are looked at for long before they are called equal.
    private const int TellingPoints = 80;

    private static readonly Lazy<IReadOnlyList<Row>> Rows = new(JudgeAll);

    private static readonly Dictionary<string, int> Expected = new()
    {
        ["AC-B1"] = 27,
        ["AC-B2"] = 22,
        ["AC-B4"] = 24,
        ["CV-B1"] = 130,
        ["CV-B2"] = 122,
        ["CV-B3"] = 63,
        ["FC-B1"] = 34,
        ["FC-B2"] = 34,
        ["FC-B3"] = 22,
        ["FL-B1"] = 34,
        ["LS-B1"] = 30,
        ["LS-B2"] = 25,
        ["PL-B1"] = 123,
        ["PL-B2"] = 77,
        ["PL-B3"] = 100,
        ["SM-B1"] = 57,
        ["SM-B2"] = 45,
    };

    private static IEnumerable<Block> Judged => DocsLibrary.Gradients.Where(block => Expected.ContainsKey(block.Head.Id));

    [Fact]
    public void Every_claim_has_its_number_of_mutants()
    {
        Assert.Equal(Expected.OrderBy(claim => claim.Key, StringComparer.Ordinal).Select(claim => (claim.Key, claim.Value)),
            Judged.OrderBy(block => block.Head.Id, StringComparer.Ordinal).Select(block => (block.Head.Id, Mutants.Of(DocsLibrary.Library(), block).Chosen.Count)));
        Assert.All(Expected.Values, count => Assert.True(count >= 10));
    }

    [Fact]
    public void Mutants_are_the_same_each_time_and_no_two_are_the_same() => Assert.All(Judged, block =>
    {
        var once = Mutants.Of(DocsLibrary.Library(), block).Chosen;
        Assert.Equal(once.Select(mutant => (mutant.Id, mutant.Side.ToString())), Mutants.Of(DocsLibrary.Library(), block).Chosen.Select(mutant => (mutant.Id, mutant.Side.ToString())));
        Assert.Equal(once.Count, once.Select(mutant => mutant.Id).Distinct().Count());
        Assert.Equal(once.Count, once.Select(mutant => Walk.Canonical(mutant.Side)).Distinct().Count());
    });

    [Fact]
    public void The_checker_agrees_with_the_plain_loops_on_every_mutant()
    {
        foreach (Row row in Rows.Value)
            output.WriteLine($"{row.Id}: {row.Trials.Count} mutants, {row.Trials.Count(trial => trial.Agrees)} agreed, plain loops {row.PlainSeconds:F1} s, checker {row.CheckerSeconds:F1} s");
        Trial[] against = [.. Rows.Value.SelectMany(row => row.Trials).Where(trial => !trial.Agrees)];
        Assert.True(against.Length == 0, $"{against.Length} disagreements:\n" + string.Join("\n\n", against.Take(25)));
    }

    [Fact]
    public void Both_judges_find_mutants_that_change_nothing() =>
        Assert.True(Rows.Value.SelectMany(row => row.Trials).Count(trial => !trial.Plain.Differs) >= 40);

    [Fact]
    public void The_documentation_of_the_judge_is_what_was_found()
    {
        string file = Path.Combine(DocsLibrary.Root, "docs", "judge.md"), text = Documentation(Rows.Value);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(file, text);
        Assert.True(File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == text, "docs/judge.md is not what this test found; UPDATE_DOCS=1 writes it anew.");
    }

    private static IReadOnlyList<Row> JudgeAll()
    {
        var rows = new ConcurrentDictionary<string, Row>();
        Parallel.ForEach(Judged.Reverse(), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, block => rows[block.Head.Id] = JudgeOne(block));
        return [.. rows.Values.OrderBy(row => row.Id, StringComparer.Ordinal)];
    }

    private static Row JudgeOne(Block block)
    {
        Library library = DocsLibrary.Library();
        Mutants mutants = Mutants.Of(library, block);
        var judge = new PlainJudge(library.Resolve(block), block.Head.By!, 1);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var plain = mutants.Chosen.Select(mutant => judge.Judge(mutant.Model, TellingPoints)).ToList();
        double plainSeconds = clock.Elapsed.TotalSeconds;
        var trials = mutants.Chosen.Zip(plain, (mutant, finding) =>
            new Trial(mutant, finding, Checker.Check(library, mutant.Block, DocsLibrary.Patient))).ToList();
        return new(block.Head.Id, mutants, trials, plainSeconds, clock.Elapsed.TotalSeconds - plainSeconds);
    }

    private static string Documentation(IReadOnlyList<Row> rows)
    {
        Trial[] all = [.. rows.SelectMany(row => row.Trials)];
        var text = new StringBuilder("""
            # The judge judged

            The gradient claims of docs/equations that are listed here were each changed in one place on the right side, in every way listed below.
            An interpreter that shares no arithmetic with the checker, plain loops over doubles with a running error bound, took the loss apart by central differences at random shapes and data and so found which changes matter: *differ*, or *equal*.
            The checker was asked about each changed claim, and agreed where it refuted those that differ and upheld those that are equal.
            Three of the ways write the same again, so that there is something to uphold; points where the loss has a kink or a comparison a tie are not looked at.
            Changes whose text is that of the claim or of another change are left out, and those that are no formula are counted as malformed.

            | claim | mutants | differ | equal | malformed | checker agreed |
            |---|---:|---:|---:|---:|---:|

            """.ReplaceLineEndings("\n"));
        void Add(string id, IReadOnlyCollection<Trial> trials, int malformed) => text.Append(null,
            $"| {id} | {trials.Count} | {trials.Count(trial => trial.Plain.Differs)} | {trials.Count(trial => !trial.Plain.Differs)} | {malformed} | {trials.Count(trial => trial.Agrees)} |\n");
        foreach (Row row in rows)
            Add(row.Id, row.Trials, row.Mutants.Malformed);
        Add("all", all, rows.Sum(row => row.Mutants.Malformed));
        text.Append("\n| change | mutants | equal |\n|---|---:|---:|\n");
        foreach (var kind in all.GroupBy(trial => trial.Mutant.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
            text.Append(null, $"| {kind.Key} | {kind.Count()} | {kind.Count(trial => !trial.Plain.Differs)} |\n");
        text.Append("\nChanges that change nothing:\n\n");
        foreach (Trial trial in all.Where(trial => !trial.Plain.Differs))
            text.Append(null, $"- {trial.Mutant.Id}: `{trial.Mutant.Side}`\n");
        return text.ToString();
    }

    /// <summary>A mutant and what both judges say of it.</summary>
    private sealed record Trial(Mutant Mutant, PlainFinding Plain, CheckResult Check)
    {
        public bool Agrees => Plain.Differs ? Check.Verdict is Verdict.Refuted or Verdict.HoldsOnlyIf : Check.Holds;

        public override string ToString()
        {
            var example = Check.Findings.Select(finding => finding.Counterexample).FirstOrDefault(each => each is not null);
            return $"{Mutant.Id}: {Mutant.Side}\n  plain loops, {Plain.Points} points: {Plain.Counterexample ?? "equal"}\n  checker: {Check.Verdict} {Check.Error?.Message} {string.Join("; ", Check.Findings.Select(finding => finding.Reason))}"
                + (example is null ? "" : $"{example.Element} is {example.Claimed}, true {example.True}, at {string.Join(' ', example.Sizes.Select(size => $"{size.Name}={size.Value}"))} {string.Join(' ', example.Values.Select(value => $"{value.Name}=[{string.Join(' ', value.Elements)}]"))}");
        }
    }

    /// <summary>What was found about the mutants of one claim.</summary>
    private sealed record Row(string Id, Mutants Mutants, IReadOnlyList<Trial> Trials, double PlainSeconds, double CheckerSeconds);
}
