using CnnVerified.Reference.Notation;

namespace CnnVerified.Site;

/// <summary>What stands between the markers of a chapter: the equation as it is drawn and as it is written, or the record of an experiment.</summary>
internal sealed class Quotations(Manuscript manuscript, BlockSet blocks)
{
    /// <summary>Writes every quotation anew.</summary>
    /// <param name="chapter">The chapter.</param>
    /// <param name="fault">Is told of markers that are malformed or name nothing; such a chapter is not to be written.</param>
    /// <returns>The chapter with fresh quotations.</returns>
    public string Filled(TextFile chapter, Action<Fault> fault) =>
        string.Concat(Markers.Parts(chapter.Text, (line, wrong) => fault(chapter.At(line, wrong))).Select(part => part.With(part.Kind is null ? "" : Content(chapter, part, fault))));

    /// <summary>Finds quotations that are not what the docs say now.</summary>
    /// <param name="chapter">The chapter.</param>
    /// <param name="fault">Is told of them, and of malformed markers.</param>
    public void Check(TextFile chapter, Action<Fault> fault)
    {
        foreach (Part part in Markers.Parts(chapter.Text, (line, wrong) => fault(chapter.At(line, wrong))).Where(part => part.Kind is not null))
        {
            bool isKnown = true;
            string content = Content(chapter, part, wrong =>
            {
                isKnown = false;
                fault(wrong);
            });
            if (isKnown && content != part.Text)
                fault(chapter.At(part.Line, $"{part.Opening}: expected what {Origin(part)} says now, got {Difference(content, part.Text)}; cnnverify docs --fill writes it."));
        }
    }

    /// <summary>The block that a marker quotes, or null where it quotes none that there is.</summary>
    public BlockText? Block(Part part) => part.Kind is "eq" or "derivation" ? blocks.Find(part.Name, KindOf(part)) : null;

    /// <summary>The record of an experiment in a language, or null where there is none.</summary>
    public string? Record(string experiment, Language language)
    {
        if (manuscript.Experiment(experiment) is not { } record)
            return null;
        var (open, close) = ($"<!-- {language.Code()} -->\n", $"<!-- /{language.Code()} -->\n");
        int start = record.IndexOf(open, StringComparison.Ordinal), end = start < 0 ? -1 : record.IndexOf(close, start, StringComparison.Ordinal);
        // Where the answer begins matters to the page of the record alone.
        return end < 0 ? null : record[(start + open.Length)..end].Replace("<!-- answer -->\n", "", StringComparison.Ordinal);
    }

    private string Content(TextFile chapter, Part part, Action<Fault> fault)
    {
        if (part.Kind == "experiment")
        {
            Language language = chapter.Language!.Value;
            if (Record(part.Name, language) is { } record)
                return record;
            fault(chapter.At(part.Line, $"{part.Opening}: expected the record of an experiment in experiments/{part.Name}.md, from <!-- {language.Code()} --> to <!-- /{language.Code()} -->, got {(manuscript.Experiment(part.Name) is null ? "no such file" : "no such part of it")}."));
            return part.Text;
        }
        if (Block(part) is not { } block)
        {
            fault(chapter.At(part.Line, $"{part.Opening}: expected the id of {(part.Kind == "eq" ? "an equation" : "a derivation")}, got {part.Name}; the nearest are {string.Join(", ", blocks.Nearest(part.Name, KindOf(part)))}."));
            return part.Text;
        }
        return $"$$\n{block.Typeset(blocks.Library).Latex}\n$$\n\n{block.Fenced}";
    }

    private string Origin(Part part) => Block(part)?.File.Name ?? $"experiments/{part.Name}.md";

    private static string Difference(string expected, string got)
    {
        if (got.Trim().Length == 0)
            return "nothing";
        string[] wanted = expected.Split('\n'), came = got.Split('\n');
        int at = Enumerable.Range(0, Math.Max(wanted.Length, came.Length)).First(line => wanted.ElementAtOrDefault(line) != came.ElementAtOrDefault(line));
        return $"another line {at + 1}: '{came.ElementAtOrDefault(at)}'";
    }

    private static BlockKind KindOf(Part part) => part.Kind == "eq" ? BlockKind.Equation : BlockKind.Derivation;
}
