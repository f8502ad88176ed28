using System.Text;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Checking;

namespace CnnVerified.Site;

/// <summary>An equation on a page: number, verdict, formula, where it is computed, how to cite it.</summary>
internal sealed class EquationCard(BlockSet blocks, Judgement judgement, Links links, Citation citation, Translations translations)
{
    /// <summary>The card of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="page">The page that it is for, from the root of the site.</param>
    /// <param name="words">The language.</param>
    /// <param name="anchor">The id of the card, or null where another element has it.</param>
    /// <param name="hasTitle">Whether the title is said; below a heading of its own it is not.</param>
    public string Of(BlockText block, string page, Words words, string? anchor, bool hasTitle)
    {
        CheckResult result = judgement[block];
        string title = block.IsDerivation ? words.Derivation : hasTitle ? translations.In(block.Title, words) : "";
        string target = Anchor(block);
        var html = new StringBuilder();
        html.Append($"<section class=\"equation\"{(anchor is null ? "" : $" id=\"{anchor}\"")}>\n<div class=\"head\">");
        html.Append($"<a class=\"number\" href=\"#{target}\" title=\"{words.ToTheEquation}\">{block.Id}</a> <span class=\"title\">{Html.Text(title)}</span> {Badge(result, words)}</div>\n");
        html.Append(MathRows.Of(block, blocks.Library, reason => translations.In(reason, words)));
        if (words.Strength(result) is { Length: > 0 } strength)
            html.Append($"<p class=\"strength\">{Html.Text(strength)}</p>\n");
        if (!block.IsDerivation)
            html.Append(Places(block, page, words));
        html.Append($"<details><summary>{words.AsText}</summary><pre>{Html.Text(block.Fenced.TrimEnd())}</pre></details>\n");
        if (!block.IsDerivation)
            html.Append($"<details><summary>{words.Cite}</summary><p>{Html.Text(citation.Line(block, result))}</p><pre>{Html.Text(citation.BibTex(block, result))}</pre></details>\n");
        return html.Append("</section>\n").ToString();
    }

    /// <summary>The permanent anchor of a block, on every page that shows it.</summary>
    public static string Anchor(BlockText block) => block.IsDerivation ? $"{block.Id}-derivation" : block.Id;

    /// <summary>The verdict and its day. A block that says of itself that it is false, or holds under a condition, is as it says.</summary>
    public string Badge(CheckResult result, Words words)
    {
        bool isStated = result.Block?.Head is { Refuted: not null } or { OnlyIf: not null };
        string kind = isStated ? "stated" : result.Verdict == Verdict.Defined ? "defined" : "holds";
        return $"<span class=\"badge {kind}\">{words.Name(result.Verdict)}{(isStated ? $" ({words.AsItSays})" : "")}{words.Checked(judgement.Date)}</span>";
    }

    private string Places(BlockText block, string page, Words words)
    {
        var rows = new List<string>();
        if (block.File.Language is null)
            rows.Add($"{words.Text} {Html.Link(block.File.Page == page ? $"#{block.Id}" : $"{Html.Relative(page, block.File.Page)}#{block.Id}", block.File.Name.Split('/')[^1])}");
        Add(words.Reference, EquationPlaces.Reference(block.Id));
        Add(words.Twin, EquationPlaces.Twins(block.Id));
        Add(words.Oracles, EquationPlaces.Oracles(block.Id));
        return rows.Count == 0 ? "" : $"<p class=\"places\">{string.Join("; ", rows)}</p>\n";

        void Add(string label, IEnumerable<SourcePlace> places)
        {
            string[] all = [.. places.Select(place => links.Source(place) is { } source
                ? Html.Link(Html.Relative(page, source), place.Name)
                : Html.Text(place.Name))];
            if (all.Length > 0)
                rows.Add($"{label} {string.Join(", ", all)}");
        }
    }
}
