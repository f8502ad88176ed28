using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Typesetting;

namespace CnnVerified.Site;

/// <summary>A block of the notation with the text around it.</summary>
/// <param name="Block">The block.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Title">The heading above it, without the id.</param>
internal sealed record BlockText(Block Block, TextFile File, string Title)
{
    private string[] Lines => File.Text.Split('\n');

    public string Id => Block.Head.Id;

    public bool IsDerivation => Block.Head.Kind == BlockKind.Derivation;

    /// <summary>The line of its fence, from 1.</summary>
    public int Line => Block.Head.Place.Line;

    /// <summary>Its text with the fences.</summary>
    public string Fenced
    {
        get
        {
            string[] lines = Lines;
            string opening = lines[Line - 1].TrimStart();
            string fence = opening[..(opening.Length - opening.TrimStart('`').Length)];
            int end = Line;
            while (lines[end].Trim() != fence)
                end++;
            return string.Join('\n', lines[(Line - 1)..(end + 1)]) + "\n";
        }
    }

    /// <summary>Its text between the fences.</summary>
    public string Text => Fenced.Split('\n')[1..^2] is var lines ? string.Join('\n', lines) : "";

    /// <summary>As people write it.</summary>
    /// <param name="library">The equations that it may name.</param>
    public Typeset Typeset(Library library) => Reference.Notation.Typesetting.Typeset.Of(Block.Lines, Derivatives(library));

    // What a block inherits says which names are derivatives. Where it inherits nothing that is sound the checker says so, and it is drawn all the same.
    private HashSet<string>? Derivatives(Library library)
    {
        try
        {
            Model model = library.Resolve(Block);
            return [.. model.Givens.Select(given => given.Name).Concat(model.Values.Select(value => value.Name)).Select(name => "d" + name)];
        }
        catch (NotationException)
        {
            return null;
        }
    }

    /// <summary>The reasons of a derivation's steps: what stands behind -- from where a side begins to where the next one does.</summary>
    /// <param name="rows">The rows of the typeset block.</param>
    /// <returns>For each row its reason, or an empty text.</returns>
    public IReadOnlyList<string> Reasons(IReadOnlyList<TypesetRow> rows)
    {
        string[] lines = Lines;
        int[] begins = [.. rows.Where(row => row.Place.Line > 0).Select(row => row.Place.Line)];
        int end = Line + Text.Split('\n').Length;
        return [.. rows.Select(row => row.Place.Line == 0 ? "" : string.Join(' ', lines[(row.Place.Line - 1)..Math.Max(row.Place.Line, End(row.Place.Line))].Select(Reason).Where(reason => reason.Length > 0)))];

        int End(int line) => begins.Where(other => other > line).Append(end + 1).Min() - 1;

        static string Reason(string line) => line.IndexOf("--", StringComparison.Ordinal) is >= 0 and var at ? line[(at + 2)..].Trim() : "";
    }
}
