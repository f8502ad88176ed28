using System.Text.Json.Serialization;

namespace CnnVerified.Timing.Compare;

/// <summary>One turn of a process: the calls that it made before the next one's turn.</summary>
/// <param name="Round">Which turn.</param>
/// <param name="Seconds">Median time of the calls that count: those in which the system took no processor away, where there were enough.</param>
/// <param name="Calls">How many calls count.</param>
/// <param name="Peak">GFLOP/s of fused multiply-adds just before, on as many threads: the best of some runs.</param>
/// <param name="IsDisturbed">True where the system took a processor away in nearly every call, so that all of them count.</param>
public sealed record Slice(int Round, double Seconds, int Calls, double Peak, bool IsDisturbed = false);

/// <summary>All slices of one path of one process on one workload.</summary>
/// <param name="Work">The workload.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Setting">Code of the process's setting.</param>
/// <param name="Variant">What a call does.</param>
/// <param name="Error">The largest error over the largest sample, where no bound is known; else null.</param>
/// <param name="Slices">The slices, by round.</param>
public sealed record Series(Workload Work, int Threads, string Setting, Variant Variant, double? Error, IReadOnlyList<Slice> Slices)
{
    /// <summary>Whether it computes another sum than the equation's, as Winograd's algorithm does, for which no bound is known here.</summary>
    [JsonIgnore]
    public bool Regroups => Error is not null;

    /// <summary>Median time of a call over the slices.</summary>
    public double Seconds => Statistics.Median(Slices.Select(slice => slice.Seconds));

    /// <summary>Our measure of speed, in <see cref="Workload.Unit"/>.</summary>
    public double Rate => Work.Amount / Seconds;

    /// <summary>Median over the slices of the rate over the slice's own peak.</summary>
    public double ShareOfPeak => Statistics.Median(Slices.Select(slice => Work.Amount / slice.Seconds / slice.Peak));
}

/// <summary>A process that took part, or could not.</summary>
/// <param name="Code">The short form of the table.</param>
/// <param name="Name">Library and setting.</param>
/// <param name="Version">What was loaded; null where nothing was.</param>
/// <param name="NotLoaded">Why nothing was; null where it was.</param>
public sealed record Participant(string Code, string Name, string? Version, string? NotLoaded)
{
    /// <summary>The code of our own process.</summary>
    public const string Ours = "us";
}

/// <summary>What the machine can do on a number of threads.</summary>
/// <param name="Threads">The threads.</param>
/// <param name="Copy">GB/s, read and written, beyond the caches.</param>
public sealed record Limits(int Threads, double Copy);

/// <summary>Where and when something was timed.</summary>
/// <param name="Processor">Name of the processor.</param>
/// <param name="Machine">Cores, system, runtime.</param>
/// <param name="When">When it began.</param>
/// <param name="Version">Version and commit.</param>
/// <param name="Command">The arguments.</param>
public sealed record Place(string Processor, string Machine, DateTimeOffset When, string Version, string Command);

/// <summary>All that a comparison measured.</summary>
/// <param name="Place">Where and when.</param>
/// <param name="Participants">Who took part.</param>
/// <param name="Limits">Limits of the machine.</param>
/// <param name="Series">Every series with every slice.</param>
/// <param name="Remarks">What was refused, and why.</param>
public sealed record Measures(Place Place, IReadOnlyList<Participant> Participants, IReadOnlyList<Limits> Limits, IReadOnlyList<Series> Series, IReadOnlyList<string> Remarks)
{
    /// <summary>Several runs as one, with the place of the first and the commands of all.</summary>
    public static Measures Of(IReadOnlyList<Measures> runs) => runs[0] with
    {
        Place = runs[0].Place with { Command = string.Join("; ", runs.Select(run => run.Place.Command)) },
        Participants = [.. runs.SelectMany(run => run.Participants).DistinctBy(participant => participant.Code)],
        Limits = [.. runs.SelectMany(run => run.Limits)],
        Series = [.. runs.SelectMany(run => run.Series)],
        Remarks = [.. runs.SelectMany(run => run.Remarks)],
    };

    /// <summary>How much other work disturbed the run, in a line; null where it did not.</summary>
    public string? Disturbance
    {
        get
        {
            int all = Series.Sum(series => series.Slices.Count), disturbed = Series.Sum(series => series.Slices.Count(slice => slice.IsDisturbed));
            return disturbed == 0 ? null : FormattableString.Invariant($"other work took a processor away in nearly every call of {disturbed} of {all} slices: their times are too long, and so may be what is made of them");
        }
    }
}
