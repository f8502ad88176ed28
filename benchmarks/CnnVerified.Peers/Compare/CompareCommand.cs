using System.CommandLine;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Peers.Compare;

/// <summary>Times ours beside the peers in one run, in turns.</summary>
internal static class CompareCommand
{
    public static Command Make(CancellationToken stop)
    {
        var peers = new Option<string>("--peers") { Description = "Libraries to compare with.", DefaultValueFactory = _ => string.Join(',', Setting.Peers) };
        var json = new Option<string?>("--json") { Description = "Writes all that was measured, every slice." };
        var html = new Option<string?>("--html") { Description = "Writes one page with a plot." };
        var options = new TimingOptions(slices: 7);
        var command = new Command("compare", "Times our kernels beside those of the peers, in turns, and prints ratios.") { peers, json, html };
        foreach (Option option in options.All)
            command.Add(option);
        command.SetAction(call =>
        {
            string[] chosen = [.. call.GetValue(peers)!.Split(',').Select(peer => Setting.Peers.Contains(peer) ? peer
                : throw new InputException($"--peers wanted some of {string.Join(',', Setting.Peers)}, got '{peer}'."))];
            var works = options.Workloads(call, _ => true);
            string?[] files = [call.GetValue(json), call.GetValue(html)];
            foreach (string file in files.OfType<string>())
                AtomicFile.EnsureWritable(file);
            Setting[] settings = [.. Setting.All.Where(setting => setting.Peer.Length == 0 || chosen.Contains(setting.Peer))];
            Measures measures = Run(settings, options.Threads(call), works, options.Slices(call), options.Milliseconds(call), stop);
            Console.Write(ComparisonText.Of(measures));
            if (files[0] is { } jsonFile)
                AtomicFile.Write(jsonFile, MeasuresFile.Text(measures));
            if (files[1] is { } htmlFile)
                AtomicFile.Write(htmlFile, ComparisonPage.Text(measures));
            return measures.Series.Any(series => series.Setting == Participant.Ours) ? 0 : 1;
        });
        return command;
    }

    private static Measures Run(IReadOnlyList<Setting> settings, IReadOnlyList<int> threadCounts, IReadOnlyList<Workload> works, int slices, int milliseconds, CancellationToken stop)
    {
        Place place = Build.Here(string.Join(' ', Environment.GetCommandLineArgs()[1..]));
        var participants = new Dictionary<string, Participant>();
        var (limits, series, remarks) = (new List<Limits>(), new List<Series>(), new List<string>());
        var progress = new Progress(works.Count * threadCounts.Count);
        if (!Posix.CanStop)
            Console.Error.WriteLine("Processes cannot be stopped on this system: the others' threads may spin beside the one that is timed.");
        foreach (int threads in threadCounts)
        {
            var sides = new List<SideProcess>();
            try
            {
                foreach (Setting setting in settings)
                    try
                    {
                        sides.Add(new(setting, threads, stop));
                        participants[setting.Code] = new(setting.Code, setting.Name, sides[^1].Version, null);
                    }
                    catch (SideException e)
                    {
                        participants[setting.Code] = new(setting.Code, setting.Name, null, e.Message);
                    }
                if (sides.Find(side => side.Setting.Code == Participant.Ours) is { } ours)
                    limits.Add(new(threads, ours.Ask(new(Ask.MeasureCopy)).Copy!.Value));
                foreach (Workload work in works)
                {
                    progress.Begin($"threads {threads}, {work.Title}");
                    series.AddRange(Rounds.Run(work, threads, sides, (0, slices), milliseconds, remarks));
                }
            }
            finally
            {
                sides.ForEach(side => side.Dispose());
            }
        }
        return new(place, [.. participants.Values], limits, series, remarks);
    }
}
