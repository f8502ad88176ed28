using System.Text;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Mutants;

/// <summary>docs/faults.md: what was planted and who noticed.</summary>
internal sealed class FaultsPage(CampaignCall call, IReadOnlyList<Mutation> all, IReadOnlyList<Outcome> judged, IReadOnlyList<(Slip Slip, Outcome Outcome)> slips, IReadOnlyList<Slip> hidden)
{
    private static readonly string[] Judges = [.. Oracle.All.Select(oracle => oracle.Name), "check", "tests", "error", "crash", "timeout"];

    private readonly Outcome[] _mutants = [.. judged.Where(outcome => outcome.Fate != Fate.NotCompiled)];

    /// <summary>True where 95 % of the mutants that are not equivalent and all slips were killed.</summary>
    public bool IsEnough => Score(_mutants) is var (killed, of) && killed >= 0.95 * of && slips.All(slip => slip.Outcome.Fate == Fate.Killed);

    /// <summary>One line.</summary>
    public string Summary
    {
        get
        {
            var (killed, of) = Score(_mutants);
            return $"{killed} of {of} mutants killed, {Percent(killed, of)}; {_mutants.Count(IsEquivalent)} equivalent; " +
                $"{slips.Count(slip => slip.Outcome.Fate == Fate.Killed)} of {slips.Count} named slips killed" + (hidden.Count > 0 ? $", {hidden.Count} not judged on this processor" : "");
        }
    }

