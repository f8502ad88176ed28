using Microsoft.CodeAnalysis.Text;

namespace CnnVerified.Mutants;

/// <summary>One change of one place in the sources.</summary>
/// <param name="Class">Its kind, such as "comparison".</param>
/// <param name="File">The file, from the top of the repository.</param>
/// <param name="Span">The place.</param>
/// <param name="Old">What stands there.</param>
/// <param name="New">What is put there.</param>
/// <param name="Line">The number of the line, from 1.</param>
/// <param name="LineText">The line, trimmed.</param>
/// <param name="Column">Where in that line.</param>
/// <param name="Occurrence">0, or how many equal lines with the same change stand above it in the file.</param>
internal sealed record Mutation(string Class, string File, TextSpan Span, string Old, string New, int Line, string LineText, int Column, int Occurrence)
{
    /// <summary>A name that lasts while the line lasts.</summary>
    public string Key => $"{File} | {LineText} | {Column}: {Short(Old)} => {Short(New)}" + (Occurrence > 0 ? $" | {Occurrence}" : "");

    /// <summary>The part of the sources.</summary>
    public Area Area => Repository.AreaOf(File)!;

    /// <summary>The file with the change.</summary>
    public string Apply(string text) => text[..Span.Start] + New + text[Span.End..];

    /// <summary>A text on one line.</summary>
    public static string Short(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
