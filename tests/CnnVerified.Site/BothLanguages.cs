namespace CnnVerified.Site;

/// <summary>Both languages have the same chapters, with the same headings and the same markers in the same order.</summary>
internal static class BothLanguages
{
    public static void Check(Manuscript manuscript, Action<Fault> fault)
    {
        var english = manuscript.ChaptersIn(Language.English).ToDictionary(chapter => chapter.Stem);
        var chinese = manuscript.ChaptersIn(Language.Chinese).ToDictionary(chapter => chapter.Stem);
        foreach (TextFile alone in manuscript.Chapters.Where(chapter => !english.ContainsKey(chapter.Stem) || !chinese.ContainsKey(chapter.Stem)))
            fault(alone.At(0, $"expected the same chapter in {alone.Language!.Value.Other().Code()}/{alone.Stem}.md, got no such file."));
        foreach (TextFile chapter in english.Values)
            if (chinese.TryGetValue(chapter.Stem, out TextFile? other))
                Compare(chapter, other, fault);
    }

    private static void Compare(TextFile english, TextFile chinese, Action<Fault> fault)
    {
        var (wanted, came) = (Structure(english), Structure(chinese));
        for (int i = 0; i < Math.Max(wanted.Count, came.Count); i++)
        {
            var (there, here) = (wanted.ElementAtOrDefault(i), came.ElementAtOrDefault(i));
            if (there.What == here.What)
                continue;
            string expected = there.What is null ? $"headings and markers: expected no more of them than {english.Name} has" : $"expected {there.What} as in line {there.Line} of {english.Name}";
            fault(chinese.At(here.Line, $"{expected}, got {here.What ?? "the end"}."));
            return;
        }
    }

    // Levels of headings, and markers with their names.
    private static List<(string? What, int Line)> Structure(TextFile chapter)
    {
        var structure = new List<(string?, int)>();
        foreach (Part part in Markers.Parts(chapter.Text, (_, _) => { }))
        {
            if (part.Kind is not null)
                structure.Add((part.Opening, part.Line));
            else
                structure.AddRange(PageText.Parse(part.Text).OfType<Markdig.Syntax.HeadingBlock>().Select(heading => ((string?)$"a heading of level {heading.Level}", part.Line + heading.Line)));
        }
        return structure;
    }
}
