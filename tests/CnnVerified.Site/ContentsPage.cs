using System.Text;
using CnnVerified.Reference.Notation;

namespace CnnVerified.Site;

/// <summary>Chapters, every equation with its verdict and where it is told, and the other pages. It is the index for those without scripts.</summary>
internal sealed class ContentsPage(IReadOnlyList<PageText> chapters, IReadOnlyList<PageText> shared, BlockSet blocks, Judgement judgement, EquationCard card, Translations translations)
{
    public string Write(Language language)
    {
        string place = Frame.Contents(language);
        Words words = Words.Of(language);
        string To(string page) => Html.Relative(place, page);
        var html = new StringBuilder($"<h1>{words.Title}</h1>\n<div id=\"search\" hidden=\"hidden\"><input type=\"search\" aria-label=\"{words.Search}\" placeholder=\"{words.Search}\" /><ol></ol></div>\n");
        PageText[] own = [.. chapters.Where(chapter => chapter.File.Language == language)];
        if (own.Length > 0)
            html.Append($"<h2 id=\"chapters\">{words.Chapters}</h2>\n<ul class=\"chapters\">\n").AppendJoin("", own.Select(chapter => $"<li>{Html.Link(To(chapter.File.Page), chapter.Title)}</li>\n")).Append("</ul>\n");
        var quoted = own.SelectMany(chapter => Markers.Parts(chapter.File.Text, (_, _) => { }).Where(part => part.Kind == "eq").Select(part => (part.Name, Chapter: chapter))).Distinct().ToLookup(each => each.Name, each => each.Chapter);

        html.Append($"<h2 id=\"equations\">{words.Equations}</h2>\n");
        foreach (PageText page in shared.Where(page => blocks.All.Any(block => block.File == page.File && !block.IsDerivation)))
        {
            html.Append($"<h3>{Html.Link(To(page.File.Page), translations.In(page.Title, words))}</h3>\n<ul class=\"equations\">\n");
            foreach (BlockText block in blocks.All.Where(block => block.File == page.File && block.Block.Head.Kind == BlockKind.Equation))
            {
                html.Append($"<li>{Html.Link($"{To(page.File.Page)}#{block.Id}", block.Id)} {Html.Text(translations.In(block.Title, words))} {card.Badge(judgement[block], words)}");
                foreach (PageText chapter in quoted[block.Id])
                    html.Append($" {words.QuotedIn} {Html.Link($"{To(chapter.File.Page)}#{block.Id}", chapter.Title)}");
                html.Append("</li>\n");
            }
            html.Append("</ul>\n");
        }
        html.Append($"<h2 id=\"pages\">{words.OtherPages}</h2>\n<ul>\n").AppendJoin("", shared.Where(page => !page.File.Page.Contains('/', StringComparison.Ordinal)).Select(page => $"<li>{Html.Link(To(page.File.Page), page.Title)}</li>\n")).Append("</ul>\n");
        return html.ToString();
    }
}