    /// <summary>The page.</summary>
    public string Text()
    {
        var page = new StringBuilder();
        void Line(string text = "") => page.Append(text).Append('\n');
        Outcome[] survivors = [.. _mutants.Where(outcome => outcome.Fate is Fate.Survived or Fate.NotReached && !IsEquivalent(outcome))];

        Line($"""
            # Seeded faults

            Would the suite have noticed? Faults were planted into the sources by rule, one at a time, and each was given to the judges.
            This page is written by

            ```
            dotnet run -c Release --project tests/CnnVerified.Mutants -- --sample {call.Sample} --seed {call.Seed} --out docs/faults.md
            ```

            **{Summary}.**

            ## How

            - `tests/CnnVerified.Mutants` reads the sources with Roslyn and lists every change that its rules allow: {all.Count:N0} of them. Each changes one place.
              Texts of messages, attributes, and what a `throw` builds are left alone, and so is the exchange of two neighbours that share no data.
            - A hash of the seed and the change puts them in a random order, equally many of each part. The first {_mutants.Length:N0} that compile are the sample; {judged.Count - _mutants.Length:N0} others
              were tried on the way and did not compile. Intervals are Wilson's, at 95 %.
            - Each mutant is an assembly of its own in the place of the original one, judged in a process of its own. A crash or a hang is a kill.
              A hang is ten seconds of processor time and five times that of the same work on right code, or two minutes without any work.
            - One run with probes of all equations, all classes of tests and {Trials.Blocks} blocks of docs/equations tells which of them reach the changed statement. A mutant is judged on 3 of
              these equations, {Trials.FewCases} cases for each equation and oracle, and 2 blocks of docs/equations; where nobody says no, on 8 equations, {Trials.ManyCases} cases and 5 blocks;
              where still nobody does, on the classes of unit tests that reach it, the quickest first, until one says no. (Number types and notation: the three quickest at once.)
              All oracles are asked, not only until one says no.
            - Engines: {string.Join("; ", Repository.Areas.Select(area => $"{area.Name}: {string.Join(", ", area.Engines)}"))}. *widths* are scalar code and every width of vectors that the machine has, here
              {string.Join(", ", EngineList.Widths.Select(EngineList.NameOf))}, the widest on two threads; the oracle `bits` compares them, and 1, 3 and 5 threads too. Faults of the reference and the number types are
              faults of the judges as well: there a no may also mean that the judge is wrong while the engine is right.
            - Judges beside the {Oracle.All.Count} oracles: *check*, `cnnverify check` on a block of docs/equations; *tests*, the unit tests of number types, notation, engine
              and networks; *error*, an exception in what an oracle computes with; *crash* and *timeout* of the process.
            - Survivors were looked at one by one: most led to a new test, and were judged again; what is left is below. Those that were killed before were not judged
              again by the new tests. So this is the score of tests that have learnt from this sample; [architecture.md](architecture.md#seeded-faults) has what it was
              before, and a sample with another seed is one that nobody has looked at.
            - A pooled score weighs the parts equally, as the sample does; the last line of the table weighs them by how many changes the rules allow.
            - dotnet-stryker 5.1.0 (`.config/dotnet-tools.json`) was tried on one file, the fractions, with the unit tests as judges. It does not get as far as a mutant:
              it ends with "Failed to analyze project builds", because the simulated build that it begins with
              finds no target framework in these projects. Nothing here comes from it.

            ## Score

            | part | by rule | sample | equivalent | killed | score |
            |---|---:|---:|---:|---:|---|
            """);
        foreach (Area area in Repository.Areas)
            Row(area.Name, all.Count(mutation => mutation.Area == area), [.. _mutants.Where(outcome => outcome.Area == area.Name)]);
        Row("all", all.Count, _mutants);
        Line($"| by size | | | | | {Weighted()} |");
        Line();
        Line("| change | by rule | sample | equivalent | killed | score |");
        Line("|---|---:|---:|---:|---:|---|");
        foreach (string kind in Kinds())
            Row(kind, all.Count(mutation => mutation.Class == kind), [.. _mutants.Where(outcome => outcome.Class == kind)]);

        void Row(string name, int byRule, Outcome[] outcomes)
        {
            var (killed, of) = Score(outcomes);
            Line($"| {name} | {byRule:N0} | {outcomes.Length} | {outcomes.Count(IsEquivalent)} | {killed} | {Percent(killed, of)} |");
        }

        Line();
        Line("## Who says no to what");
        Line();
        Line("Mutants to which a judge said no, of those on which it was asked. A judge that is rarely asked applies to few equations.");
        Line();
        Matrix("change", [.. Kinds().Select(kind => (kind, _mutants.Where(outcome => outcome.Class == kind).ToArray())), ("all", _mutants)]);
        Line();
        Outcome[] killedOnes = [.. _mutants.Where(outcome => outcome.Fate == Fate.Killed)];
        Line($"Of the {killedOnes.Length} that were killed, {killedOnes.Count(outcome => outcome.No.Keys.Any(judge => Oracle.All.Any(oracle => oracle.Name == judge)))} were refused by an oracle, " +
            $"{killedOnes.Count(outcome => outcome.No.Keys.Intersect(["check", "tests"]).Any() && !outcome.No.Keys.Any(judge => Oracle.All.Any(oracle => oracle.Name == judge)))} by `check` or the unit tests but by no oracle, " +
            $"{killedOnes.Count(outcome => outcome.No.Keys.All(judge => judge is "crash" or "timeout" or "error"))} by a crash, a hang or an error alone. " +
            $"One oracle alone said no to {killedOnes.Count(outcome => outcome.No.Count == 1 && Oracle.All.Any(oracle => oracle.Name == outcome.No.Keys.Single()))}.");

        Line();
        Line($"## Survivors ({survivors.Length})");
        Line();
        Line("Changes that nobody noticed and that are not equivalent.");
        Line();
        foreach (Outcome survivor in survivors.OrderBy(outcome => outcome.Key, StringComparer.Ordinal))
            Line($"- {Shown(survivor)}: {(survivor.Fate == Fate.NotReached ? "no judge reaches it. " : "")}{Lists.Explained.GetValueOrDefault(survivor.Key)?.Why ?? "not yet explained."}");
        Line();
        Line($"## Equivalent ({_mutants.Count(IsEquivalent)})");
        Line();
        Line("Changes that compute the same for all that the code promises. They are not counted in the score.");
        Line();
        foreach (Outcome outcome in _mutants.Where(IsEquivalent).OrderBy(outcome => outcome.Key, StringComparer.Ordinal))
            Line($"- {Shown(outcome)}: {Lists.Explained[outcome.Key].Why}");
        Line();
        Line($"## Named slips ({slips.Count(slip => slip.Outcome.Fate == Fate.Killed)} of {slips.Count} killed)");
        Line();
        Line("Slips of the kinds that people make, each a change of one place, judged on the equations that it is about. `tests/CnnVerified.Mutants/slips.json` has them.");
        Line();
        Line("| slip | where | judged on | who says no |");
        Line("|---|---|---|---|");
        foreach (var (slip, outcome) in slips)
            SlipRow(slip, outcome.Fate == Fate.Killed ? string.Join(" ", Judges.Where(outcome.No.ContainsKey)) : "**nobody**");
        foreach (Slip slip in hidden)
            SlipRow(slip, $"not judged: it shows {slip.Where}");
        return page.ToString();

        void SlipRow(Slip slip, string who) => Line($"| {slip.Name} | `{slip.File.Split('/')[0]}/…/{Path.GetFileName(slip.File)}` | {string.Join(", ", slip.Equations)} | {who} |");

        void Matrix(string first, (string Name, Outcome[] Outcomes)[] rows)
        {
            Line($"| {first} | {string.Join(" | ", Judges)} |");
            Line($"|---|{string.Concat(Judges.Select(_ => "---:|"))}");
            foreach (var (name, outcomes) in rows)
                Line($"| {name} | {string.Join(" | ", Judges.Select(judge => Cell(judge, outcomes)))} |");
        }
    }

