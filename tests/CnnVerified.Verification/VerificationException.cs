namespace CnnVerified.Verification;

/// <summary>Kernels do not compute their equations, or nothing could be judged. The message tells for each equation the oracle, the smallest
/// case that was found, its worst element, what was expected and what came, and the line that repeats it.</summary>
public sealed class VerificationException : Exception
{
    /// <summary>A failure that tells nothing more.</summary>
    public VerificationException()
        : this("A kernel does not compute its equation.")
    {
    }

    /// <summary>A failure with its message.</summary>
    /// <param name="message">What failed and how to repeat it.</param>
    public VerificationException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with its message and what brought it to light.</summary>
    /// <param name="message">What failed and how to repeat it.</param>
    /// <param name="innerException">The exception underneath.</param>
    public VerificationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The judgements with a failure: the first for each equation.</summary>
    public IReadOnlyList<Judgement> Failed { get; init; } = [];
}
