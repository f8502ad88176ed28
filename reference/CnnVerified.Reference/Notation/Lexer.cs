namespace CnnVerified.Reference.Notation;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    Name,
    Number,
    Sign,
    EndOfLine,
    End,
}

/// <summary>A piece of text. <see cref="Start"/> counts characters from 0, so that pieces without space between can be told.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, Place Place, int Start)
{
    public int Stop => Start + Text.Length;

    public override string ToString() => Kind switch
    {
        TokenKind.EndOfLine => "the end of the line",
        TokenKind.End => "the end",
        _ => $"'{(Text.Length <= 40 ? Text : Text[..40] + "…")}'",
    };
}

/// <summary>Cuts a text into tokens in one pass.</summary>
/// <remarks>A line goes on while a bracket is open, after an operator, or where the next line begins with an operator or =.</remarks>
internal static class Lexer
{
    private static readonly string[] Signs = ["..", "!=", "<=", ">="];
    private static readonly Dictionary<char, string> Typographic = new() { ['·'] = "*", ['×'] = "*", ['−'] = "-", ['≤'] = "<=", ['≥'] = ">=", ['≠'] = "!=" };

    public static List<Token> Tokens(string text, Place start)
    {
        var tokens = new List<Token>();
        int line = start.Line, lineStart = 1 - start.Column, open = 0, i = 0;
        Place Here(int at) => new(line, at - lineStart + 1);

        void EndLine(int at)
        {
            if (open == 0 && tokens.Count > 0 && tokens[^1].Kind != TokenKind.EndOfLine && !GoesOnAfter(tokens[^1]))
                tokens.Add(new(TokenKind.EndOfLine, "", Here(at), at));
        }

        void Add(TokenKind kind, string value, int at)
        {
            if (tokens.Count > 0 && tokens[^1].Kind == TokenKind.EndOfLine && kind == TokenKind.Sign && GoesOnBefore(value))
                tokens.RemoveAt(tokens.Count - 1);
            tokens.Add(new(kind, value, Here(at), at));
        }

        while (i < text.Length)
        {
            char c = text[i];
            if (c == '\n')
            {
                EndLine(i++);
                line++;
                lineStart = i;
            }
            else if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '#' || c == '-' && i + 1 < text.Length && text[i + 1] == '-')
            {
                while (i < text.Length && text[i] != '\n')
                    i++;
            }
            else if (char.IsLetter(c) || c == '_')
            {
                int from = i;
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_'))
                    i++;
                if (i - from > Parser.MostName)
                    throw new NotationException($"expected a name of at most {Parser.MostName} characters, got {i - from}.", Here(from));
                Add(TokenKind.Name, text[from..i], from);
            }
            else if (char.IsAsciiDigit(c) || c == '.' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))
            {
                int from = i;
                while (i < text.Length && char.IsAsciiDigit(text[i]))
                    i++;
                // 0..K is 0, "..", K.
                if (i + 1 < text.Length && text[i] == '.' && char.IsAsciiDigit(text[i + 1]))
                {
                    i++;
                    while (i < text.Length && char.IsAsciiDigit(text[i]))
                        i++;
                }
                Add(TokenKind.Number, text[from..i], from);
            }
            else if (Typographic.TryGetValue(c, out string? sign))
            {
                Add(TokenKind.Sign, sign, i++);
            }
            else if (Signs.FirstOrDefault(each => string.CompareOrdinal(text, i, each, 0, each.Length) == 0) is { } two)
            {
                Add(TokenKind.Sign, two, i);
                i += two.Length;
            }
            else if ("+-*/^=<>()[]{},:|".Contains(c, StringComparison.Ordinal))
            {
                open += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
                Add(TokenKind.Sign, c.ToString(), i++);
            }
            else
            {
                throw new NotationException($"expected a name, a number or one of + - * / ^ = < > ( ) [ ] {{ }} , : |, got '{Shown(c)}'.", Here(i));
            }
        }
        EndLine(text.Length);
        tokens.Add(new(TokenKind.End, "", Here(text.Length), text.Length));
        return tokens;
    }

    private static string Shown(char c) => char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : c.ToString();

    private static bool GoesOnAfter(Token last) => last.Kind == TokenKind.Sign && (GoesOnBefore(last.Text) || last.Text is "," or ":" or "|" or "..")
        || last is { Kind: TokenKind.Name, Text: "and" or "or" };

    private static bool GoesOnBefore(string sign) => sign is "+" or "-" or "*" or "/" or "^" or "=" or "!=" or "<" or "<=" or ">" or ">=";
}
