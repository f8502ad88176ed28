using System.Text;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Typesetting;

namespace CnnVerified.Site;

/// <summary>A block as rows of MathML: left side, right side, and the reason of the step. The style sheet lets them fold on a narrow page.</summary>
internal static class MathRows
{
    // Said by the style sheet once, and not by each of some thousand pieces.
    private const string Display = " displaystyle=\"true\"";

    public static string Of(BlockText block, Library library, Func<string, string> inWords)
    {
        IReadOnlyList<TypesetRow> rows = block.Typeset(library).Rows;
        IReadOnlyList<string> reasons = block.Reasons(rows);
        var html = new StringBuilder($"<div class=\"rows{(block.IsDerivation ? " derivation" : "")}\">\n");
        for (int i = 0; i < rows.Count; i++)
        {
            html.Append($"<div class=\"left\">{(rows[i].Label is { } label ? $"<span class=\"label\">{Html.Text(label)}</span>" : Bare(rows[i].Left ?? ""))}</div><div class=\"right\">");
            // What does not fold needs no boxes around it, which a browser would lay out by the thousand.
            foreach (IReadOnlyList<string> term in rows[i].Terms)
                html.Append(term.Count == 1 ? Bare(term[0]) : $"<span class=\"term\">{string.Concat(term.Select(piece => $"<span>{Bare(piece)}</span>"))}</span>");
            html.Append("</div>");
            if (reasons[i].Length > 0)
                html.Append($"<div class=\"reason\">{Html.Text(inWords(reasons[i]))}</div>");
            html.Append('\n');
        }
        return html.Append("</div>\n").ToString();
    }

    private static string Bare(string piece) => piece.Replace(Display, "", StringComparison.Ordinal);
}
