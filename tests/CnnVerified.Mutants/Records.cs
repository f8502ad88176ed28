using System.Text.Json;
using System.Text.Json.Serialization;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Mutants;

/// <summary>Outcomes in a file, a line each, written as they come: a run that was stopped goes on where it was.</summary>
internal sealed class Records : IDisposable
{
    private static readonly JsonSerializerOptions Format = new() { Converters = { new JsonStringEnumConverter() } };

    private readonly Dictionary<string, Outcome> _known = [];
    private readonly StreamWriter _file;

    /// <summary>Reads what is there. The last line of a key counts.</summary>
    public Records(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (File.Exists(path))
            foreach (string line in File.ReadLines(path))
                if (Read(line) is { } outcome)
                    _known[outcome.Key] = outcome;
        _file = new StreamWriter(path, append: true) { AutoFlush = true };
        _file.WriteLine();   // after a line that was cut off
    }

    /// <summary>What became of a mutant, where its file has not changed since. Survivors are judged anew unless asked for, and what did not compile is
    /// always tried again: that lay with other files, perhaps.</summary>
    public Outcome? Find(string key, string hash, bool survivorsToo) =>
        _known.GetValueOrDefault(key) is { } outcome && outcome.Text == hash && outcome.Fate != Fate.NotCompiled && (survivorsToo || outcome.Fate == Fate.Killed) ? outcome : null;

    /// <summary>Adds an outcome.</summary>
    public void Add(Outcome outcome)
    {
        _known[outcome.Key] = outcome;
        _file.WriteLine(JsonSerializer.Serialize(outcome, Format));
    }

    public void Dispose() => _file.Dispose();

    private static Outcome? Read(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize<Outcome>(line, Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A named slip: a fault of a kind that people make, as a change of the sources.</summary>
/// <param name="Name">What is wrong, in a few words.</param>
/// <param name="File">The file.</param>
/// <param name="Old">A text that stands there once.</param>
/// <param name="New">What is put in its place.</param>
/// <param name="Equations">Equations to judge, or tests:CLASS or block:ID.</param>
/// <param name="Engine">The vectors with which alone it changes anything, such as v512, or without which, such as "without v512"; null where every processor shows it.</param>
internal sealed record Slip(string Name, string File, string Old, string New, string[] Equations, string? Engine = null)
{
    private const string Without = "without ";

    /// <summary>Whether this processor can show it.</summary>
    public bool IsShownHere => Engine is null || (Engine.StartsWith(Without, StringComparison.Ordinal) ? !Has(Engine[Without.Length..]) : Has(Engine));

    /// <summary>Where it shows.</summary>
    public string Where => Engine is null ? "everywhere" : Engine.StartsWith(Without, StringComparison.Ordinal) ? $"{Engine} alone" : $"with {Engine} alone";

    /// <summary>As a mutation.</summary>
    /// <exception cref="InputException">The old text does not stand there once.</exception>
    public Mutation ToMutation(SourceProject project)
    {
        if (!project.Trees.TryGetValue(File, out var tree))
            throw new InputException($"slips.json, '{Name}': expected a file that is mutated, got {File}.");
        string text = tree.ToString();
        int at = text.IndexOf(Old, StringComparison.Ordinal);
        if (at < 0 || text.IndexOf(Old, at + 1, StringComparison.Ordinal) >= 0)
            throw new InputException($"slips.json, '{Name}': expected '{Old}' once in {File}, got it {(at < 0 ? "never" : "more than once")}.");
        int line = text.AsSpan(0, at).Count('\n') + 1;
        return new("slip", File, new(at, Old.Length), Old, New, line, Name, 0, 0);
    }

    private static bool Has(string engine) => EngineList.Widths.Any(width => EngineList.NameOf(width) == engine);
}

/// <summary>What is known of a mutant that nobody kills.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Equivalent">True where it computes the same as the original for all that the code promises.</param>
/// <param name="Why">The reason.</param>
internal sealed record Explanation(string Key, bool Equivalent, string Why);

/// <summary>The lists beside the sources of this tool.</summary>
internal static class Lists
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNameCaseInsensitive = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The named slips.</summary>
    public static IReadOnlyList<Slip> Slips { get; } = Read<Slip>("slips.json");

    /// <summary>Explained mutants by key.</summary>
    public static IReadOnlyDictionary<string, Explanation> Explained { get; } = Read<Explanation>("explained.json").ToDictionary(each => each.Key);

    private static T[] Read<T>(string name) => JsonSerializer.Deserialize<T[]>(File.ReadAllText(Repository.At("tests", "CnnVerified.Mutants", name)), Format)!;
}