    // Each part counts as its share of all changes that compile; a share is estimated from those that were tried.
    private string Weighted()
    {
        double killed = 0, weights = 0;
        foreach (var part in judged.GroupBy(outcome => outcome.Area))
        {
            Outcome[] compiled = [.. part.Where(outcome => outcome.Fate != Fate.NotCompiled && !IsEquivalent(outcome))];
            if (compiled.Length == 0)
                continue;
            double weight = all.Count(mutation => mutation.Area.Name == part.Key) * (double)compiled.Length / part.Count();
            weights += weight;
            killed += weight * compiled.Count(outcome => outcome.Fate == Fate.Killed) / compiled.Length;
        }
        return weights == 0 ? "none" : $"{100 * killed / weights:0.0} %";
    }

    private static string Cell(string judge, Outcome[] outcomes)
    {
        int no = outcomes.Count(outcome => outcome.No.ContainsKey(judge));
        int asked = judge is "crash" or "timeout" or "error" ? 0 : outcomes.Count(outcome => outcome.Asked.Contains(judge));
        return asked > 0 ? $"{no}/{asked}" : no > 0 ? $"{no}" : "";
    }

    private static string Shown(Outcome outcome)
    {
        string[] parts = outcome.Key.Split(" | ");
        return $"`{parts[0]}`:{outcome.Line} ({outcome.Class}), `{string.Join(" | ", parts[2..]).Split(": ", 2)[^1].Replace("`", "'", StringComparison.Ordinal)}` in `{parts[1].Replace("`", "'", StringComparison.Ordinal)}`";
    }

    private IEnumerable<string> Kinds() => all.Select(mutation => mutation.Class).Distinct().Order(StringComparer.Ordinal);

    private static bool IsEquivalent(Outcome outcome) => outcome.Fate is Fate.Survived or Fate.NotReached && Lists.Explained.GetValueOrDefault(outcome.Key)?.Equivalent == true;

    private static (int Killed, int Of) Score(IEnumerable<Outcome> outcomes) =>
        outcomes.Where(outcome => !IsEquivalent(outcome)).ToArray() is var counted ? (counted.Count(outcome => outcome.Fate == Fate.Killed), counted.Length) : default;

    // Wilson's interval: it holds for shares near 1 and small samples too.
    private static string Percent(int killed, int of)
    {
        if (of == 0)
            return "none";
        const double z = 1.959964;
        double share = (double)killed / of, middle = share + z * z / (2 * of), half = z * Math.Sqrt(share * (1 - share) / of + z * z / (4.0 * of * of)), scale = 1 + z * z / of;
        return $"{100 * share:0.0} % (95 % interval {100 * (middle - half) / scale:0.0} to {100 * Math.Min(1, (middle + half) / scale):0.0} %)";
    }
}
