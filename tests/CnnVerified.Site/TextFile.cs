namespace CnnVerified.Site;

/// <summary>A Markdown file of the docs.</summary>
/// <param name="Name">What messages call it: the docs folder as it was named in the call, and the path in it.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Page">The page that it becomes, from the root of the site; its extension is html.</param>
/// <param name="Text">Its text, with \n at the ends of lines.</param>
internal sealed record TextFile(string Name, string Path, string Page, string Text)
{
    /// <summary>The language of a chapter; null for what is written in English alone.</summary>
    public Language? Language { get; init; }

    /// <summary>The name that a chapter has in both languages, such as 05-convolution.</summary>
    public string Stem => System.IO.Path.GetFileNameWithoutExtension(Path);

    public Fault At(int line, string message) => new(Name, line, message);
}
