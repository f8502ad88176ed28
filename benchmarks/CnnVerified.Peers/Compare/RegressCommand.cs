using System.CommandLine;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Peers.Compare;

/// <summary>Times our kernels alone, keeps the times, and compares them with those of an earlier run.</summary>
internal static class RegressCommand
{
    // Where memory comes to lie differs from process to process, and with it some times: each slice of a third comes from another process.
    private const int Processes = 3;

    public static Command Make(CancellationToken stop)
    {
        var save = new Option<string?>("--save") { Description = "Keeps the times in a file." };
        var against = new Option<string?>("--against") { Description = "Compares with the times in a file; exit code 1 where a kernel is slower." };
        var percent = new Option<double>("--threshold") { Description = "How many percent slower is a regression.", DefaultValueFactory = _ => Regression.DefaultPercent };
        var options = new TimingOptions(slices: 15);
        var command = new Command("regress", "Times our kernels on the shape table and compares them with an earlier run of theirs.") { save, against, percent };
        foreach (Option option in options.All)
            command.Add(option);
        command.SetAction(call =>
        {
            string? to = call.GetValue(save), from = call.GetValue(against);
            if (to is null && from is null)
                throw new InputException("regress wanted --save FILE, --against FILE or both, got neither.");
            double threshold = call.GetValue(percent) is var given && given is > 0 and < 1000 ? given : throw new InputException($"--threshold wanted percent above 0, got {call.GetValue(percent)}.");
            var works = options.Workloads(call, work => work.HasWeights);
            var threadCounts = options.Threads(call);
            Measures? before = from is null ? null : MeasuresFile.Read(from);
            if (to is not null)
                AtomicFile.EnsureWritable(to);
            Measures measures = Run(threadCounts, works, options.Slices(call), options.Milliseconds(call), stop);
            foreach (string remark in measures.Remarks.Append(measures.Disturbance ?? "").Where(line => line.Length > 0))
                Console.WriteLine(remark);
            if (to is not null)
                AtomicFile.Write(to, MeasuresFile.Text(measures));
            if (before is null)
                return measures.Remarks.Count == 0 ? 0 : 1;
            bool IsAsked(Series series) => series.Setting == Participant.Ours && threadCounts.Contains(series.Threads) && works.Contains(series.Work);
            var changes = Regression.Of([.. before.Series.Where(IsAsked)], measures.Series, threshold);
            Console.WriteLine($"before: {before.Place.Processor}, {before.Place.When:yyyy-MM-dd HH:mm}, {before.Place.Version}{(before.Disturbance is { } disturbance ? $"; {disturbance}" : "")}");
            Console.WriteLine($"now:    {measures.Place.Processor}, {measures.Place.When:yyyy-MM-dd HH:mm}, {measures.Place.Version}");
            Console.Write(Regression.Text(changes, threshold));
            return changes.Any(change => change.Verdict == Verdict.Slower) || measures.Remarks.Count > 0 ? 1 : 0;
        });
        return command;
    }

    private static Measures Run(IReadOnlyList<int> threadCounts, IReadOnlyList<Workload> works, int slices, int milliseconds, CancellationToken stop)
    {
        Place place = Build.Here(string.Join(' ', Environment.GetCommandLineArgs()[1..]));
        Setting ours = Setting.All[0];
        Participant? participant = null;
        var (series, remarks) = (new List<Series>(), new List<string>());
        int processes = Math.Min(Processes, slices);
        var progress = new Progress(works.Count * threadCounts.Count * processes);
        for (int process = 0; process < processes; process++)
            foreach (int threads in threadCounts)
            {
                using var side = new SideProcess(ours, threads, stop);
                participant = new(ours.Code, ours.Name, side.Version, null);
                int first = slices * process / processes, count = slices * (process + 1) / processes - first;
                foreach (Workload work in works)
                {
                    progress.Begin($"process {process + 1}, threads {threads}, {work.Title}");
                    series.AddRange(Rounds.Run(work, threads, [side], (first, count), milliseconds, remarks));
                }
            }
        var whole = series.GroupBy(each => (each.Work, each.Threads, each.Variant)).Select(parts => parts.First() with { Slices = [.. parts.SelectMany(part => part.Slices)] });
        return new(place, [participant!], [], [.. whole], [.. remarks.Distinct()]);
    }
}
