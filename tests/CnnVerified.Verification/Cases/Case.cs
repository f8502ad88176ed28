using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CnnVerified.Verification.Cases;

/// <summary>The sizes of one test case in the letters of the catalogue, such as n1c3h30w30-k8r3s3-ph1pw1.</summary>
/// <remarks>The text form pastes back into the command line. The data of a case is a function of the equation, this text and the
/// run's seed, so the text and the seed repeat it.</remarks>
public sealed partial class Case
{
    private const int MostSize = 1 << 16;

    private readonly ImmutableDictionary<string, int> _sizes;

    internal Case(Family family, ImmutableDictionary<string, int> sizes) => (Family, _sizes) = (family, sizes);

    /// <summary>The family, which says what letters there are.</summary>
    public Family Family { get; }

    /// <summary>The size of a letter; the smallest one where the case does not name it.</summary>
    /// <param name="letter">A letter of the family, such as n, k or ph.</param>
    public int this[string letter] => _sizes.TryGetValue(letter, out int size) ? size : Family.Least(letter);

    /// <summary>The case with another size for one letter.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="size">Its size.</param>
    /// <returns>The new case; it may not be valid.</returns>
    public Case With(string letter, int size) => new(Family, _sizes.SetItem(letter, size));

    /// <summary>Stride, padding, dilation, extra rows and groups of the case.</summary>
    public Window Window
    {
        get
        {
            var window = new Window
            {
                Sd = this["sd"],
                Sh = this["sh"],
                Sw = this["sw"],
                Pd = this["pd"],
                Ph = this["ph"],
                Pw = this["pw"],
                Ed = this["ed"],
                Eh = this["eh"],
                Ew = this["ew"],
                Ad = this["ad"],
                Ah = this["ah"],
                Aw = this["aw"],
                G = this["g"],
            };
            return Family.Letters.Contains("qh") ? window with { Qh = this["qh"], Qw = this["qw"] } : window;
        }
    }

    /// <summary>Output rows and columns.</summary>
    public (int P, int Q) Output => Window.OutputSize(this["h"], this["w"], this["r"], this["s"]);

    /// <summary>A case of given sizes, as large as they are.</summary>
    /// <param name="family">What letters there are.</param>
    /// <param name="sizes">Sizes by letter; a letter that is missing has its smallest size.</param>
    /// <returns>The case.</returns>
    /// <exception cref="ArgumentException">The family does not know a letter.</exception>
    /// <exception cref="InputException">The sizes do not fit together.</exception>
    public static Case Of(Family family, IEnumerable<KeyValuePair<string, int>> sizes)
    {
        var given = sizes.ToImmutableDictionary();
        if (given.Keys.FirstOrDefault(letter => !family.Letters.Contains(letter)) is { } unknown)
            throw new ArgumentException($"expected the letters {string.Join(' ', family.Letters)}, got '{unknown}'.", nameof(sizes));
        var made = new Case(family, given);
        return family.WhyInvalid(made) is { } why ? throw new InputException(why) : made;
    }

    /// <summary>Reads a case.</summary>
    /// <param name="family">What letters there are.</param>
    /// <param name="text">Letters and sizes, such as n1c3h30w30-k8r3s3.</param>
    /// <returns>The case.</returns>
    /// <exception cref="InputException">A letter is unknown, a size is no number or the sizes do not fit together.</exception>
    public static Case Parse(Family family, string text)
    {
        var read = new Case(family, Sizes(family, text));
        return family.WhyInvalid(read) is { } why ? throw new InputException($"case '{text}': {why}") : read;
    }

    /// <summary>Reads the letters and sizes of a case, which may be a part of one.</summary>
    internal static ImmutableDictionary<string, int> Sizes(Family family, string text)
    {
        var sizes = ImmutableDictionary.CreateBuilder<string, int>();
        foreach (string part in text.Split('-', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!WholePart().IsMatch(part))
                throw new InputException($"case '{text}': expected letters and sizes like '{family.Example}', got '{part}'.");
            foreach (Match match in LetterAndSize().Matches(part))
            {
                string letter = match.Groups[1].Value;
                if (!family.Letters.Contains(letter))
                    throw new InputException($"case '{text}': expected the letters {string.Join(' ', family.Letters)}, got '{letter}'.");
                if (!int.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size > MostSize)
                    throw new InputException($"case '{text}': expected a size of at most {MostSize} for '{letter}', got {match.Groups[2].Value}.");
                if (!sizes.TryAdd(letter, size))
                    throw new InputException($"case '{text}': expected each letter once, got '{letter}' twice.");
            }
        }
        return sizes.ToImmutable();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (string[] group in Family.Groups)
        {
            int start = text.Length;
            foreach (string letter in group)
                if (!Family.IsOptional(letter) || this[letter] != Family.Least(letter))
                    text.Append(letter).Append(this[letter].ToString(CultureInfo.InvariantCulture));
            if (text.Length > start && start > 0)
                text.Insert(start, '-');
        }
        return text.ToString();
    }

    [GeneratedRegex("^([a-z]+[0-9]+)+$")]
    private static partial Regex WholePart();

    [GeneratedRegex("([a-z]+)([0-9]+)")]
    private static partial Regex LetterAndSize();
}
