using System.Text.RegularExpressions;

namespace CnnVerified.Site;

/// <summary>Finds links of a finished page that lead to no page or no anchor of the site.</summary>
internal static partial class LinkCheck
{
    /// <param name="pages">The pages by their place in the site.</param>
    /// <param name="files">All files of the site.</param>
    /// <returns>The page, the address, and what is missing.</returns>
    public static IEnumerable<(string Page, string Address, string Missing)> Broken(IReadOnlyDictionary<string, string> pages, IReadOnlySet<string> files)
    {
        var anchors = pages.ToDictionary(page => page.Key, page => Id().Matches(page.Value).Select(id => Decoded(id.Groups[1].Value)).ToHashSet());
        foreach (var (place, text) in pages)
            foreach (string address in Address().Matches(text).Select(link => Decoded(link.Groups[1].Value)).Distinct())
            {
                if (Uri.TryCreate(address, UriKind.Absolute, out _))
                    continue;
                string[] parts = address.Split('#', 2);
                string target = parts[0].Length == 0 ? place : Joined(place, Uri.UnescapeDataString(parts[0]));
                if (!files.Contains(target))
                    yield return (place, address, $"a file {target}");
                else if (parts.Length > 1 && anchors.TryGetValue(target, out HashSet<string>? ids) && !ids.Contains(Uri.UnescapeDataString(parts[1])))
                    yield return (place, address, $"an element {parts[1]} in {target}");
            }
    }

    private static string Joined(string page, string address)
    {
        var path = new List<string>(page.Split('/')[..^1]);
        foreach (string part in address.Split('/'))
        {
            if (part == ".." && path.Count > 0)
                path.RemoveAt(path.Count - 1);
            else if (part != ".")
                path.Add(part);
        }
        return string.Join('/', path);
    }

    private static string Decoded(string attribute) => System.Net.WebUtility.HtmlDecode(attribute);

    [GeneratedRegex(@"<[^>]*\sid=""([^""]*)""")]
    private static partial Regex Id();

    [GeneratedRegex(@"<[^>]*\s(?:href|src)=""([^""]*)""")]
    private static partial Regex Address();
}
