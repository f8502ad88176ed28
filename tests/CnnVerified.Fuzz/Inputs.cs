using System.Diagnostics;
using CnnVerified.Verification;
using Trace = SharpFuzz.Common.Trace;

namespace CnnVerified.Fuzz;

/// <summary>Inputs on disk, read one after the other.</summary>
internal static class Inputs
{
    /// <summary>The files that are named, folders replaced by what is in them, in order.</summary>
    public static IEnumerable<string> Files(IEnumerable<string> paths) => paths.SelectMany<string, string>(path =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)
        : File.Exists(path) ? [path]
        : throw new InputException($"{path}: expected a file or a folder, got neither."));

    /// <summary>Says of each input whether it was read, and why not.</summary>
    /// <returns>0, or 1 where a reader threw what it must not.</returns>
    public static int Tell(Reader reader, string[] paths)
    {
        int faults = 0;
        foreach (string file in Files(paths))
        {
            var time = Stopwatch.StartNew();
            string outcome;
            try
            {
                outcome = reader.Try(File.ReadAllBytes(file)) is { } why ? $"refused: {why}" : "read";
            }
            catch (Exception fault)
            {
                faults++;
                outcome = $"FAULT {fault}";
            }
            Console.WriteLine($"{file}: {outcome} ({time.ElapsedMilliseconds} ms)");
        }
        return faults == 0 ? 0 : 1;
    }

    /// <summary>Counts the branches of the reader's own types that inputs reach.</summary>
    /// <returns>0, or 1 where none is reached at all.</returns>
    public static int Cover(Reader reader, string[] paths)
    {
        var places = Instrumentation.Places(AppContext.BaseDirectory, reader);
        var reached = new HashSet<(int, string)>();
        Trace.OnBranch = (place, method) =>
        {
            lock (reached)
                reached.Add((place, method));
        };
        int inputs = 0;
        foreach (string file in Files(paths))
            try
            {
                inputs++;
                reader.Try(File.ReadAllBytes(file));
            }
            catch (Exception fault) when (fault is not InputException)
            {
                Console.WriteLine($"{file}: FAULT {fault.GetType().Name}: {fault.Message}");
            }
        var own = reached.Where(each => places.ContainsKey(each.Item2)).ToList();
        Console.WriteLine($"{reader.Name}: {inputs} inputs reach {own.Count} of {places.Values.Sum()} branches in {own.Select(each => each.Item2).Distinct().Count()} of {places.Count} methods");
        if (own.Count == 0)
            Console.WriteLine($"  reached elsewhere: {string.Join("; ", reached.Take(3))}");
        foreach (var (method, count) in places.Where(each => own.TrueForAll(one => one.Item2 != each.Key)).OrderByDescending(each => each.Value).Take(8))
            Console.WriteLine($"  never: {method} ({count})");
        return own.Count == 0 ? 1 : 0;
    }
}
