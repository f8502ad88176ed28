using System.Globalization;
using System.Text;

namespace CnnVerified.Site;

/// <summary>A source file as a page whose lines can be linked to.</summary>
internal static class SourcePage
{
    public static string Of(string name, string text)
    {
        var html = new StringBuilder($"<h1>{Html.Text(name)}</h1>\n<pre class=\"source\">");
        int line = 0;
        foreach (string content in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            html.Append(CultureInfo.InvariantCulture, $"<span id=\"L{++line}\">{Html.Text(content)}</span>\n");
        return html.Append("</pre>\n").ToString();
    }
}
