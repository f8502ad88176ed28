namespace CnnVerified.Reference.Notation.Evaluation;

/// <summary>Counts the terms that programs evaluate, and stops them. A count, unlike a time, is the same on every machine.</summary>
/// <param name="stop">Ends a computation: it then throws <see cref="OperationCanceledException"/>.</param>
public sealed class Meter(CancellationToken stop = default)
{
    private const long PerFrame = 20;   // what a frame costs beside its terms, about

    /// <summary>How many terms were evaluated so far.</summary>
    public long Steps { get; private set; }

    internal void Step()
    {
        if ((++Steps & 0xFFF) == 0)
            stop.ThrowIfCancellationRequested();
    }

    internal void NewFrame()
    {
        stop.ThrowIfCancellationRequested();
        Steps += PerFrame;
    }
}
