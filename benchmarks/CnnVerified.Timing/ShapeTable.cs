using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Timing;

/// <summary>Convolutions from a CSV file, one a row: network and name, sizes in the letters of the catalogue, and the output's P×Q, which
/// is held to what the sizes give.</summary>
public static class ShapeTable
{
    /// <summary>The first line of every table.</summary>
    public const string Header = "net,name,N,G,C,H,W,K,P,Q,R,S,sh,sw,ph,pw,eh,ew";

    private const long MostBytes = 1 << 20;

    private static readonly string[] Columns = Header.Split(',');

    /// <summary>benchmarks/shapes.csv. Names are kept for ever; another shape gets another name.</summary>
    public static IReadOnlyList<LayerShape> Default { get; } = Embedded();

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its shapes; a name that several rows have is followed by the sizes, and equal rows count once.</returns>
    /// <exception cref="InputException">The file or a row of it cannot be used; the line tells which.</exception>
    public static IReadOnlyList<LayerShape> Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MostBytes)
                throw new InputException($"{path}: wanted a shape table of at most {MostBytes} bytes, got {file.Length}.");
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{path}: wanted a shape table, got: {e.Message}", e);
        }
    }

    /// <summary>Reads the text of a table.</summary>
    /// <param name="file">What messages call it.</param>
    /// <param name="text">The text.</param>
    /// <returns>As <see cref="Read"/>.</returns>
    /// <exception cref="InputException">As <see cref="Read"/>.</exception>
    public static IReadOnlyList<LayerShape> Parse(string file, string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        if (lines[0] != Header)
            throw new InputException($"{file}:1: wanted the header {Header}, got '{lines[0]}'.");
        var rows = new List<(string Name, Case Case)>();
        for (int i = 1; i < lines.Length; i++)
            if (lines[i].Length > 0)
                rows.Add(Row($"{file}:{i + 1}", lines[i]));
        if (rows.Count == 0)
            throw new InputException($"{file}: wanted at least one shape, got the header alone.");
        var shared = rows.GroupBy(row => row.Name).Where(group => group.Select(row => $"{row.Case}").Distinct().Count() > 1).Select(group => group.Key).ToHashSet();
        return [.. rows.Select(row => new LayerShape(shared.Contains(row.Name) ? $"{row.Name} {row.Case}" : row.Name, row.Case)).DistinctBy(shape => shape.Name)];
    }

    private static (string Name, Case Case) Row(string at, string line)
    {
        string[] fields = line.Split(',');
        if (fields.Length != Columns.Length)
            throw new InputException($"{at}: wanted {Columns.Length} fields, {Header}, got {fields.Length}: '{line}'.");
        var sizes = new Dictionary<string, int>();
        for (int i = 2; i < fields.Length; i++)
            sizes[Columns[i]] = int.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size
                : throw new InputException($"{at}: wanted a whole number for {Columns[i]}, got '{fields[i]}'.");
        string name = $"{fields[0]} {fields[1]}".Trim();
        if (name.Length == 0)
            throw new InputException($"{at}: wanted the name of a network or a layer, got none.");

        Family family = EquationTable.Find("CV-F1").Family;
        Case shape;
        try
        {
            // Through the text form, which holds sizes to what a case may have.
            shape = Case.Parse(family, string.Concat(sizes.Where(size => size.Key is not ("P" or "Q")).Select(size => $"-{size.Key.ToLowerInvariant()}{size.Value}")));
        }
        catch (InputException wrong)
        {
            throw new InputException($"{at}: {wrong.Message}", wrong);
        }
        return shape.Output == (sizes["P"], sizes["Q"]) ? (name, shape)
            : throw new InputException($"{at}: wanted P×Q = {shape.Output.P}×{shape.Output.Q}, which the sizes {shape} give, got {sizes["P"]}×{sizes["Q"]}.");
    }

    private static IReadOnlyList<LayerShape> Embedded()
    {
        using var reader = new StreamReader(typeof(ShapeTable).Assembly.GetManifestResourceStream("shapes.csv")!);
        return Parse("benchmarks/shapes.csv", reader.ReadToEnd());
    }
}
