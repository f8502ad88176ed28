using System.Diagnostics;
using System.Globalization;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Fuzz;

/// <summary>Many shapes, and what came of them.</summary>
internal static class ShapesJob
{
    private const int MostTold = 40;

    /// <summary>Tries shapes and writes the faults.</summary>
    /// <returns>0, or 1 where there was a fault.</returns>
    public static int Run(int first, int count)
    {
        using var list = new EngineList();
        var shapes = new Shapes([.. EngineList.Widths.Select(width => list.Optimized(width, threads: 2))]);
        var time = Stopwatch.StartNew();
        var outcomes = new int[Enum.GetValues<Ending>().Length];
        int faults = 0;
        var told = new HashSet<string>();
        for (int i = first; i < first + count; i++)
        {
            var (outcome, fault) = shapes.Try(i);
            outcomes[(int)outcome]++;
            // One of a kind is enough: the equation and the kind of change.
            if (fault is not null && ++faults > 0 && told.Count < MostTold && told.Add($"{Shapes.Equations[i % Shapes.Equations.Count]}"))
                Console.WriteLine(fault);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} shapes over {Shapes.Equations.Count} equations in {time.Elapsed.TotalSeconds:F0} s: {outcomes[0]} computed on both sides, {outcomes[1]} refused by both, " +
            $"{outcomes[2]} beyond the limit refused by the engine, {outcomes[3]} not judged; {faults} faults"));
        return faults == 0 ? 0 : 1;
    }
}
