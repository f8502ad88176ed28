using System.Security.Cryptography;
using System.Text;

namespace CnnVerified.Mutants;

/// <summary>What became of a mutant.</summary>
internal enum Fate
{
    /// <summary>It does not compile: no mutant.</summary>
    NotCompiled,

    /// <summary>No item reaches it.</summary>
    NotReached,

    /// <summary>A judge said no, or the process crashed or hung.</summary>
    Killed,

    /// <summary>Nobody said no.</summary>
    Survived,
}

/// <summary>The record of one mutant.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Class">Its kind.</param>
/// <param name="Area">The part of the sources.</param>
/// <param name="Line">The number of the line when it was judged.</param>
/// <param name="Text">A hash of the file that was mutated: a changed file is judged anew.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Asked">Judges that were asked.</param>
/// <param name="No">What those who said no said; "crash" and "timeout" are among them.</param>
/// <param name="Items">What it was judged on.</param>
internal sealed record Outcome(string Key, string Class, string Area, int Line, string Text, Fate Fate, string[] Asked, Dictionary<string, string> No, string[] Items);

/// <summary>Compiles mutants and has them judged, one at a time.</summary>
internal sealed class Trials(IReadOnlyDictionary<string, SourceProject> projects, Lazy<ReachMap> reach, Slot slot, ulong seed, CancellationToken stop)
{
    /// <summary>Cases for each equation and oracle at first.</summary>
    public const int FewCases = 12;

    /// <summary>Cases where nobody said no at first.</summary>
    public const int ManyCases = 60;

    /// <summary>Blocks of docs/equations that the checker is asked about.</summary>
    public const int Blocks = 60;

    private const int FewEquations = 3, ManyEquations = 8, FewBlocks = 2, ManyBlocks = 5;

    // A class of tests or a block that takes longer is no judge of single mutants.
    private const double LongestItem = 60;

    private const double UnknownItem = 4;

    /// <summary>Judges a mutant.</summary>
    /// <param name="mutation">The mutation.</param>
    /// <param name="items">What to judge it on, or null for what reaches it.</param>
    public Outcome Judge(Mutation mutation, IReadOnlyList<string>? items = null)
    {
        SourceProject project = projects[mutation.Area.Assembly];
        string text = project.Trees[mutation.File].ToString();
        Outcome Of(Fate fate, IEnumerable<string> asked, Dictionary<string, string> no, IEnumerable<string> on) =>
            new(mutation.Key, mutation.Class, mutation.Area.Name, mutation.Line, Hash(text), fate, [.. asked.Order(StringComparer.Ordinal)], no, [.. on]);

        if (project.Compile([new(mutation.File, mutation.Apply(text))]).Assembly is not { } mutated)
            return Of(Fate.NotCompiled, [], [], []);
        string[] reaching = items is not null ? [.. items] : [.. reach.Value.ItemsOf(mutation).Where(item => reach.Value.Seconds[item] <= LongestItem)
            .OrderBy(item => item.StartsWith("eq:", StringComparison.Ordinal) ? Rank(seed, mutation.Key + item) : (ulong)(reach.Value.Seconds[item] * 1000))];
        if (reaching.Length == 0)
            return Of(Fate.NotReached, [], [], []);
        slot.Replace(project.Assembly, mutated);
        try
        {
            var asked = new HashSet<string>();
            var no = new Dictionary<string, string>();
            string[] first = [.. Take(reaching, "eq:", FewEquations), .. Take(reaching, "block:", FewBlocks)];
            if (first.Length == 0 || mutation.Area.Name is "numbers" or "notation")
                first = [.. first, .. Take(reaching, "tests:", 3)];
            Run(mutation, first, FewCases, asked, no);
            string[] on = first;
            if (no.Count == 0)
                Run(mutation, on = [.. Take(reaching, "eq:", ManyEquations), .. Take(reaching, "block:", ManyBlocks)], ManyCases, asked, no);
            if (no.Count == 0)
                Run(mutation, on = [.. Take(reaching, "tests:", int.MaxValue)], ManyCases, asked, no, untilNo: true);
            return Of(no.Count > 0 ? Fate.Killed : Fate.Survived, asked, no, on);
        }
        finally
        {
            slot.Restore();
        }
    }

    /// <summary>A hash of a file.</summary>
    public static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    /// <summary>A random number that belongs to a text: the same in every run with the seed.</summary>
    public static ulong Rank(ulong seed, string text) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\0{text}")));

    private static IEnumerable<string> Take(string[] items, string kind, int count) => items.Where(item => item.StartsWith(kind, StringComparison.Ordinal)).Take(count);

    private void Run(Mutation mutation, string[] items, int cases, HashSet<string> asked, Dictionary<string, string> no, bool untilNo = false)
    {
        if (items.Length == 0)
            return;
        double seconds = items.Sum(item => (reach.IsValueCreated ? reach.Value.Seconds.GetValueOrDefault(item, UnknownItem) : UnknownItem) * (item.StartsWith("eq:", StringComparison.Ordinal) ? (double)cases / FewCases : 1));
        string? end = slot.Run(new(items, mutation.Area.Engines, cases, seed, Notes: false, untilNo), TimeSpan.FromSeconds(10 + 5 * seconds), said =>
        {
            if (said.Judge == Said.End)
                return;
            asked.Add(said.Judge);
            if (said.No is not null)
                no.TryAdd(said.Judge, $"{said.Item} {said.No}");
        }, stop);
        if (end is not null)
            no.TryAdd(end, "");
    }
}
