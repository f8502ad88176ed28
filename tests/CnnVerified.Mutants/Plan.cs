using System.Text.Json;

namespace CnnVerified.Mutants;

/// <summary>What a worker is to judge.</summary>
/// <param name="Items">eq:ID for the battery on an equation, block:ID for the checker on a block of docs/equations, tests:CLASS for unit tests.</param>
/// <param name="Engines">Engines that the battery judges.</param>
/// <param name="Cases">Cases for each equation and oracle.</param>
/// <param name="Seed">Seed of cases and data.</param>
/// <param name="Notes">True where the probes of each item are to be told.</param>
/// <param name="UntilNo">True where the first no ends it.</param>
internal sealed record Plan(IReadOnlyList<string> Items, IReadOnlyList<string> Engines, int Cases, ulong Seed, bool Notes, bool UntilNo = false);

/// <summary>What one judge says of one item.</summary>
/// <param name="Item">The item.</param>
/// <param name="Judge">An oracle, or "check", "tests", "refusal", "error".</param>
/// <param name="No">Null where it holds, else what is wrong.</param>
/// <param name="Seconds">With the last line of an item (judge "end"): how much processor time it took.</param>
/// <param name="Passed">With the last line of an item: the places that it passed.</param>
internal sealed record Said(string Item, string Judge, string? No = null, double Seconds = 0, int[]? Passed = null)
{
    /// <summary>The judge of the line that ends an item.</summary>
    public const string End = "end";

    /// <summary>The item of the line that ends a run.</summary>
    public const string Done = "done";

    /// <summary>As a line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this);

    /// <summary>From a line; null for a line of something else.</summary>
    public static Said? Of(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonSerializer.Deserialize<Said>(line) : null;
        }
        catch (JsonException)
        {
            return null;   // cut off by a crash
        }
    }
}
