using CnnVerified.Reference.Notation;

namespace CnnVerified.Site;

/// <summary>What docs/equations says in English and Chinese pages show: titles of equations and reasons of steps. Each is a line of zh/equations.tsv, the English,
/// a tab, the Chinese, below a line that says so. What has no small letter, such as an id, is a name in both.</summary>
internal sealed class Translations
{
    private const string Heading = "English\t中文";

    private readonly Dictionary<string, (string Chinese, int Line)> _known = new(StringComparer.Ordinal);
    private readonly string _file;

    public Translations(Manuscript manuscript, Action<Fault> fault)
    {
        _file = $"{manuscript.Name.TrimEnd('/', '\\')}/zh/equations.tsv";
        string[] lines = manuscript.Translations?.TrimEnd('\n').Split('\n') ?? [Heading];
        if (lines[0] != Heading)
            fault(new(_file, 1, $"expected the line '{Heading}', got '{lines[0]}'."));
        for (int line = 1; line < lines.Length; line++)
            if (lines[line].Split('\t') is not [{ Length: > 0 } english, { Length: > 0 } chinese])
                fault(new(_file, line + 1, $"expected English, a tab and Chinese, got '{lines[line]}'."));
            else if (!_known.TryAdd(english, (chinese, line + 1)))
                fault(new(_file, line + 1, $"expected each text once, got '{english}' as in line {_known[english].Line}."));
    }

    /// <summary>A text in a language: in English it is what it is.</summary>
    /// <param name="english">A title or a reason.</param>
    /// <param name="words">The language.</param>
    public string In(string english, Words words) =>
        words == Words.English || !IsWords(english) ? english : _known.TryGetValue(english, out var known) ? known.Chinese
            : throw new InvalidOperationException($"The check found no translation missing, and there is none of '{english}'.");

    /// <summary>Tells what Chinese pages show and is not translated, and what is translated and they do not show.</summary>
    public void Check(Manuscript manuscript, BlockSet blocks, Quotations quotations, Action<Fault> fault)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        // The contents page has every equation of the shared pages, below the title of its page.
        foreach (var page in blocks.All.Where(block => block.File.Language is null && !block.IsDerivation).GroupBy(block => block.File))
        {
            Show(page.First(), new PageText(page.Key, quotations).Title);
            foreach (BlockText block in page)
                Show(block, block.Title);
        }
        foreach (BlockText block in manuscript.ChaptersIn(Language.Chinese).SelectMany(chapter => InChapter(chapter, blocks, quotations)))
        {
            if (!block.IsDerivation)
                Show(block, block.Title);
            foreach (string reason in block.Reasons(block.Typeset(blocks.Library).Rows))
                Show(block, reason);
        }
        foreach (var (english, (_, line)) in _known.Where(known => !shown.Contains(known.Key)))
            fault(new(_file, line, $"expected a title or a reason that a Chinese page shows, got '{english}', which is none."));

        void Show(BlockText block, string english)
        {
            if (IsWords(english) && shown.Add(english) && !_known.ContainsKey(english))
                fault(block.File.At(block.Line, $"{block.Id}: expected '{english}' in Chinese in {_file}, got no such line."));
        }
    }

    private static bool IsWords(string text) => text.Any(char.IsLower);

    // Those that it quotes and its own.
    private static IEnumerable<BlockText> InChapter(TextFile chapter, BlockSet blocks, Quotations quotations) =>
        Markers.Parts(chapter.Text, (_, _) => { }).SelectMany(part => part.Kind is null
            ? Markdown.Blocks(part.Text, chapter.Name, _ => { }).Select(own => blocks.Find(own.Head.Id, own.Head.Kind))
            : [quotations.Block(part)]).OfType<BlockText>();
}
