namespace CnnVerified.Reference.Notation;

/// <summary>Blocks by id, and the models that they resolve to.</summary>
public sealed class Library
{
    /// <summary>How many definitions may lead to each other: each is resolved within the one that uses it.</summary>
    public const int MostOpen = 64;

    private readonly Dictionary<string, Block> _blocks = [];
    private readonly Dictionary<string, Model> _models = [];
    private readonly HashSet<string> _open = [];

    /// <summary>Adds a block. A derivation has the id of its equation and is not looked up by it.</summary>
    /// <param name="block">The block.</param>
    /// <exception cref="NotationException">There is another equation of that id.</exception>
    public void Add(Block block)
    {
        if (block.Head.Kind == BlockKind.Equation && !_blocks.TryAdd(block.Head.Id, block))
            throw new NotationException($"expected an id that is not taken, got '{block.Head.Id}' a second time{(_blocks[block.Head.Id].File is { } file ? $" (the first is in {file})" : "")}.", block.Head.Place);
    }

    /// <summary>The ids of all equations.</summary>
    public IReadOnlyCollection<string> Ids => _blocks.Keys;

    /// <summary>The block of an id, or null.</summary>
    /// <param name="id">The id.</param>
    public Block? Find(string id) => _blocks.GetValueOrDefault(id);

    /// <summary>The model of an equation.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="place">Where it is asked for.</param>
    /// <returns>The model.</returns>
    /// <exception cref="NotationException">There is no such block, or it is malformed.</exception>
    public Model Resolve(string id, Place place)
    {
        lock (_models)
            return ResolveOnce(id, place);
    }

    private Model ResolveOnce(string id, Place place)
    {
        if (_models.TryGetValue(id, out Model? known))
            return known;
        if (!_blocks.TryGetValue(id, out Block? block))
            throw new NotationException($"expected the id of an equation, got '{id}'{Nearest(id)}.", place);
        if (_open.Count == MostOpen)
            throw new NotationException($"expected at most {MostOpen} definitions that lead to each other, got more.", place);
        if (!_open.Add(id))
            throw new NotationException($"expected a definition that does not lead back to itself, got {string.Join(" -> ", _open)} -> {id}.", place);
        try
        {
            return _models[id] = new Resolver(this, block).Resolve();
        }
        finally
        {
            _open.Remove(id);
        }
    }

    /// <summary>The model of a block; several threads may ask at once.</summary>
    /// <param name="block">A block; the equations that it names are in this library.</param>
    /// <returns>The model.</returns>
    /// <exception cref="NotationException">It is malformed.</exception>
    public Model Resolve(Block block) =>
        block.Head.Kind == BlockKind.Equation && ReferenceEquals(Find(block.Head.Id), block)
            ? Resolve(block.Head.Id, block.Head.Place)
            : new Resolver(this, block).Resolve();

    /// <summary>The names most like a word, the likest first: for a message about a word that is none of them.</summary>
    /// <param name="names">The names.</param>
    /// <param name="word">The word.</param>
    /// <param name="most">How many.</param>
    public static IEnumerable<string> Nearest(IEnumerable<string> names, string word, int most = 3) =>
        names.OrderBy(name => Distance(name, word)).ThenBy(name => name, StringComparer.Ordinal).Take(most);

    private string Nearest(string id) => _blocks.Count == 0 ? "" : $"; the nearest are {string.Join(", ", Nearest(_blocks.Keys, id))}";

    // Levenshtein's, capitals and small letters alike.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1)));
        }
        return row[^1];
    }
}
