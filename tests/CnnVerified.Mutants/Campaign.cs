using System.Diagnostics;
using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Mutants;

/// <summary>What was called for.</summary>
internal sealed record CampaignCall(int Sample, ulong Seed, string? Area, string? Key, string Slips, string Results, string? Out, bool Again);

/// <summary>Makes mutants, has a sample of them judged and the named slips, and tells.</summary>
internal static class Campaign
{
    public static int Run(CampaignCall call, CancellationToken stop)
    {
        if (call.Sample < 0)
            throw new InputException($"--sample expected 0 or more, got {call.Sample}.");
        if (call.Area is not null && Repository.Areas.All(area => area.Name != call.Area))
            throw new InputException($"--area expected {string.Join(", ", Repository.Areas.Select(area => area.Name))}, got '{call.Area}'.");
        if (call.Out is not null)
            AtomicFile.EnsureWritable(call.Out);
        var projects = Repository.Areas.Select(area => area.Assembly).Distinct().ToDictionary(name => name, name => new SourceProject(name));
        Mutation[] all = call is { Sample: 0, Out: null } ? [] : [.. from project in projects.Values
                             from file in project.Trees.Keys
                             where Repository.AreaOf(file) is { } area && (call.Area is null || area.Name == call.Area)
                             from mutation in Mutator.Of(project, file)
                             where call.Key is null || mutation.Key.Contains(call.Key, StringComparison.Ordinal)
                             select mutation];
        if (all.Length > 0)
            Console.WriteLine($"{all.Length} mutations by rule; {string.Join(", ", all.CountBy(mutation => mutation.Area.Name).Select(count => $"{count.Value} {count.Key}"))}");
        // Slips say what they are judged on; a sample must know what reaches it.
        var reach = new Lazy<ReachMap>(() => ReachMap.Of(projects, call.Seed, text => Progress("which mutations are reached: " + text), stop));
        using var records = new Records(call.Results);
        using var slot = new Slot($"slot-{Environment.ProcessId}");
        var trials = new Trials(projects, reach, slot, call.Seed, stop);

        Outcome Judged(Mutation mutation, IReadOnlyList<string>? items)
        {
            string hash = Trials.Hash(projects[mutation.Area.Assembly].Trees[mutation.File].ToString());
            if (call.Key is null && records.Find(mutation.Key, hash, survivorsToo: !call.Again) is { } known)
                return known;
            Outcome outcome = trials.Judge(mutation, items);
            records.Add(outcome);
            return outcome;
        }

        var slips = new List<(Slip, Outcome)>();
        var hidden = new List<Slip>();
        foreach (Slip slip in call.Key is null ? Chosen(call.Slips) : [])
        {
            if (!slip.IsShownHere)
            {
                hidden.Add(slip);
                Console.WriteLine($"{slip.Name}  not judged on this processor: it shows {slip.Where}");
                continue;
            }
            SourceProject project = projects[(Repository.AreaOf(slip.File) ?? throw new InputException($"slips.json, '{slip.Name}': expected a file that is mutated, got {slip.File}.")).Assembly];
            Outcome outcome = Judged(slip.ToMutation(project), [.. slip.Equations.Select(each => each.Contains(':', StringComparison.Ordinal) ? each : "eq:" + each)]);
            slips.Add((slip, outcome));
            Tell($"slip {slips.Count}", slip.Name, outcome, full: false);
        }
        var judged = new List<Outcome>();
        var time = Stopwatch.StartNew();
        int compiled = 0;
        foreach (Mutation mutation in InTurns(all, call.Seed))
        {
            if (compiled == call.Sample)
                break;
            Outcome outcome = Judged(mutation, null);
            judged.Add(outcome);
            if (outcome.Fate == Fate.NotCompiled)
                continue;
            compiled++;
            Tell($"{compiled}/{call.Sample} {time.Elapsed:hh\\:mm\\:ss}", $"{mutation.Class}  {mutation.Key}", outcome, call.Key is not null);
        }

        var page = new FaultsPage(call, all, judged, slips, hidden);
        Console.WriteLine(page.Summary);
        if (call.Out is not null)
            AtomicFile.Write(call.Out, page.Text());
        return page.IsEnough ? 0 : 1;
    }

    private static IEnumerable<Slip> Chosen(string which)
    {
        IReadOnlyList<Slip> all = Lists.Slips;
        if (int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out int some))
            return Enumerable.Range(0, Math.Min(some, all.Count)).Select(i => all[i * all.Count / Math.Min(some, all.Count)]);
        return which switch
        {
            "all" => all,
            "none" => [],
            _ => all.Where(slip => slip.Name.Contains(which, StringComparison.Ordinal)).ToArray() is { Length: > 0 } named ? named
                : throw new InputException($"--slips expected all, none, a number, or a part of a name in slips.json, got '{which}'."),
        };
    }

    // Part by part in turn, so that a sample has equally many of each; within a part at random.
    private static IEnumerable<Mutation> InTurns(IEnumerable<Mutation> all, ulong seed) => all.GroupBy(mutation => mutation.Area)
        .SelectMany(part => part.OrderBy(mutation => Trials.Rank(seed, mutation.Key)).ThenBy(mutation => mutation.Key, StringComparer.Ordinal).Index())
        .OrderBy(each => each.Index).Select(each => each.Item);

    private static void Tell(string count, string what, Outcome outcome, bool full)
    {
        Progress("");
        string fate = outcome.Fate switch
        {
            Fate.Killed => $"killed by {string.Join(' ', outcome.No.Keys)}",
            Fate.NotReached => "NOT REACHED",
            Fate.NotCompiled => "DOES NOT COMPILE",
            _ => Lists.Explained.TryGetValue(outcome.Key, out var why) ? why.Equivalent ? "equivalent" : "survived, explained" : "SURVIVED",
        };
        Console.WriteLine($"{count}  {outcome.Area}:{outcome.Line}  {what}  {fate}");
        if (full)
            foreach (string line in outcome.No.Select(no => $"    {no.Key}: {no.Value}").Append($"    on {string.Join(' ', outcome.Items)}"))
                Console.WriteLine(line);
    }

    // One line that is written over, on a terminal alone.
    private static void Progress(string text)
    {
        if (!Console.IsOutputRedirected)
            Console.Write($"\r{text.PadRight(78)[..78]}\r");
    }
}
