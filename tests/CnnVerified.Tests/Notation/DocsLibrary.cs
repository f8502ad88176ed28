using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Checking;

namespace CnnVerified.Tests.Notation;

/// <summary>The equations of docs/equations, as they stand in the repository.</summary>
internal static class DocsLibrary
{
    /// <summary>The root of the repository: the directory above this assembly that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The Markdown files, in order of their names.</summary>
    public static IReadOnlyList<(string File, string Text)> Files { get; } = [.. Directory.GetFiles(Path.Combine(Root, "docs", "equations"), "*.md")
        .Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllText(file)))];

    /// <summary>Settings of a check that must come to an answer, on a machine that does much else too, and need not explain it.</summary>
    public static CheckSettings Patient { get; } = new() { Explain = false, Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>All blocks, in order.</summary>
    public static IReadOnlyList<Block> Blocks { get; } = [.. Files.SelectMany(file => Markdown.Blocks(file.Text, file.File, wrong => throw wrong))];

    /// <summary>The blocks that claim a gradient.</summary>
    public static IReadOnlyList<Block> Gradients { get; } = [.. Blocks.Where(block => block.Head is { Kind: BlockKind.Equation, By: not null, Refuted: null })];

    /// <summary>A library of its own for each caller: it remembers what it resolved and is not made for several threads.</summary>
    public static Library Library()
    {
        var library = new Library();
        foreach (Block block in Blocks)
            library.Add(block);
        return library;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "CnnVerified.sln")))
                return directory.FullName;
        throw new InvalidOperationException($"no CnnVerified.sln above {AppContext.BaseDirectory}.");
    }
}
