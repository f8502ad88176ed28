namespace CnnVerified.Reference.Notation;

/// <summary>The blocks of docs/equations, as embedded in this assembly: an installed tool has them too.</summary>
public static class Book
{
    /// <summary>Every block, in the order of the files.</summary>
    public static IReadOnlyList<Block> Blocks { get; } = Read();

    /// <summary>A library of given blocks, and of the book's equations under all ids that those do not take.</summary>
    /// <param name="blocks">Blocks that come first; a second one of an id is refused.</param>
    /// <param name="refused">Is told of each block that cannot be added.</param>
    public static Library With(IEnumerable<Block> blocks, Action<Block, NotationException> refused)
    {
        var library = new Library();
        foreach (Block block in blocks)
        {
            try
            {
                library.Add(block);
            }
            catch (NotationException taken)
            {
                refused(block, taken);
            }
        }
        foreach (Block block in Blocks.Where(block => library.Find(block.Head.Id) is null))
            library.Add(block);
        return library;
    }

    private static List<Block> Read()
    {
        var assembly = typeof(Book).Assembly;
        var blocks = new List<Block>();
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("equations/", StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            blocks.AddRange(Markdown.Blocks(reader.ReadToEnd(), "docs/" + name, wrong => throw wrong));
        }
        return blocks;
    }
}
