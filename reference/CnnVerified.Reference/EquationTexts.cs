using System.Text.RegularExpressions;

namespace CnnVerified.Reference;

/// <summary>One equation as docs/equations tells it.</summary>
/// <param name="Id">The id, such as CV-B1.</param>
/// <param name="Title">The heading.</param>
/// <param name="Sentence">What it says in words.</param>
/// <param name="Head">The head of the notation block: the id, and of what it is the gradient.</param>
/// <param name="Block">The lines of the notation block.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="File">The file under docs/equations.</param>
public sealed record EquationText(string Id, string Title, string Sentence, string Head, string Block, string Source, string File);

/// <summary>The texts of docs/equations, as embedded in this assembly.</summary>
public static partial class EquationTexts
{
    /// <summary>Every equation, in the order of the files and of their headings.</summary>
    public static IReadOnlyList<EquationText> All { get; } = Read();

    /// <summary>One equation.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The text, or null where there is none.</returns>
    public static EquationText? Find(string id) => All.FirstOrDefault(text => text.Id == id);

    private static List<EquationText> Read()
    {
        var assembly = typeof(EquationTexts).Assembly;
        var texts = new List<EquationText>();
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("equations/", StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            foreach (Match entry in Entry().Matches(reader.ReadToEnd().ReplaceLineEndings("\n")))
                texts.Add(new(entry.Groups["id"].Value, entry.Groups["title"].Value, entry.Groups["sentence"].Value,
                    entry.Groups["head"].Value, entry.Groups["block"].Value.TrimEnd(), Source().Match(entry.Groups["rest"].Value).Groups[1].Value,
                    "docs/" + name));
        }
        return texts;
    }

    [GeneratedRegex(@"^## (?<id>\S+) (?<title>.*)\n\n(?<sentence>.*)\n\n```eq (?<head>.*)\n(?<block>(?:.*\n)*?)```\n(?<rest>(?:(?!## ).*\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^Source: (.*)\.$", RegexOptions.Multiline)]
    private static partial Regex Source();
}
