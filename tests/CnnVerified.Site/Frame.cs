using System.Text;

namespace CnnVerified.Site;

/// <summary>What stands around the text of every page: head, navigation, the way to the other language.</summary>
/// <param name="chapters">The chapters of both languages.</param>
internal sealed class Frame(IReadOnlyList<PageText> chapters)
{
    // Pictures that can be stepped through, where scripts run.
    private static readonly string[] Stepped = ["conv-sliding", "residual-back", "weights-back", "pooling"];

    /// <summary>The page of contents of a language.</summary>
    public static string Contents(Language language) => $"{language.Code()}/index.html";

    /// <summary>A whole page.</summary>
    /// <param name="place">Where it stands in the site.</param>
    /// <param name="title">Its title.</param>
    /// <param name="language">Its language; null for a page that is there in English alone.</param>
    /// <param name="body">Its text.</param>
    /// <param name="other">The page of the other language, or null.</param>
    /// <param name="scripts">Scripts beyond that of every page.</param>
    public string Page(string place, string title, Language? language, string body, string? other, params IEnumerable<string> scripts)
    {
        Language own = language ?? Language.English;
        Words words = Words.Of(own);
        string To(string page) => Html.Relative(place, page);
        var html = new StringBuilder($"""
            <!DOCTYPE html>
            <html lang="{own.Code()}">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>{Html.Text(title)}{(title == words.Title ? "" : $" · {words.Title}")}</title>
            <link rel="stylesheet" href="{To("assets/book.css")}" />

            """);
        foreach (string script in scripts.Concat(Stepped.Any(name => body.Contains($"/pictures/{name}.svg\"", StringComparison.Ordinal)) ? ["assets/steps.js"] : []).Append("assets/book.js"))   // which runs last, and reads what the others bring
            html.Append($"<script defer=\"defer\" src=\"{To(script)}\"></script>\n");
        html.Append($"</head>\n<body>\n<nav class=\"top\">{Html.Link(To(Contents(own)), words.Title)}");
        if (other is not null)
            html.Append($" <a class=\"language\" href=\"{To(other)}\" lang=\"{own.Other().Code()}\">{words.OtherLanguage}</a>");
        else if (language is null)
            html.Append($" <a class=\"language\" href=\"{To(Contents(Language.Chinese))}\" lang=\"zh\">{Words.Chinese.Contents}</a>");
        html.Append("</nav>\n");
        PageText[] ours = [.. chapters.Where(chapter => chapter.File.Language == language && language is not null)];
        int at = Array.FindIndex(ours, chapter => chapter.File.Page == place);
        if (at >= 0)
        {
            html.Append($"<details class=\"chapters\"><summary>{words.Contents}</summary><ul class=\"chapters\">");
            foreach (PageText chapter in ours)
                html.Append("<li>").Append(chapter.File.Page == place ? Html.Text(chapter.Title) : Html.Link(To(chapter.File.Page), chapter.Title)).Append("</li>");
            html.Append("</ul></details>\n");
        }
        html.Append("<main>\n").Append(body).Append("</main>\n");
        if (at >= 0)
        {
            html.Append("<nav class=\"bottom\">");
            if (at > 0)
                html.Append($"<a rel=\"prev\" href=\"{To(ours[at - 1].File.Page)}\">{words.Previous}: {Html.Text(ours[at - 1].Title)}</a> ");
            if (at < ours.Length - 1)
                html.Append($"<a rel=\"next\" href=\"{To(ours[at + 1].File.Page)}\">{words.Next}: {Html.Text(ours[at + 1].Title)}</a>");
            html.Append("</nav>\n");
        }
        return html.Append("</body>\n</html>\n").ToString();
    }
}
