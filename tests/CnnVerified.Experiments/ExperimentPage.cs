using System.Text;

namespace CnnVerified.Experiments;

/// <summary>The page of docs/experiments that records a run. The answers in both languages under the record are written by hand and outlive it.</summary>
public static class ExperimentPage
{
    private static readonly string[] Languages = ["en", "zh"];

    /// <summary>Writes a page.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="record">What it found.</param>
    /// <param name="call">The call that repeats it.</param>
    /// <param name="picture">Path of the picture from the page, or null where none was written.</param>
    /// <param name="before">The page as it was, whose answers are kept; null where there is none.</param>
    /// <returns>Its text.</returns>
    public static string Write(IExperiment experiment, ExperimentRecord record, string call, string? picture, string? before)
    {
        var page = new StringBuilder();
        page.Append($"# {experiment.Question}\n\n{record.Setting}\n\n```sh\n{call}\n```\n\n{experiment.Repeatability}\n\n");
        foreach (Table table in record.Tables)
            page.Append(table.Markdown()).Append('\n');
        foreach (string finding in record.Findings)
            page.Append($"- {finding}\n");
        if (picture is not null)
            page.Append($"\n![{record.Picture.Description}]({picture})\n");
        foreach (string language in Languages)
            page.Append($"\n<!-- {language} -->\n{Answer(before, language)}<!-- /{language} -->\n");
        return page.ToString();
    }

    /// <summary>The answer in a language.</summary>
    /// <param name="page">A page.</param>
    /// <param name="language">en or zh.</param>
    /// <returns>What stands between the markers; empty where nothing does.</returns>
    public static string Answer(string? page, string language)
    {
        string text = page?.ReplaceLineEndings("\n") ?? "", open = $"<!-- {language} -->\n", close = $"<!-- /{language} -->";
        int start = text.IndexOf(open, StringComparison.Ordinal);
        int end = start < 0 ? -1 : text.IndexOf(close, start, StringComparison.Ordinal);
        return end < 0 ? "" : text[(start + open.Length)..end];
    }
}
