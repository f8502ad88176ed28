using System.Diagnostics;

namespace CnnVerified.Peers.Compare;

/// <summary>Tells on standard error what is being timed and how long the rest may take.</summary>
/// <param name="all">How many there are.</param>
internal sealed class Progress(int all)
{
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private int _done;

    /// <summary>Something begins.</summary>
    public void Begin(string what)
    {
        string left = _done == 0 ? "" : FormattableString.Invariant($"; about {_time.Elapsed.TotalMinutes / _done * (all - _done):F1} min left");
        Console.Error.WriteLine(FormattableString.Invariant($"[{++_done}/{all}] {what}{left}"));
    }
}
