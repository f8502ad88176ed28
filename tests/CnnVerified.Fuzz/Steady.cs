using System.Diagnostics;
using System.Globalization;
using CnnVerified.Optimized;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;

namespace CnnVerified.Fuzz;

/// <summary>One process that verifies, trains and reads for as long as it is told, and measures itself after each round.</summary>
/// <remarks>The measure: the rounds are cut into thirds. The first warms up. From the second to the third the median of the resident memory may
/// grow by no more than a twentieth and 8 MB, and neither the open files nor the threads may grow at all.</remarks>
internal static class Steady
{
    private const int Fewest = 6;

    private sealed record Measure(long Resident, long Managed, int Files, int Threads);

    public static string[] Arguments(double minutes) => ["steady", "--minutes", minutes.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Runs.</summary>
    /// <returns>0, or 1 where something grew or a judgement failed.</returns>
    public static int Run(double minutes)
    {
        var end = Stopwatch.StartNew();
        var measures = new List<Measure>();
        while (end.Elapsed.TotalMinutes < minutes)
        {
            Round((ulong)measures.Count);
            measures.Add(Now());
        }
        if (measures.Count < Fewest)
            throw new InputException($"expected time for {Fewest} rounds at least, got {measures.Count} in {minutes} minutes.");
        int third = measures.Count / 3;
        Measure before = Median(measures[third..(2 * third)]), after = Median(measures[(2 * third)..]);
        Console.WriteLine($"one process, {measures.Count} rounds: resident memory {before.Resident >> 20} MB, then {after.Resident >> 20} MB; managed heap {before.Managed >> 10} KB, then {after.Managed >> 10} KB; " +
            $"open files {before.Files}, then {after.Files}; threads {before.Threads}, then {after.Threads}");
        return after.Resident <= before.Resident + before.Resident / 20 + (8 << 20) && after.Files <= before.Files && after.Threads <= before.Threads ? 0 : 1;
    }

    private static void Round(ulong seed)
    {
        using (var list = new EngineList())
        {
            Engine[] engines = [list.Optimized(Execution.Widest, threads: 2)];
            Equation[] some = [.. EquationTable.All.Where((_, i) => i % 90 == (int)(seed % 90))];
            foreach (Judgement judgement in Battery.Run(some, engines, new(2, seed), _ => { }, default).SelectMany(judgements => judgements))
                if (judgement.Failure is { } failure)
                    throw new InputException($"{judgement.Equation} {judgement.Engine}: {failure.What}");
        }
        using var on = new Execution(threads: 2);
        var (train, heldOut) = ImageSet.Embedded();
        NetworkKind kind = NetworkKind.All[(int)(seed % (ulong)NetworkKind.All.Count)];
        var trainer = new Trainer(train.First(64), heldOut.First(32), "embedded", kind.Defaults with { Epochs = 1 }, on);
        foreach (Epoch epoch in trainer.Epochs((_, _) => { }, default))
            Debug.Assert(epoch.Number == 1);
    }

    private static Measure Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return new(self.WorkingSet64, GC.GetTotalMemory(forceFullCollection: true),
            OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : self.HandleCount, self.Threads.Count);
    }

    private static Measure Median(List<Measure> measures)
    {
        T Middle<T>(Func<Measure, T> of) => measures.Select(of).Order().ElementAt(measures.Count / 2);
        return new(Middle(each => each.Resident), Middle(each => each.Managed), Middle(each => each.Files), Middle(each => each.Threads));
    }
}
