using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CnnVerified.Timing;
using CnnVerified.Timing.Compare;

namespace CnnVerified.Peers.Compare;

/// <summary>The process of one side: reads requests from standard input and answers each with one line, until its input ends.</summary>
internal sealed class SideProgram(ISide side, int threads)
{
    private const int LeastCalls = 3, WarmUpMilliseconds = 200, MostTimes = 4, PeakRuns = 5, PeakRounds = 1 << 19;

    private IReadOnlyList<TimedPath> _paths = [];

    public static int Run(string code, int threads)
    {
        Posix.EndWithParent();
        using var output = new StreamWriter(Posix.TakeOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        void Answer(Reply reply) => output.WriteLine(JsonSerializer.Serialize(reply, MeasuresFile.Options));

        try
        {
            using ISide side = Setting.All.First(setting => setting.Code == code).Open(threads);
            var program = new SideProgram(side, threads);
            Answer(new(Version: side.Version));
            while (Console.In.ReadLine() is { } line)
                Answer(program.Do(JsonSerializer.Deserialize<Request>(line, MeasuresFile.Options)!));
            return 0;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Answer(new(Error: OneLine(e)));
            return 1;
        }
    }

    private Reply Do(Request request)
    {
        try
        {
            switch (request.Do)
            {
                case Ask.Prepare:
                    side.Release();
                    _paths = side.Prepare(request.Work!, new WorkData(request.Work!));
                    return new(Paths: [.. _paths.Select(path => Judged(path, request.Samples!))]);
                case Ask.Slice:
                    return new(Slice: Slice(_paths[request.Path].Run, request));
                case Ask.MeasureCopy:
                    double copy = CopyBandwidth.Measure(threads);
                    Collect();
                    return new(Copy: copy);
                default:
                    _paths = [];
                    side.Release();
                    Collect();
                    return new();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)   // what a library does not take, it does not offer
        {
            return new(Error: OneLine(e));
        }
    }

    // Judged before it is warm, so that a call that is wrong is not even repeated.
    private static PreparedPath Judged(TimedPath path, IReadOnlyList<Sample> samples)
    {
        path.Run();
        float[] result = path.Result();
        if (path.HasBound && SampledCheck.Fault(result, samples) is { } fault)
            return new(path.Variant, fault, null);
        if (Array.Exists(result, float.IsNaN))
            return new(path.Variant, "an element is NaN or was never written.", null);
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < LeastCalls || Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMilliseconds; call++)
            path.Run();
        return new(path.Variant, null, path.HasBound ? null : samples.Max(sample => Math.Abs(result[sample.At] - sample.Expected)) / samples.Max(sample => Math.Abs(sample.Expected)));
    }

    private Slice Slice(Action run, Request request)
    {
        double peak = FmaLoop.Peak(threads, PeakRuns, PeakRounds);
        run();   // another process had the caches meanwhile
        List<double> all = [], undisturbed = [];
        long start = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        while (all.Count < LeastCalls || Elapsed() < request.Milliseconds || undisturbed.Count < LeastCalls && Elapsed() < MostTimes * request.Milliseconds)
        {
            long switches = Posix.InvoluntarySwitches(), call = Stopwatch.GetTimestamp();
            run();
            all.Add(Stopwatch.GetElapsedTime(call).TotalSeconds);
            if (Posix.InvoluntarySwitches() == switches)
                undisturbed.Add(all[^1]);
        }
        List<double> counted = undisturbed.Count < LeastCalls ? all : undisturbed;
        return new(request.Round, Statistics.Median(counted), counted.Count, peak, IsDisturbed: counted == all && all.Count > undisturbed.Count);
    }

    private static void Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
    }

    private static string OneLine(Exception e)
    {
        while (e is TypeInitializationException && e.InnerException is { } inner)
            e = inner;
        return e.Message.ReplaceLineEndings(" ");
    }
}
