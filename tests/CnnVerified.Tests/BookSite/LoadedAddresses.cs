using System.Text.RegularExpressions;

namespace CnnVerified.Tests.BookSite;

/// <summary>The addresses that a browser fetches by itself when it shows a page, a style sheet or a picture; a link that a person follows is none.</summary>
internal static partial class LoadedAddresses
{
    public static IEnumerable<string> Of(string text)
    {
        foreach (Match tag in Tag().Matches(text))
        {
            bool isLink = tag.Groups["name"].Value is "a" or "A" or "area";
            foreach (Match attribute in Attribute().Matches(tag.Groups["attributes"].Value))
            {
                string name = attribute.Groups["name"].Value.ToLowerInvariant(), value = attribute.Groups["value"].Value;
                if (name is "src" or "poster" or "data" or "background" or "action" or "formaction" or "ping" || name is "href" or "xlink:href" && !isLink)
                    yield return value;
                else if (name is "srcset" or "imagesrcset")
                    foreach (string candidate in value.Split(','))
                        yield return candidate.Trim().Split(' ')[0];
            }
        }
        foreach (Match style in Style().Matches(text))
            yield return style.Groups["url"].Value.Trim('"', '\'', ' ');
        foreach (Match call in Call().Matches(text))
            yield return call.Groups["url"].Value;
    }

    /// <summary>Whether an address leads to another host, or to a file by its full path.</summary>
    public static bool IsAbsolute(string address) => address.StartsWith('/') || Scheme().IsMatch(address) && !address.StartsWith("data:", StringComparison.Ordinal);

    [GeneratedRegex(@"<(?<name>[A-Za-z][\w:-]*)(?<attributes>(?:\s+[^\s=>/]+(?:\s*=\s*(?:""[^""]*""|'[^']*'|[^\s>]+))?)*)\s*/?>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?<name>[^\s=>/]+)\s*=\s*[""']?(?<value>[^""'>]*)")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"(?:@import\s+url\(|@import\s+|url\()(?<url>[""']?[^)""';]+[""']?)", RegexOptions.IgnoreCase)]
    private static partial Regex Style();

    [GeneratedRegex(@"(?:fetch|import|importScripts|open|Worker|EventSource|WebSocket|sendBeacon)\s*\(\s*[""'`](?<url>[^""'`]+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:")]
    private static partial Regex Scheme();
}
