namespace CnnVerified.Onnx;

/// <summary>Sizes of an equation by letter, as far as they differ from the smallest ones: sh, ph, eh, g, r, ….</summary>
public sealed class Sizes
{
    private readonly Dictionary<string, int> _byLetter = [];

    /// <summary>No sizes: the shapes of the inputs say all.</summary>
    public static Sizes None { get; } = new();

    /// <summary>The sizes.</summary>
    public IReadOnlyDictionary<string, int> ByLetter => _byLetter;

    /// <summary>The sizes and one more.</summary>
    /// <param name="letter">Its letter, in small print.</param>
    /// <param name="size">The size.</param>
    /// <returns>New sizes.</returns>
    public Sizes With(string letter, int size)
    {
        var with = new Sizes();
        foreach (var (other, value) in _byLetter)
            with._byLetter.Add(other, value);
        with._byLetter[letter] = size;
        return with;
    }

    /// <summary>These sizes and others.</summary>
    /// <param name="others">The others.</param>
    /// <returns>New sizes.</returns>
    public Sizes And(Sizes others) => others._byLetter.Aggregate(this, (sizes, pair) => sizes.With(pair.Key, pair.Value));

    /// <summary>The sizes and one more for each axis, where it differs from the smallest one.</summary>
    /// <param name="letters">One letter for each axis, from frames or rows to columns.</param>
    /// <param name="sizes">One size for each axis.</param>
    /// <param name="least">The size that need not be said.</param>
    /// <returns>New sizes.</returns>
    public Sizes With(IReadOnlyList<string> letters, IReadOnlyList<int> sizes, int least)
    {
        Sizes with = this;
        for (int axis = 0; axis < sizes.Count; axis++)
            if (sizes[axis] != least)
                with = with.With(letters[axis], sizes[axis]);
        return with;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Concat(_byLetter.Select(pair => $", {pair.Key} = {pair.Value}"));
}
