using System.Text;
using System.Text.RegularExpressions;

namespace CnnVerified.Site;

/// <summary>A part of a chapter: text, or what stands between two markers.</summary>
/// <param name="Line">Where it begins, from 1; of a quotation, the line of its first marker.</param>
/// <param name="Text">The lines, each with its \n; of a quotation, those between the markers.</param>
/// <param name="Kind">Of a quotation, what is quoted: eq, derivation, experiment; else null.</param>
/// <param name="Name">Of a quotation, the id or the name.</param>
internal sealed record Part(int Line, string Text, string? Kind = null, string Name = "")
{
    public string Opening => $"<!-- {Kind} {Name} -->";

    /// <summary>The whole part with other lines between the markers.</summary>
    public string With(string content) => Kind is null ? Text : $"{Opening}\n{content}<!-- /{Kind} -->\n";
}

/// <summary>Markers of a chapter: <c>&lt;!-- eq CV-F1 --&gt;</c> to <c>&lt;!-- /eq --&gt;</c>. Within fences they are text.</summary>
internal static partial class Markers
{
    private static readonly string[] Kinds = ["eq", "derivation", "experiment"];

    /// <summary>Cuts a chapter at its markers.</summary>
    /// <param name="text">The chapter.</param>
    /// <param name="fault">Is told the line of each malformed marker, and what is wrong.</param>
    /// <returns>The parts; with their markers they are the text again.</returns>
    public static IReadOnlyList<Part> Parts(string text, Action<int, string> fault)
    {
        var parts = new List<Part>();
        var lines = new StringBuilder();
        int first = 1, number = 0;
        Part? open = null;
        string fence = "";
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            number++;
            string trimmed = line.Trim();
            Match marker = Marker().Match(trimmed);
            if (open is null && fence.Length == 0 && marker.Success)
            {
                string kind = marker.Groups["kind"].Value, name = marker.Groups["name"].Value;
                if (!Kinds.Contains(kind) || marker.Groups["end"].Success || name.Length == 0)
                {
                    fault(number, $"{trimmed}: expected a marker <!-- eq ID -->, <!-- derivation ID --> or <!-- experiment NAME -->, got {(marker.Groups["end"].Success ? "the end of one that was not begun" : "another one")}.");
                }
                else
                {
                    Flush();
                    open = new(number, "", kind, name);
                    continue;
                }
            }
            else if (open is not null && trimmed == $"<!-- /{open.Kind} -->")
            {
                parts.Add(open with { Text = lines.ToString() });
                lines.Clear();
                first = number + 1;
                open = null;
                continue;
            }
            else if (open is not null && marker.Success && Kinds.Contains(marker.Groups["kind"].Value))
            {
                fault(open.Line, $"{open.Opening}: expected <!-- /{open.Kind} --> before the next marker, got {trimmed} in line {number}.");
                return parts;
            }
            else if (open is null)
            {
                fence = Fence(trimmed, fence);
                if (fence.Length == 0 && trimmed.StartsWith("$$", StringComparison.Ordinal))
                    fault(number, "expected $$ only between markers, where it is written from docs/equations, got it in the text.");
            }
            lines.Append(line).Append('\n');
        }
        if (open is not null)
            fault(open.Line, $"{open.Opening}: expected <!-- /{open.Kind} --> behind it, got the end of the file.");
        Flush();
        return parts;

        void Flush()
        {
            if (lines.Length > 0)
                parts.Add(new(first, lines.ToString()));
            lines.Clear();
        }
    }

    /// <summary>The marker that a line is, or null.</summary>
    public static (string Kind, string Name)? Read(string line) =>
        Marker().Match(line.Trim()) is { Success: true } marker && !marker.Groups["end"].Success ? (marker.Groups["kind"].Value, marker.Groups["name"].Value) : null;

    /// <summary>The fence that is open behind a line; none is an empty text.</summary>
    private static string Fence(string line, string open)
    {
        char tick = line.Length > 0 ? line[0] : ' ';
        int ticks = tick is '`' or '~' ? line.Length - line.TrimStart(tick).Length : 0;
        if (ticks < 3)
            return open;
        if (open.Length == 0)
            return tick == '`' && line[ticks..].Contains('`', StringComparison.Ordinal) ? "" : new string(tick, ticks);
        return tick == open[0] && ticks >= open.Length && ticks == line.Length ? "" : open;
    }

    // A comment of one word or two is meant as a marker; a longer one is a comment.
    [GeneratedRegex(@"^<!--\s*(?<end>/)?\s*(?<kind>[A-Za-z]+)(?:\s+(?<name>[A-Za-z0-9_-]+))?\s*-->$")]
    private static partial Regex Marker();
}
