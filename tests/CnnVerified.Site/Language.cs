namespace CnnVerified.Site;

/// <summary>A language of the book.</summary>
internal enum Language
{
    English,
    Chinese,
}

/// <summary>Languages as the docs and HTML name them.</summary>
internal static class Languages
{
    public static Language Other(this Language language) => language == Language.English ? Language.Chinese : Language.English;

    /// <summary>The folder of its chapters, and its name in HTML.</summary>
    public static string Code(this Language language) => language == Language.English ? "en" : "zh";
}
