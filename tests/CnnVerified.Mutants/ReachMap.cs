using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Mutants;

/// <summary>Which items pass which places of the sources, from one run of everything on code that is right.</summary>
internal sealed class ReachMap
{
    private const int SomeItems = 30;   // after which the map is saved

    private readonly IReadOnlyList<Site> _sites;
    private readonly Dictionary<int, List<string>> _itemsOf = [];
    private readonly ILookup<string, int> _sitesOfFile;

    private ReachMap(IReadOnlyList<Site> sites, IReadOnlyDictionary<string, Noted> noted)
    {
        _sites = sites;
        Seconds = noted.ToDictionary(pair => pair.Key, pair => pair.Value.Seconds);
        foreach (var (item, each) in noted)
            foreach (int site in each.Passed)
                (_itemsOf.TryGetValue(site, out var items) ? items : _itemsOf[site] = []).Add(item);
        _sitesOfFile = Enumerable.Range(0, sites.Count).ToLookup(site => sites[site].File);
    }

    /// <summary>How much processor time each item took, with probes and at <see cref="Trials.FewCases"/> cases.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; }

    /// <summary>The items that run what is mutated: the innermost statement around it, or for a constant outside of all statements its whole file.</summary>
    public IReadOnlyList<string> ItemsOf(Mutation mutation)
    {
        var around = _sitesOfFile[mutation.File].Where(site => _sites[site].Span.Contains(mutation.Span)).ToArray();
        IEnumerable<int> places = around.Length > 0 ? [around.MinBy(site => _sites[site].Span.Length)] : _sitesOfFile[mutation.File];
        string[] items = [.. places.SelectMany(site => _itemsOf.GetValueOrDefault(site) ?? []).Distinct()];
        return items.Length == 0 && around.Length == 0 ? [.. Seconds.Keys] : items;
    }

    /// <summary>Reads the map of these sources, or makes it: every item that is not in it yet runs once, with probes in all that is mutated.</summary>
    /// <exception cref="InvalidOperationException">Code that is right was refused: then nothing can be learnt from mutants.</exception>
    public static ReachMap Of(IReadOnlyDictionary<string, SourceProject> projects, ulong seed, Action<string> progress, CancellationToken stop)
    {
        var sites = new List<Site>();
        var probed = projects.Values.ToDictionary(project => project.Assembly, project =>
            project.Trees.Where(tree => Repository.AreaOf(tree.Key) is not null).ToDictionary(tree => tree.Key, tree => Probes.Into(tree.Key, tree.Value, sites)));
        string file = Repository.At("artifacts", "mutants", $"reach-{Fingerprint(probed.Values.SelectMany(files => files), seed)}.json");
        var noted = File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, Noted>>(File.ReadAllText(file))! : [];
        string[] items = [.. Worker.AllItems(seed).Where(item => !noted.ContainsKey(item))];
        if (items.Length == 0)
            return new(sites, noted);

        using var slot = new Slot("reach");
        // The class of the probes is in the lowest assembly, which the others are compiled against here.
        byte[] shapes = Built(projects["CnnVerified.Shapes"].Compile(probed["CnnVerified.Shapes"], Probes.Source));
        slot.Replace("CnnVerified.Shapes", shapes);
        foreach (string assembly in new[] { "CnnVerified.Reference", "CnnVerified.Optimized" })
            slot.Replace(assembly, Built(projects[assembly].Compile(probed[assembly], against: shapes)));
        var refused = new Dictionary<string, string>();
        // What is initialised once in a process is counted to the first that needs it: classes of tests have a process each.
        foreach (string[] some in items.Where(item => !IsClass(item)).Chunk(SomeItems).Concat(items.Where(IsClass).Chunk(1)))
        {
            string? end = slot.Run(new(some, ["text", "reference", "widths"], Trials.FewCases, seed, Notes: true), TimeSpan.FromHours(1), said =>
            {
                if (said.No is not null)
                    refused.TryAdd(said.Item, $"{said.Item} {said.Judge}: {said.No}");
                if (said.Judge == Said.End && !refused.ContainsKey(said.Item))
                    noted[said.Item] = new(said.Seconds, said.Passed!);
            }, stop);
            if (end is not null)
                throw new InvalidOperationException($"code without a mutation ended in a {end} on one of {string.Join(' ', some)}.");
            AtomicFile.Write(file, JsonSerializer.Serialize(noted));
            progress($"{noted.Count}, {some[^1]}");
        }
        if (refused.Count > 0)
            throw new InvalidOperationException($"code without a mutation was refused: {string.Join("; ", refused.Values)}");
        return new(sites, noted);
    }

    private static bool IsClass(string item) => item.StartsWith("tests:", StringComparison.Ordinal);

    private static byte[] Built((byte[]? Assembly, string? Error) compiled) =>
        compiled.Assembly ?? throw new InvalidOperationException($"sources with probes do not compile: {compiled.Error}");

    private static string Fingerprint(IEnumerable<KeyValuePair<string, string>> files, ulong seed) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [seed.ToString(System.Globalization.CultureInfo.InvariantCulture), .. files.Select(file => file.Value)]))))[..16];

    private sealed record Noted(double Seconds, int[] Passed);
}
