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
            int indent = lines[i].Length - fence.Length;
            if (!fence.StartsWith("```", StringComparison.Ordinal))
                continue;
            string head = fence[3..].Trim();
            int first = i + 1;
            while (++i < lines.Length && !lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
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
