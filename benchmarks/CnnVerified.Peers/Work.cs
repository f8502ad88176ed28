using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using CnnVerified.Verification;

namespace CnnVerified.Peers;

/// <summary>Runs a peer's process, and again without the equation on which it ended, until all is done.</summary>
internal static class Work
{
    /// <summary>Stands for the orders of sums among the ids of equations.</summary>
    public const string Orders = "orders";

    private const int MostMinutes = 30;

    public static JsonSerializerOptions Json { get; } = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static PeerFindings Of(string name, IReadOnlyList<string> ids, int cases, ulong seed, CancellationToken stop)
    {
        string results = Path.GetTempFileName(), note = Path.GetTempFileName();
        try
        {
            var ended = new List<(string, string)>();
            var todo = ids.ToList();
            string error = "";
            while (todo.Count > 0)
            {
                File.WriteAllText(note, "");
                int code = Run(["--child", name, "--results", results, "--ids", string.Join(',', todo), "--cases", $"{cases}", "--seed", $"{seed}"], note, out error, stop);
                var done = Lines(results).SelectMany(line => line.Equation is { } found ? [found.Id] : line.Orders is null ? Array.Empty<string>() : [Orders]).ToHashSet();
                todo = [.. ids.Where(id => !done.Contains(id) && ended.TrueForAll(each => each.Item1 != id))];
                if (code == 0)
                    break;
                if (Lines(results).Count == 0)
                    return new(name, name, "", $"exit code {code}: {error}", [], [], []);
                if (todo.Count == 0)
                    break;
                ended.Add((todo[0], $"exit code {code}{(LastCase.Read(note) is { } last && last.Equation == todo[0] ? $", case {last.Case}, oracle {last.Oracle}" : "")}: {error}"));
                todo.RemoveAt(0);
            }
            var lines = Lines(results);
            return new(name, lines[0].Title!, lines[0].Calls!, null, [.. lines.Select(line => line.Equation).OfType<EquationFinding>().Where(found => found.Oracles.Count > 0)],
                [.. lines.SelectMany(line => line.Orders ?? [])], ended);
        }
        finally
        {
            File.Delete(results);
            File.Delete(note);
        }
    }

    private static List<Line> Lines(string file) => [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<Line>(line, Json)!)];

    private static int Run(IReadOnlyList<string> arguments, string note, out string error, CancellationToken stop)
    {
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        var start = new ProcessStartInfo(Environment.ProcessPath!, isHosted ? arguments.Prepend(Environment.GetCommandLineArgs()[0]) : arguments) { RedirectStandardError = true };
        start.Environment[LastCase.Variable] = note;
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        using var process = Process.Start(start)!;
        Console.Error.WriteLine($"{arguments[1]}: process {process.Id}");
        var text = process.StandardError.ReadToEndAsync(stop);
        try
        {
            process.WaitForExitAsync(stop).Wait(TimeSpan.FromMinutes(MostMinutes), stop);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        // The line of an unhandled exception tells what, whatever the library said before it; the stack is of no use on the page.
        string[] lines = [.. text.Result.Split('\n').Select(line => new string([.. line.Where(character => !char.IsControl(character))]).Trim()).Where(line => line.Length > 0)];
        error = lines.FirstOrDefault(line => line.StartsWith("Unhandled exception", StringComparison.Ordinal) || line.StartsWith("Fatal error", StringComparison.Ordinal) || line.StartsWith("Stack overflow", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "no message";
        return process.ExitCode;
    }
}
