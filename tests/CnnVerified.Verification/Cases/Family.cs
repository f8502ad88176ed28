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

/// <summary>Cases of one kind: their letters, which of them fit together, how they are drawn and how they shrink.</summary>
public sealed class Family
{
    private delegate void Draw(Draws draws, Dictionary<string, int> sizes, Reach reach);

    private static readonly string[] WindowLetters = ["sh", "sw", "ph", "pw", "eh", "ew", "g"];

    private readonly Draw _draw;
    private readonly Func<Case, string?> _whyInvalid;

    private Family(string name, string example, string[][] groups, Draw draw, Func<Case, string?>? whyInvalid = null) =>
        (Name, Example, Groups, Letters, _draw, _whyInvalid) =
            (name, example, groups, [.. groups.SelectMany(group => group)], draw, whyInvalid ?? (_ => null));

    /// <summary>x is N×C×H×W, w is K×C/G×R×S.</summary>
    public static Family Convolution { get; } = new("convolution", "n2c4h9w7-k6r3s2-sh2-ph1pw1-g2",
        [["n", "c", "h", "w"], ["k", "r", "s"], ["sh", "sw"], ["ph", "pw"], ["eh", "ew"], ["g"]], DrawConvolution, c =>
            c["c"] % c["g"] != 0 || c["k"] % c["g"] != 0 ? $"g = {c["g"]} must divide c = {c["c"]} and k = {c["k"]}." : WhyNoWindow(c));

    /// <summary>x is N×C×H×W, windows are R×S; padding may fill a window.</summary>
    public static Family Pooling { get; } = new("pooling", "n2c3h9w7-r3s2-sh2-ph1",
        [["n", "c", "h", "w"], ["r", "s"], ["sh", "sw"], ["ph", "pw"]], DrawPooling, WhyNoWindow);

    /// <summary>As <see cref="Pooling"/>, every window holding a pixel: ph &lt; r and pw &lt; s.</summary>
    public static Family ClippedPooling { get; } = new("pooling", "n2c3h9w7-r3s2-sh2-ph1",
        [["n", "c", "h", "w"], ["r", "s"], ["sh", "sw"], ["ph", "pw"]], DrawPooling, c =>
            c["ph"] >= c["r"] || c["pw"] >= c["s"] ? $"ph = {c["ph"]} must be below r = {c["r"]} and pw = {c["pw"]} below s = {c["s"]}." : WhyNoWindow(c));

    /// <summary>x is N×D, w is K×D.</summary>
    public static Family Dense { get; } = new("fully connected", "n3d17k10", [["n", "d", "k"]], DrawDense);

    /// <summary>x is N×C×H×W.</summary>
    public static Family Maps { get; } = new("maps", "n2c3h5w4", [["n", "c", "h", "w"]], (draws, sizes, _) =>
    {
        (sizes["n"], sizes["c"], sizes["h"], sizes["w"]) = (draws.From(1, 3), draws.From(1, 4), draws.From(1, 9), draws.From(1, 23));
    });

    /// <summary>x has N elements.</summary>
    public static Family Elements { get; } = new("elements", "n37", [["n"]], (draws, sizes, reach) => sizes["n"] = Length(draws, reach));

    /// <summary>z is N×K.</summary>
    public static Family Rows { get; } = new("rows", "n3k10", [["n", "k"]], (draws, sizes, reach) =>
        (sizes["n"], sizes["k"]) = (draws.From(1, 5), draws.From(1, reach == Reach.Small ? 12 : 70)));

    /// <summary>w has D elements.</summary>
    public static Family Weights { get; } = new("weights", "d37", [["d"]], (draws, sizes, reach) => sizes["d"] = Length(draws, reach));

    /// <summary>What the family is called.</summary>
    public string Name { get; }

    /// <summary>A case as text.</summary>
    public string Example { get; }

    /// <summary>Letters as the text form groups them.</summary>
    public IReadOnlyList<string[]> Groups { get; }

    /// <summary>All letters.</summary>
    public IReadOnlyList<string> Letters { get; }

