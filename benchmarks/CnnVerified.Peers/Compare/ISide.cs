using CnnVerified.Timing.Compare;

namespace CnnVerified.Peers.Compare;

/// <summary>A library that takes part. It lives in a process of its own.</summary>
internal interface ISide : IDisposable
{
    /// <summary>Name and version of what was loaded.</summary>
    string Version { get; }

    /// <summary>Makes a workload ready.</summary>
    /// <param name="work">The workload.</param>
    /// <param name="data">Its data, which the side may keep.</param>
    /// <returns>A path for each variant that the library has code for; none where it does not offer the workload.</returns>
    IReadOnlyList<TimedPath> Prepare(Workload work, WorkData data);

    /// <summary>Gives back what the last workload took.</summary>
    void Release();
}

/// <summary>A call that is timed.</summary>
/// <param name="Variant">What the call does beyond the arithmetic.</param>
/// <param name="Run">The call.</param>
/// <param name="Result">What the last call computed, in the equation's layout.</param>
/// <param name="HasBound">False where the rounding bound of plain sums does not hold, as for Winograd's algorithm.</param>
internal sealed record TimedPath(Variant Variant, Action Run, Func<float[]> Result, bool HasBound = true)
{
    /// <summary>From N×C×H×W to N×K×P×Q with weights prepared inside: what every library can be asked for.</summary>
    public static Variant Plain { get; } = new(DataLayout.Nchw, Preparation.Inside);
}
