using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace CnnVerified.Site;

/// <summary>The words of each section of some pages, as a script: a page opened from a file may not read files.</summary>
internal static class SearchIndex
{
    /// <summary>Of a long section only so much is searched: the whole site has to stay small.</summary>
    private const int MostText = 400;

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The index; addresses are seen from the contents page of the language. Several of them add up.</summary>
    public static string Of(Language language, IEnumerable<PageText> pages)
    {
        string from = Frame.Contents(language);
        var sections = new List<string[]>();
        foreach (PageText page in pages)
        {
            string address = Html.Relative(from, page.File.Page), title = page.Title;
            var text = new StringBuilder();
            foreach (Block block in page.Document)
            {
                if (block is HeadingBlock { Level: > 1 } heading)
                {
                    sections.Add([address, title, text.ToString(0, Math.Min(text.Length, MostText))]);
                    text.Clear();
                    title = PageText.Plain(heading);
                    address = $"{Html.Relative(from, page.File.Page)}#{heading.GetData(PageText.SlugKey)}";
                }
                // Numbers in tables are nothing that people look for, and the larger part of some pages.
                else if (block is not HeadingBlock and not Table)
                {
                    text.Append(PageText.Plain(block)).Append(' ');
                }
            }
            sections.Add([address, title, text.ToString(0, Math.Min(text.Length, MostText))]);
        }
        // </script> cannot occur in a file of its own, and U+2028 is a line end in old scripts alone.
        return $"window.bookIndex = (window.bookIndex || []).concat({JsonSerializer.Serialize(sections, Options)});\n";
    }
}
