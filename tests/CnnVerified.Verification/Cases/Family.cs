using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace CnnVerified.Verification.Cases;

/// <summary>How large generated cases may be: an oracle that evaluates an equation once per input element wants small ones.</summary>
public enum Reach
{
    /// <summary>A few hundred elements.</summary>
    Small,

    /// <summary>Rows of more than four vectors, dozens of channels.</summary>
    Full,
}

/// <summary>The cases of an equation: its letters, which sizes fit together, how they are drawn and how they shrink.</summary>
/// <remarks>Letters and conditions come from the equation's text; how a letter is drawn depends on what it means (<see cref="Draws"/>).</remarks>
public sealed class Family
{
    private static readonly string[][] Order =
    [
        ["n", "c", "d", "h", "w", "e", "m", "z"], ["k", "t", "r", "s", "o", "p", "q"], ["sd", "sh", "sw"], ["pd", "ph", "pw", "qh", "qw"],
        ["ed", "eh", "ew"], ["ad", "ah", "aw"], ["g"],
    ];

    private static readonly string[] Optional = [.. Order.Skip(2).SelectMany(group => group)];

    private static readonly string[] ChannelLetters = ["c", "k"];

    private readonly ModelSizes _sizes;

    internal Family(ModelSizes sizes)
    {
        _sizes = sizes;
        bool hasTaps = sizes.Letters.Any(letter => letter is "r" or "s" or "t");
        Groups = [.. Order.Select(group => group.Where(letter => sizes.Letters.Contains(letter) && (letter != "k" || hasTaps)).ToArray())];
        string[] others = [.. sizes.Letters.Except(Groups.SelectMany(group => group))];   // k of a layer without windows, and letters without a place
        Groups = [[.. Groups[0], .. others], .. Groups.Skip(1).Where(group => group.Length > 0)];
        Letters = [.. Groups.SelectMany(group => group)];
        Example = Enumerable.Range(0, 1000)
            .Select(seed => Build(new Draws([.. Enumerable.Range(0, Draws.Count).Select(i => 40503 * (seed + 3) + 7919 * (i + 1))]), Reach.Small))
            .FirstOrDefault(drawn => WhyInvalid(drawn) is null)?.ToString()
            ?? throw new InvalidOperationException($"{sizes.Id}: no sizes were drawn that fit its conditions.");
    }

    /// <summary>What the family is called: its letters.</summary>
    public string Name => Letters.Count == 0 ? "no sizes" : string.Join(' ', Letters);

    /// <summary>A case as text.</summary>
    public string Example { get; }

    /// <summary>Letters as the text form groups them.</summary>
    public IReadOnlyList<string[]> Groups { get; }

    /// <summary>All letters.</summary>
    public IReadOnlyList<string> Letters { get; }

    /// <summary>The smallest size of a letter: 0 for padding and extra rows, else 1.</summary>
    /// <param name="letter">The letter.</param>
    /// <returns>The smallest size.</returns>
    public static int Least(string letter) => letter is "pd" or "ph" or "pw" or "qh" or "qw" or "ad" or "ah" or "aw" ? 0 : 1;

    /// <summary>True for letters that the text form leaves out at their smallest size.</summary>
    /// <param name="letter">The letter.</param>
    /// <returns>Whether it is one of stride, padding, dilation, extra rows, groups.</returns>
    public static bool IsOptional(string letter) => Optional.Contains(letter);

    /// <summary>Why the sizes of a case do not fit together, or null where they do.</summary>
    /// <param name="case">The case.</param>
    /// <returns>One sentence, or null.</returns>
    public string? WhyInvalid(Case @case)
    {
        foreach (string letter in Letters)
            if (@case[letter] < Least(letter))
                return $"{letter} must be at least {Least(letter)}, got {@case[letter]}.";
        return _sizes.WhyInvalid(@case);
    }

    /// <summary>Generated cases, shrinking letter by letter.</summary>
    /// <param name="reach">How large they may be.</param>
    /// <param name="fits">Which of them to take, or null for all.</param>
    /// <returns>The FsCheck arbitrary.</returns>
    public Arbitrary<Case> Arbitrary(Reach reach, Func<Case, bool>? fits = null) => Arb.From(
        Gen.Choose(0, int.MaxValue - 1).ArrayOf(Draws.Count).Select(numbers => Build(new Draws(numbers), reach)).Where(c => WhyInvalid(c) is null && fits?.Invoke(c) != false),
        Shrink);

    /// <summary>A valid case from other random numbers than FsCheck's.</summary>
    internal Case Draw(Random random, Reach reach)
    {
        while (true)
            if (Build(new Draws([.. Enumerable.Range(0, Draws.Count).Select(_ => random.Next())]), reach) is var drawn && WhyInvalid(drawn) is null)
                return drawn;
    }

    /// <summary>Smaller cases: each letter at its least, halfway there, and one less; then sizes that hold each other up.</summary>
    /// <param name="case">A case.</param>
    /// <returns>Valid smaller cases, the boldest first.</returns>
    public IEnumerable<Case> Shrink(Case @case)
    {
        IEnumerable<Case> Candidates()
        {
            foreach (string letter in Letters)
                yield return @case.With(letter, Least(letter));
            if (Letters.Contains("g"))
                yield return Channels(letter => @case[letter] / @case["g"]).With("g", 1);
            foreach (string letter in Letters)
            {
                yield return @case.With(letter, (@case[letter] + Least(letter)) / 2);
                yield return @case.With(letter, @case[letter] - 1);
            }
            // A smaller kernel with a smaller image, a group's channels together.
            foreach (var (size, taps, _, _, _, _, _) in Draws.Axes.Where(axis => Letters.Contains(axis.Size) && Letters.Contains(axis.Taps)))
                yield return @case.With(size, @case[size] - 1).With(taps, @case[taps] - 1);
            if (Letters.Contains("g"))
            {
                yield return @case.With("c", @case["c"] - @case["g"]);
                if (Letters.Contains("k"))
                    yield return @case.With("k", @case["k"] - @case["g"]);
            }
        }

        Case Channels(Func<string, int> size) => ChannelLetters.Where(Letters.Contains).Aggregate(@case, (changed, letter) => changed.With(letter, size(letter)));

        string own = @case.ToString();
        return Candidates().Where(c => c.ToString() != own && Weight(c) <= Weight(@case) && WhyInvalid(c) is null);
    }

    private Case Build(Draws draws, Reach reach) => new(this, draws.Sizes(Letters, reach).ToImmutableDictionary());

    private int Weight(Case @case) => Letters.Sum(letter => @case[letter]);
}
