using System.Globalization;
using System.Text;

namespace CnnVerified.Site;

/// <summary>A source file as a page. The lines that something leads to have ids.</summary>
internal static class SourcePage
{
    public static string Of(string name, string text, IReadOnlySet<int> lines)
    {
        var html = new StringBuilder($"<h1>{Html.Text(name)}</h1>\n<pre class=\"source\">");
        int line = 0;
        foreach (string content in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            html.Append(lines.Contains(++line) ? string.Create(CultureInfo.InvariantCulture, $"<span id=\"L{line}\">{Html.Text(content)}</span>\n") : $"{Html.Text(content)}\n");
        return html.Append("</pre>\n").ToString();
    }
}
