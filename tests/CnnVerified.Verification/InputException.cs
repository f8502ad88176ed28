namespace CnnVerified.Verification;

/// <summary>What a user gave cannot be used: a file, a folder or a value. The message is one line that says what was
/// wanted and what came, and is fit to be printed as it stands.</summary>
public sealed class InputException : Exception
{
    private const int MostCharacters = 2000;

    /// <summary>An error that says nothing more than that the input cannot be used.</summary>
    public InputException()
        : base("The input cannot be used.")
    {
    }

    /// <summary>An error with its line.</summary>
    /// <param name="message">What was wanted and what came, in one line.</param>
    public InputException(string message)
        : base(Line(message))
    {
    }

    /// <summary>An error with its line and what brought it to light.</summary>
    /// <param name="message">What was wanted and what came, in one line.</param>
    /// <param name="innerException">The exception underneath.</param>
    public InputException(string message, Exception innerException)
        : base(Line(message), innerException)
    {
    }

    // What came is often part of the message, and may be anything: escape codes do not reach the terminal, and a line ends somewhere.
    private static string Line(string message)
    {
        string line = (message.Length <= MostCharacters ? message : message[..MostCharacters] + "…").ReplaceLineEndings(" ");
        return string.Concat(line.Select(c => char.IsControl(c) ? '?' : c));
    }
}