    /// <summary>The smallest size of a letter: 0 for padding, else 1.</summary>
    /// <param name="letter">The letter.</param>
    /// <returns>The smallest size.</returns>
    public static int Least(string letter) => letter is "ph" or "pw" ? 0 : 1;

    /// <summary>True for letters that the text form leaves out at their smallest size.</summary>
    /// <param name="letter">The letter.</param>
    /// <returns>Whether it is one of stride, padding, dilation, groups.</returns>
    public static bool IsOptional(string letter) => WindowLetters.Contains(letter);

    /// <summary>Terms that the reference's forward equation adds up on a case; elements where it adds none.</summary>
    /// <param name="case">A valid case.</param>
    /// <returns>The count.</returns>
    public double Terms(Case @case)
    {
        double terms = Letters.Except(WindowLetters).Except(["h", "w"]).Aggregate(1.0, (product, letter) => product * @case[letter]);
        if (!Letters.Contains("h"))
            return terms;
        var (P, Q) = Letters.Contains("r") ? @case.Output : (@case["h"], @case["w"]);
        return terms / @case["g"] * P * Q;
    }

    /// <summary>Why the sizes of a case do not fit together, or null where they do.</summary>
    /// <param name="case">The case.</param>
    /// <returns>One sentence, or null.</returns>
    public string? WhyInvalid(Case @case)
    {
        foreach (string letter in Letters)
            if (@case[letter] < Least(letter))
                return $"{letter} must be at least {Least(letter)}, got {@case[letter]}.";
        return _whyInvalid(@case);
    }

    /// <summary>Generated cases, shrinking letter by letter.</summary>
    /// <param name="reach">How large they may be.</param>
    /// <returns>The FsCheck arbitrary.</returns>
    public Arbitrary<Case> Arbitrary(Reach reach) => Arb.From(
        Gen.Choose(0, int.MaxValue - 1).ArrayOf(32).Select(numbers => Build(new Draws(numbers), reach)).Where(c => WhyInvalid(c) is null),
        Shrink);

    /// <summary>Smaller cases: each letter at its least, halfway there, and one less; then both halves of a square at once.</summary>
    /// <param name="case">A case.</param>
    /// <returns>Valid smaller cases, the boldest first.</returns>
    public IEnumerable<Case> Shrink(Case @case)
    {
        IEnumerable<Case> Candidates()
        {
            foreach (string letter in Letters)
                yield return @case.With(letter, Least(letter));
            if (Letters.Contains("g"))
                yield return @case.With("c", @case["c"] / @case["g"]).With("k", @case["k"] / @case["g"]).With("g", 1);
            foreach (string letter in Letters)
            {
                yield return @case.With(letter, (@case[letter] + Least(letter)) / 2);
                yield return @case.With(letter, @case[letter] - 1);
            }
            // Sizes that hold each other up: a smaller kernel with a smaller image, a group's channels together.
            if (Letters.Contains("r"))
            {
                yield return @case.With("h", @case["h"] - 1).With("r", @case["r"] - 1);
                yield return @case.With("w", @case["w"] - 1).With("s", @case["s"] - 1);
            }
            if (Letters.Contains("g"))
            {
                yield return @case.With("c", @case["c"] - @case["g"]);
                yield return @case.With("k", @case["k"] - @case["g"]);
            }
        }

        string own = @case.ToString();
        return Candidates().Where(c => WhyInvalid(c) is null && c.ToString() != own && Weight(c) <= Weight(@case));
    }

    private Case Build(Draws draws, Reach reach)
    {
        var sizes = new Dictionary<string, int>();
        _draw(draws, sizes, reach);
        return new Case(this, sizes.ToImmutableDictionary());
    }

    private int Weight(Case @case) => Letters.Sum(letter => @case[letter]);

    private static string? WhyNoWindow(Case c)
    {
        try
        {
            _ = c.Output;
            return null;
        }
        catch (ArgumentException tooSmall)
        {
            return tooSmall.Message;
        }
    }

