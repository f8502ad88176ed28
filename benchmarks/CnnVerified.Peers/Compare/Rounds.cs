using CnnVerified.Timing;
using CnnVerified.Timing.Compare;

namespace CnnVerified.Peers.Compare;

/// <summary>One workload on several processes: each prepares and is judged, then they take turns.</summary>
internal static class Rounds
{
    /// <summary>Times a workload.</summary>
    /// <param name="work">The workload.</param>
    /// <param name="threads">Threads of the processes.</param>
    /// <param name="sides">The processes; one that ends is taken off the list.</param>
    /// <param name="rounds">The first round and how many there are.</param>
    /// <param name="milliseconds">How long a slice lasts at least.</param>
    /// <param name="remarks">Takes a line for whatever is not timed.</param>
    /// <returns>A series for each path of each process.</returns>
    public static IReadOnlyList<Series> Run(Workload work, int threads, List<SideProcess> sides, (int First, int Count) rounds, int milliseconds, List<string> remarks)
    {
        void Remark(SideProcess side, string what) => remarks.Add($"{work.Title}, threads {threads}, {side.Setting.Code} ({side.Setting.Name}): {what}");

        var samples = new WorkData(work).Samples();
        var series = new List<(SideProcess Side, int Path, PreparedPath Prepared, List<Slice> Slices)>();
        foreach (SideProcess side in sides.ToList())
            Guarded(side, () =>
            {
                var paths = side.Ask(new(Ask.Prepare, work, samples)).Paths!;
                for (int path = 0; path < paths.Count; path++)
                    if (paths[path].Refused is { } fault)
                        Remark(side, $"{paths[path].Variant} is wrong and not timed: {fault}");
                    else
                        series.Add((side, path, paths[path], []));
            });
        for (int round = 0; round < rounds.Count; round++)
            for (int turn = 0; turn < sides.Count; turn++)
            {
                SideProcess side = sides[(turn + round) % sides.Count];   // no one always follows the same one
                foreach (var (_, path, _, slices) in series.Where(each => each.Side == side && !side.HasEnded).ToList())
                    Guarded(side, () => slices.Add(side.Ask(new(Ask.Slice, Path: path, Round: rounds.First + round, Milliseconds: milliseconds)).Slice!));
            }
        foreach (SideProcess side in sides.ToList())
            Guarded(side, () => side.Ask(new(Ask.Free)));
        return [.. series.Where(each => each.Slices.Count == rounds.Count)
            .Select(each => new Series(work, threads, each.Side.Setting.Code, each.Prepared.Variant, each.Prepared.Error, each.Slices))];

        void Guarded(SideProcess side, Action action)
        {
            if (side.HasEnded)
                return;
            try
            {
                action();
            }
            catch (SideException e)
            {
                Remark(side, e.Message);
            }
        }
    }
}
