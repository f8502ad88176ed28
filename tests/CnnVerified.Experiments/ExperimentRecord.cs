using System.Text;

namespace CnnVerified.Experiments;

/// <summary>What a run found.</summary>
/// <param name="Setting">What was run, in a sentence or two: data, network, sizes.</param>
/// <param name="Tables">The measurements.</param>
/// <param name="Findings">The numbers of the answer, a sentence each.</param>
/// <param name="Picture">The plot.</param>
public sealed record ExperimentRecord(string Setting, IReadOnlyList<Table> Tables, IReadOnlyList<string> Findings, Figure Picture);

/// <summary>A table of measurements; all cells are text already.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Header">Names of the columns; the first is that of the rows' names.</param>
/// <param name="Rows">Its rows, each as long as the header.</param>
public sealed record Table(string Title, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>A table with a row for each of some things.</summary>
    internal static Table Of<T>(string title, IReadOnlyList<string> header, IEnumerable<T> things, Func<T, IReadOnlyList<string>> row) => new(title, header, [.. things.Select(row)]);

    /// <summary>With spaces, for a terminal: the first column to the left, numbers to the right.</summary>
    /// <returns>A line for the title, for the header and for each row.</returns>
    public IEnumerable<string> Plain()
    {
        int[] widths = [.. Header.Select((name, column) => Rows.Select(row => row[column].Length).Append(name.Length).Max())];
        string Line(IReadOnlyList<string> cells) => "  " + string.Join("  ", cells.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])));
        yield return Title;
        yield return Line(Header);
        foreach (IReadOnlyList<string> row in Rows)
            yield return Line(row);
    }

    /// <summary>As Markdown.</summary>
    /// <returns>The title in bold and the table.</returns>
    public string Markdown()
    {
        var text = new StringBuilder($"**{Title}**\n\n");
        void Line(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        Line(Header);
        text.Append("|---|").Insert(text.Length, "---:|", Header.Count - 1).Append('\n');
        foreach (IReadOnlyList<string> row in Rows)
            Line(row);
        return text.ToString();
    }
}
