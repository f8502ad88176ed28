using System.Globalization;
using System.Text;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Parsers.Inlines;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace CnnVerified.Site;

/// <summary>A Markdown file, parsed, with the ids that its parts have as HTML.</summary>
/// <remarks>In chapters headings and paragraphs are counted: s2p3 is the third paragraph below the second heading, in either language.</remarks>
internal sealed class PageText
{
    private static readonly MarkdownPipeline Pipeline = Builder().Build(), Formulas = WithoutEmphasis(Builder()).Build();

    private readonly HashSet<string> _ids = [];

    public PageText(TextFile file, Quotations quotations)
    {
        File = file;
        Document = file.Language is null
            ? Markdown.Parse(file.Text, file.Page.StartsWith("equations/", StringComparison.Ordinal) ? Formulas : Pipeline)
            : Parse(string.Concat(Markers.Parts(file.Text, (_, _) => { }).Select(part => Placed(part, quotations, file.Language!.Value))));
        Title = Document.OfType<HeadingBlock>().FirstOrDefault() is { } heading ? Plain(heading) : file.Stem;
        int section = 0, paragraph = 0;
        foreach (Block block in Document)
        {
            if (block is HeadingBlock { Level: > 1 } head)
            {
                (section, paragraph) = (section + 1, 0);
                head.SetData(SlugKey, head.GetAttributes().Id ?? "");
                if (file.Language is not null)
                    Name(head, $"s{section}");
            }
            else if (file.Language is not null && block is ParagraphBlock or ListBlock or QuoteBlock or Table)
            {
                Name(block, string.Create(CultureInfo.InvariantCulture, $"s{section}p{++paragraph}"));
            }
        }
    }

    /// <summary>The key under which a heading keeps the id that GitHub gives it.</summary>
    public const string SlugKey = "slug";

    public TextFile File { get; }

    public MarkdownDocument Document { get; }

    /// <summary>The first heading.</summary>
    public string Title { get; }

    /// <summary>Parses Markdown.</summary>
    public static MarkdownDocument Parse(string text) => Markdown.Parse(text, Pipeline);

    // The sentences of docs/equations have products such as i*sh + r*eh in them; they emphasise nothing.
    private static MarkdownPipelineBuilder WithoutEmphasis(MarkdownPipelineBuilder builder)
    {
        builder.InlineParsers.TryRemove<EmphasisInlineParser>();
        return builder;
    }

    private static MarkdownPipelineBuilder Builder() => new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub);

    /// <summary>Sets a renderer up for what <see cref="Parse"/> reads.</summary>
    public static void Setup(Markdig.Renderers.IMarkdownRenderer renderer) => Pipeline.Setup(renderer);

    /// <summary>The same part of this page, or of what is left of its section where that is shorter in this language.</summary>
    /// <param name="id">An id such as s2p3.</param>
    public string? Nearest(string id)
    {
        while (!_ids.Contains(id))
        {
            // The id of a heading is made of its words, and may have any letter.
            int at = id.LastIndexOf('p');
            if (at < 0 || !int.TryParse(id[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int paragraph))
                return null;
            id = paragraph > 1 ? string.Create(CultureInfo.InvariantCulture, $"{id[..at]}p{paragraph - 1}") : id[..at];
        }
        return id;
    }

    /// <summary>The words of a block, without marks.</summary>
    public static string Plain(MarkdownObject block)
    {
        var text = new StringBuilder();
        foreach (MarkdownObject part in block is LeafBlock leaf ? leaf.Inline?.Descendants() ?? [] : block.Descendants())
        {
            if (part is LiteralInline literal)
                text.Append(literal.Content.AsSpan());
            else if (part is CodeInline code)
                text.Append(code.Content);
            else if (part is LineBreakInline or LeafBlock)
                text.Append(' ');
        }
        return text.ToString().Trim();
    }

    private void Name(Block block, string id)
    {
        block.GetAttributes().Id = id;
        _ids.Add(id);
    }

    // A quotation becomes a comment that the page writer replaces by a card; the record of an experiment is Markdown.
    private static string Placed(Part part, Quotations quotations, Language language) => part.Kind switch
    {
        null => part.Text,
        "experiment" => $"\n<div class=\"experiment\">\n\n{quotations.Record(part.Name, language)}\n\n</div>\n\n",
        _ when quotations.Block(part) is null => "",
        _ => $"\n{part.Opening}\n\n",
    };
}
