namespace CnnVerified.Experiments;

/// <summary>A language of the book.</summary>
public enum Language
{
    /// <summary>English.</summary>
    English,

    /// <summary>简体中文.</summary>
    Chinese,
}

/// <summary>The same words in both languages.</summary>
/// <param name="English">In English.</param>
/// <param name="Chinese">In Chinese.</param>
public readonly record struct Said(string English, string Chinese)
{
    /// <summary>What is the same in both: numbers, symbols, names.</summary>
    /// <param name="both">The text.</param>
    public static implicit operator Said(string both) => FromString(both);

    /// <summary>What is the same in both: numbers, symbols, names.</summary>
    /// <param name="both">The text.</param>
    /// <returns>The text in both languages.</returns>
    public static Said FromString(string both) => new(both, both);

    /// <summary>Some texts one after the other.</summary>
    internal static Said Join(Said separator, IEnumerable<Said> parts)
    {
        Said[] all = [.. parts];
        return new(string.Join(separator.English, all.Select(part => part.English)), string.Join(separator.Chinese, all.Select(part => part.Chinese)));
    }

    /// <summary>In one of them.</summary>
    /// <param name="language">Which.</param>
    /// <returns>The text.</returns>
    public string In(Language language) => language == Language.English ? English : Chinese;
}
