namespace CnnVerified.Mutants;

/// <summary>A part of the sources that is mutated: where it stands, and which engines show a fault in it.</summary>
/// <param name="Name">One word for reports.</param>
/// <param name="Assembly">The assembly that it is compiled into.</param>
/// <param name="Folder">Its folder, from the top of the repository.</param>
/// <param name="Engines">Engines that are judged: text, reference, scalar, widths (every vector width of the machine and scalar; the widest on two threads).</param>
internal sealed record Area(string Name, string Assembly, string Folder, string[] Engines);

/// <summary>The sources, and where they stand.</summary>
internal static class Repository
{
    /// <summary>All parts that are mutated.</summary>
    public static readonly IReadOnlyList<Area> Areas =
    [
        new("reference", "CnnVerified.Reference", "reference/CnnVerified.Reference/Equations", ["text", "reference", "scalar"]),
        new("notation", "CnnVerified.Reference", "reference/CnnVerified.Reference/Notation/Evaluation", ["text", "reference"]),
        new("numbers", "CnnVerified.Reference", "reference/CnnVerified.Reference/Numbers", ["text", "reference", "scalar"]),
        new("shapes", "CnnVerified.Shapes", "reference/CnnVerified.Shapes", ["text", "reference", "widths"]),
        new("engine", "CnnVerified.Optimized", "optimized/CnnVerified.Optimized", ["widths"]),
    ];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The part that a file belongs to, or null.</summary>
    public static Area? AreaOf(string file) => Areas.FirstOrDefault(area => file.StartsWith(area.Folder + "/", StringComparison.Ordinal));

    /// <summary>A path of the repository on this machine.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "CnnVerified.sln")))
                return directory.FullName;
        throw new InvalidOperationException($"no CnnVerified.sln above {AppContext.BaseDirectory}.");
    }
}
