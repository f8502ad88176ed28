using System.Text;

namespace CnnVerified.Experiments;

/// <summary>The page of docs/experiments that records a run, once in each language. The answer at the end of each is written by hand and outlives the record.</summary>
public static class ExperimentPage
{
    private const string AnswerMark = "<!-- answer -->\n";

    /// <summary>Writes a page.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="record">What it found.</param>
    /// <param name="call">The call that repeats it.</param>
    /// <param name="picture">Path of the picture in a language from the page; null where none was written.</param>
    /// <param name="before">The page as it was, whose answers are kept; null where there is none.</param>
    /// <returns>Its text.</returns>
    public static string Write(IExperiment experiment, ExperimentRecord record, string call, Func<Language, string>? picture, string? before)
    {
        var page = new StringBuilder();
        foreach (Language language in Enum.GetValues<Language>())
        {
            page.Append(language == Language.English ? "# " : "\n## ").Append($"{experiment.Question.In(language)}\n\n<!-- {Code(language)} -->\n");
            page.Append($"{record.Setting.In(language)}\n\n```sh\n{call}\n```\n\n{experiment.Repeatability.In(language)}\n\n");
            foreach (Table table in record.Tables)
                page.Append(table.Markdown(language)).Append('\n');
            foreach (Said finding in record.Findings)
                page.Append($"- {finding.In(language)}\n");
            if (picture is not null)
                page.Append($"\n![{record.Picture.Description.In(language)}]({picture(language)})\n");
            page.Append($"\n{AnswerMark}{Answer(before, language)}<!-- /{Code(language)} -->\n");
        }
        return page.ToString();
    }

    /// <summary>The answer in a language.</summary>
    /// <param name="page">A page.</param>
    /// <param name="language">The language.</param>
    /// <returns>What stands between the markers; empty where nothing does.</returns>
    public static string Answer(string? page, Language language)
    {
        string text = page?.ReplaceLineEndings("\n") ?? "", close = $"<!-- /{Code(language)} -->";
        int start = text.IndexOf($"<!-- {Code(language)} -->\n", StringComparison.Ordinal), end = start < 0 ? -1 : text.IndexOf(close, start, StringComparison.Ordinal);
        int answer = end < 0 ? -1 : text.IndexOf(AnswerMark, start, end - start, StringComparison.Ordinal);
        return answer < 0 ? "" : text[(answer + AnswerMark.Length)..end];
    }

    private static string Code(Language language) => language == Language.English ? "en" : "zh";
}
