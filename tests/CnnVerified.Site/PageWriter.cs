using CnnVerified.Reference.Notation;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace CnnVerified.Site;

/// <summary>Writes the text of a page as HTML, with cards in the place of blocks.</summary>
internal sealed class PageWriter(BlockSet blocks, EquationCard card, Links links, Action<Fault> fault)
{
    /// <summary>The HTML of a page, without head and navigation.</summary>
    /// <param name="page">The page.</param>
    /// <param name="other">The same chapter in the other language, or null.</param>
    public string Write(PageText page, PageText? other)
    {
        foreach (LinkInline link in page.Document.Descendants<LinkInline>().ToList())
            Redirect(page.File, link);
        using var text = new StringWriter();
        var renderer = new HtmlRenderer(text);
        PageText.Setup(renderer);
        var state = new State(page, other, Words.Of(page.File.Language));
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new Fences(this, state));
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlBlockRenderer>(new Comments(this, state));
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new Headings(this, state));
        renderer.ObjectRenderers.ReplaceOrAdd<ParagraphRenderer>(new Paragraphs(state));
        renderer.Render(page.Document);
        return text.ToString();
    }

    private void Redirect(TextFile file, LinkInline link)
    {
        if (!links.Resolve(file, link.Url ?? "", out string? href))
            fault(file.At(0, $"expected the target of the link '{link.Url}' to exist, got none."));
        else if (href is null)
            link.ReplaceBy(new ContainerInline(), copyChildren: true);
        else
            link.Url = href;
    }

    private bool IsOf(TextFile file, string id) => blocks.Find(id, BlockKind.Equation) is { } block && ReferenceEquals(block.File, file);

    private string? Card(State state, string id, BlockKind kind)
    {
        if (blocks.Find(id, kind) is not { } block)
            return null;
        // In docs/equations the heading above an equation has its id.
        bool isUnderHeading = kind == BlockKind.Equation && state.Headed.Contains(id);
        string anchor = EquationCard.Anchor(block);
        return card.Of(block, state.Page.File.Page, state.Words, !isUnderHeading && state.Anchors.Add(anchor) ? anchor : null, hasTitle: !isUnderHeading);
    }

    private sealed record State(PageText Page, PageText? Other, Words Words)
    {
        public HashSet<string> Anchors { get; } = [];

        public HashSet<string> Headed { get; } = [];

        /// <summary>A link to the same part of the other language, where the page is a chapter.</summary>
        public string Switch(MarkdownObject part)
        {
            if (Other is null || part.TryGetAttributes()?.Id is not { } id || Other.Nearest(id) is not { } there)
                return "";
            return $" <a class=\"switch\" href=\"{Html.Relative(Page.File.Page, Other.File.Page)}#{there}\" title=\"{Words.SamePlace}\">{Words.OtherLanguage}</a>";
        }
    }

    private sealed class Fences(PageWriter writer, State state) : CodeBlockRenderer
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock code)
        {
            if (code is FencedCodeBlock { Info: "eq" or "derivation", Arguments: { } arguments } fence
                && writer.Card(state, arguments.Split(' ')[0], fence.Info == "eq" ? BlockKind.Equation : BlockKind.Derivation) is { } html)
                renderer.Write(html);
            else
                renderer.Write("<pre><code>").WriteLeafRawLines(code, true, true).WriteLine("</code></pre>");
        }
    }

    private sealed class Comments(PageWriter writer, State state) : HtmlBlockRenderer
    {
        protected override void Write(HtmlRenderer renderer, HtmlBlock html)
        {
            if (html.Type != HtmlBlockType.Comment)
            {
                base.Write(renderer, html);
                return;
            }
            if (Markers.Read(html.Lines.ToString()) is ("eq" or "derivation", _) and var (kind, name))
                renderer.Write(writer.Card(state, name, kind == "eq" ? BlockKind.Equation : BlockKind.Derivation) ?? "");
        }
    }

    private sealed class Headings(PageWriter writer, State state) : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            string slug = heading.GetData(PageText.SlugKey) as string ?? "", first = PageText.Plain(heading).Split(' ')[0];
            // The heading of an equation in docs/equations has the id of the equation.
            bool isEquation = writer.IsOf(state.Page.File, first) && state.Anchors.Add(first);
            if (isEquation)
            {
                state.Headed.Add(first);
                heading.GetAttributes().Id = first;
            }
            string? id = heading.TryGetAttributes()?.Id;
            renderer.Write($"<h{heading.Level}").WriteAttributes(heading).Write('>');
            if (slug.Length > 0 && slug != id)
                renderer.Write($"<a id=\"{Html.Text(slug)}\"></a>");
            renderer.WriteLeafInline(heading).Write(state.Switch(heading)).WriteLine($"</h{heading.Level}>");
        }
    }

    private sealed class Paragraphs(State state) : HtmlObjectRenderer<ParagraphBlock>
    {
        protected override void Write(HtmlRenderer renderer, ParagraphBlock paragraph)
        {
            if (renderer.ImplicitParagraph)
            {
                renderer.WriteLeafInline(paragraph).EnsureLine();
                return;
            }
            renderer.EnsureLine();
            renderer.Write("<p").WriteAttributes(paragraph).Write('>').WriteLeafInline(paragraph).Write(state.Switch(paragraph)).WriteLine("</p>");
        }
    }
}
