namespace CnnVerified.Reference.Notation;

/// <summary>The fenced blocks of a Markdown text.</summary>
public static class Markdown
{
    /// <summary>How many characters a file may have.</summary>
    public const int MostCharacters = 1 << 22;

    /// <summary>Reads the blocks whose fence opens with <c>```eq</c> or <c>```derivation</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="malformed">Is told what is wrong with a block; the others are read all the same.</param>
    /// <returns>The blocks in their order.</returns>
    public static IReadOnlyList<Block> Blocks(string text, string? file, Action<NotationException> malformed)
    {
        var blocks = new List<Block>();
        if (text.Length > MostCharacters)
        {
            malformed(new NotationException($"expected a file of at most {MostCharacters} characters, got {text.Length}."));
            return blocks;
        }
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string fence = lines[i].TrimStart();
            int ticks = fence.Length - fence.TrimStart('`').Length, indent = lines[i].Length - fence.Length;
            if (ticks < 3)
                continue;
            string head = fence[ticks..].Trim();
            int first = i + 1;
            // A fence closes with as many ticks as it opened with, or more, and nothing else.
            while (++i < lines.Length && !(lines[i].Trim() is var close && close.Length >= ticks && close.All(c => c == '`')))
            {
            }
            if (head.Split(' ')[0] is not ("eq" or "derivation"))
                continue;
            try
            {
                if (i == lines.Length)
                    throw new NotationException("expected ``` to close the block, got the end of the file.", new Place(first, 1 + indent));
                blocks.Add(new(Parser.Head(head, new Place(first, 1 + lines[first - 1].IndexOf(head, StringComparison.Ordinal))),
                    Parser.Lines(string.Join('\n', lines[first..i]), new Place(first + 1, 1)))
                { File = file });
            }
            catch (NotationException wrong)
            {
                malformed(wrong);
            }
        }
        return blocks;
    }
}
