namespace CnnVerified.Verification;

/// <summary>What a user gave cannot be used: a file, a folder or a value. The message is one line that says what was
/// wanted and what came, and is fit to be printed as it stands.</summary>
public sealed class InputException : Exception
{
    /// <summary>An error that says nothing more than that the input cannot be used.</summary>
    public InputException()
        : base("The input cannot be used.")
    {
    }

    /// <summary>An error with its line.</summary>
    /// <param name="message">What was wanted and what came, in one line.</param>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its line and what brought it to light.</summary>
    /// <param name="message">What was wanted and what came, in one line.</param>
    /// <param name="innerException">The exception underneath.</param>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
