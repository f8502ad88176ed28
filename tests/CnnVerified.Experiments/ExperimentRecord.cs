using System.Text;

namespace CnnVerified.Experiments;

/// <summary>What a run found, told in both languages.</summary>
/// <param name="Setting">What was run, in a sentence or two: data, network, sizes.</param>
/// <param name="Tables">The measurements.</param>
/// <param name="Findings">The numbers of the answer, a sentence each.</param>
/// <param name="Picture">The plot.</param>
public sealed record ExperimentRecord(Said Setting, IReadOnlyList<Table> Tables, IReadOnlyList<Said> Findings, Figure Picture)
{
    /// <summary>Every text of it that readers see.</summary>
    internal IEnumerable<Said> Texts =>
    [
        Setting, .. Tables.SelectMany(table => table.Rows.SelectMany(row => row).Concat(table.Header).Append(table.Title)), .. Findings, Picture.Description,
        .. Picture.Plots.SelectMany(plot => plot.Series.Select(series => series.Name).Concat(plot.X.Names ?? []).Concat(plot.Y.Names ?? []).Concat([plot.Title, plot.X.Label, plot.Y.Label])),
    ];
}

/// <summary>A table of measurements; all cells are text already.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Header">Names of the columns; the first is that of the rows' names.</param>
/// <param name="Rows">Its rows, each as long as the header.</param>
public sealed record Table(Said Title, IReadOnlyList<Said> Header, IReadOnlyList<IReadOnlyList<Said>> Rows)
{
    /// <summary>A table with a row for each of some things.</summary>
    internal static Table Of<T>(Said title, IReadOnlyList<Said> header, IEnumerable<T> things, Func<T, IReadOnlyList<Said>> row) => new(title, header, [.. things.Select(row)]);

    /// <summary>With spaces, for a terminal, in English: the first column to the left, numbers to the right.</summary>
    /// <returns>A line for the title, for the header and for each row.</returns>
    public IEnumerable<string> Plain()
    {
        int[] widths = [.. Header.Select((name, column) => Rows.Select(row => row[column].English.Length).Append(name.English.Length).Max())];
        string Line(IReadOnlyList<Said> cells) => "  " + string.Join("  ", cells.Select((cell, column) => column == 0 ? cell.English.PadRight(widths[0]) : cell.English.PadLeft(widths[column])));
        yield return Title.English;
        yield return Line(Header);
        foreach (IReadOnlyList<Said> row in Rows)
            yield return Line(row);
    }

    /// <summary>As Markdown.</summary>
    /// <param name="language">In which language.</param>
    /// <returns>The title in bold and the table.</returns>
    public string Markdown(Language language)
    {
        var text = new StringBuilder($"**{Title.In(language).Replace("*", "\\*", StringComparison.Ordinal)}**\n\n");
        void Line(IEnumerable<Said> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.In(language).Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        Line(Header);
        text.Append("|---|").Insert(text.Length, "---:|", Header.Count - 1).Append('\n');
        foreach (IReadOnlyList<Said> row in Rows)
            Line(row);
        return text.ToString();
    }
}