    // Short arrays of every length up to four of the widest vectors and one more; now and then one that crosses blocks.
    private static int Length(Draws draws, Reach reach) =>
        reach == Reach.Full && draws.From(0, 9) == 0 ? draws.From(4090, 13000) : draws.From(1, reach == Reach.Small ? 40 : 66);

    private static void DrawConvolution(Draws d, Dictionary<string, int> z, Reach reach)
    {
        bool small = reach == Reach.Small;
        int kind = d.From(0, 6), g = d.From(0, 2) == 0 ? d.From(2, 3) : 1;
        int cg = d.From(1, small ? 2 : 4), kg = d.From(1, small ? 3 : 8), h = d.From(1, small ? 6 : 10), w = d.From(1, small ? 7 : 12);
        z["r"] = d.From(1, small ? 3 : 4);
        z["s"] = d.From(1, small ? 3 : 4);
        switch (kind)
        {
            case 0 when !small: (w, h, cg) = (d.From(0, 2) == 0 ? d.From(64, 66) : 16 * d.From(1, 4) + d.From(-1, 2), d.From(1, 3), d.From(1, 2)); break;   // long rows
            case 1: (g, cg, kg) = (d.From(1, 6), 1, d.From(1, 2)); break;                                 // depthwise
            case 2: (z["r"], z["s"], cg, kg) = (1, 1, d.From(1, small ? 5 : 20), d.From(1, small ? 5 : 20)); break;   // 1×1
            case 3 when !small: (cg, kg, h, w) = (d.From(8, 20), d.From(13, 40), d.From(1, 5), d.From(1, 5)); break;  // many filters
        }
        DrawWindow(d, z);
        (z["eh"], z["ew"]) = (d.From(0, 1) == 0 ? 1 : d.From(1, 3), d.From(0, 1) == 0 ? 1 : d.From(1, 3));
        z["h"] = Math.Max(h, z["eh"] * (z["r"] - 1) + 1 - 2 * z["ph"]);
        z["w"] = Math.Max(w, z["ew"] * (z["s"] - 1) + 1 - 2 * z["pw"]);
        (z["n"], z["g"], z["c"], z["k"]) = (d.From(1, small ? 2 : 3), g, g * cg, g * kg);
    }

    private static void DrawPooling(Draws d, Dictionary<string, int> z, Reach reach)
    {
        (z["r"], z["s"]) = (d.From(1, 4), d.From(1, 4));
        DrawWindow(d, z);
        if (d.From(0, 3) == 0)
            (z["sh"], z["sw"]) = (z["r"], z["s"]);   // windows side by side
        bool wide = reach == Reach.Full && d.From(0, 3) == 0;
        z["h"] = Math.Max(d.From(1, wide ? 4 : 9), z["r"] - 2 * z["ph"]);
        z["w"] = Math.Max(d.From(1, wide ? 66 : 9), z["s"] - 2 * z["pw"]);
        (z["n"], z["c"]) = (d.From(1, 2), d.From(1, reach == Reach.Small ? 2 : 3));
    }

    // Half of the cases leave padding out, half have stride 1; rows and columns differ.
    private static void DrawWindow(Draws d, Dictionary<string, int> z)
    {
        (z["sh"], z["sw"]) = (d.From(0, 1) == 0 ? 1 : d.From(1, 4), d.From(0, 1) == 0 ? 1 : d.From(1, 4));
        (z["ph"], z["pw"]) = (d.From(0, 1) == 0 ? 0 : d.From(0, 3), d.From(0, 1) == 0 ? 0 : d.From(0, 3));
    }

    private static void DrawDense(Draws d, Dictionary<string, int> z, Reach reach) => (z["n"], z["d"], z["k"]) =
        reach == Reach.Small ? (d.From(1, 4), d.From(1, 9), d.From(1, 9)) : (d.From(1, 20), d.From(1, 80), d.From(1, 40));

    /// <summary>Numbers that FsCheck drew, taken one after the other.</summary>
    private sealed class Draws(int[] numbers)
    {
        private int _next;

        public int From(int least, int most) => least + numbers[_next++] % (most - least + 1);
    }
}
