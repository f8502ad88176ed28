namespace CnnVerified.Reference.Notation;

/// <summary>A text is malformed. The message is one line that says what was expected and what came.</summary>
public sealed class NotationException : Exception
{
    /// <summary>An error without a place.</summary>
    public NotationException()
        : this("The text is malformed.")
    {
    }

    /// <summary>An error without a place.</summary>
    /// <param name="message">What was expected and what came.</param>
    public NotationException(string message)
        : base(message)
    {
    }

    /// <summary>An error and what brought it to light.</summary>
    /// <param name="message">What was expected and what came.</param>
    /// <param name="innerException">The exception underneath.</param>
    public NotationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error at a place.</summary>
    /// <param name="message">What was expected and what came.</param>
    /// <param name="place">Where.</param>
    public NotationException(string message, Place place)
        : base(message) => Place = place;

    /// <summary>Where; default where no place is known.</summary>
    public Place Place { get; }

    /// <summary>The error as a person reads it: file, line and column, what was expected, the line and a caret under the place.</summary>
    /// <param name="text">The text that was read.</param>
    /// <param name="file">What to call it.</param>
    /// <returns>One line, or three where the place is known.</returns>
    public string Report(string text, string file)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        // A place that is not in this text came from another.
        if (Place.Line < 1 || Place.Line > lines.Length || Place.Column > lines[Place.Line - 1].Length + 1)
            return $"{file}: {Message}";
        string line = lines[Place.Line - 1];
        // A window around the place, so that the caret stays under it in a line of any length.
        int start = Math.Max(0, Place.Column - 60), length = Math.Min(line.Length - start, 110);
        string shown = new([.. line.Substring(start, Math.Max(0, length)).Select(c => char.IsControl(c) ? ' ' : c)]);
        return $"{file}:{Place.Line}:{Place.Column}: {Message}\n    {shown}\n    {new string(' ', Math.Max(0, Place.Column - 1 - start))}^";
    }
}
