using CnnVerified.Timing;
using CnnVerified.Timing.Compare;

namespace CnnVerified.Peers.Compare;

/// <summary>What a process is asked to do.</summary>
internal enum Ask
{
    Prepare,
    Slice,
    Free,
    MeasureCopy,
}

/// <summary>A line from the parent.</summary>
/// <param name="Do">What to do.</param>
/// <param name="Work">The workload to prepare.</param>
/// <param name="Samples">What its result is held to.</param>
/// <param name="Path">The path of the slice.</param>
/// <param name="Round">The round of the slice.</param>
/// <param name="Milliseconds">How long the slice lasts at least.</param>
internal sealed record Request(Ask Do, Workload? Work = null, IReadOnlyList<Sample>? Samples = null, int Path = 0, int Round = 0, int Milliseconds = 0);

/// <summary>A line from a process.</summary>
/// <param name="Error">Why it could not; else null.</param>
/// <param name="Version">What was loaded: the first line of all.</param>
/// <param name="Paths">The paths that were prepared.</param>
/// <param name="Slice">A slice.</param>
/// <param name="Copy">GB/s.</param>
internal sealed record Reply(string? Error = null, string? Version = null, IReadOnlyList<PreparedPath>? Paths = null, Slice? Slice = null, double? Copy = null);

/// <summary>A path that was prepared, and judged.</summary>
/// <param name="Variant">What it does.</param>
/// <param name="Refused">Why it will not be timed; null where its result is right.</param>
/// <param name="Error">The largest error over the largest sample, where no bound is known.</param>
internal sealed record PreparedPath(Variant Variant, string? Refused, double? Error);
