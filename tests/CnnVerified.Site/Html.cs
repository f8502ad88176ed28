namespace CnnVerified.Site;

/// <summary>Text as HTML.</summary>
internal static class Html
{
    /// <summary>Escapes a text, for content and for attributes in double quotes.</summary>
    public static string Text(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    public static string Link(string href, string text) => $"<a href=\"{Text(href)}\">{Text(text)}</a>";

    /// <summary>The address of a page seen from another one; both from the root of the site.</summary>
    public static string Relative(string from, string to)
    {
        string[] here = from.Split('/')[..^1], there = to.Split('/');
        int common = 0;
        while (common < here.Length && common < there.Length - 1 && here[common] == there[common])
            common++;
        return string.Concat(Enumerable.Repeat("../", here.Length - common)) + string.Join('/', there[common..]);
    }
}
