using System.Diagnostics;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>Kernels of someone's own run in a process of their own: one that reads or writes where it must not ends that process, and
/// this one still tells on which case, and looks for a smaller one.</summary>
internal static class LibraryProcess
{
    private const int MostSeconds = 30;   // for the search of a smaller case, which starts a process for each
    private static readonly int[] Ends = [0, 1, 2, 130];

    /// <summary>True for a name of --engine that is the path of a library.</summary>
    public static bool IsLibrary(string name) => name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);

    /// <summary>True where a library is to be judged and this is not yet its process.</summary>
    public static bool IsNeeded(IEnumerable<string> engines) => engines.Any(IsLibrary) && Environment.GetEnvironmentVariable(LastCase.Variable) is null;

    /// <summary>Runs this call again in the process of the library.</summary>
    /// <param name="call">What verify was called with.</param>
    /// <param name="stop">Ctrl+C; it reaches that process too, and is waited for.</param>
    /// <returns>Its exit code; 1 where it did not end by itself.</returns>
    public static int Run(VerifyCall call, CancellationToken stop)
    {
        string note = Path.GetTempFileName();
        try
        {
            int code = Start(Environment.GetCommandLineArgs().Skip(1), note, isQuiet: false, stop);
            if (Ends.Contains(code))
                return code;
            AnsiConsole.WriteLine();
            if (LastCase.Read(note) is { } last)
                Tell(Smaller(last, call, note, stop), code);
            else
                AnsiConsole.MarkupLine($"[red]the library ended the process (exit code {code}) before a kernel was called.[/]");
            AnsiConsole.WriteLine("1 failed; nothing after it was judged, and no report was written");
            return 1;
        }
        finally
        {
            File.Delete(note);
        }
    }

    private static void Tell(Noted last, int code)
    {
        AnsiConsole.MarkupLine($"[red]{Markup.Escape($"{last.Equation} {last.Engine} {last.Case}: the kernel ended the process (exit code {code}, oracle {last.Oracle}).")}[/]");
        AnsiConsole.WriteLine("Either it read or wrote past the end of a tensor, where a page lies that must not be touched, or it ended the process itself.");
        AnsiConsole.WriteLine($"Repeat: {last.Repeat}");
    }

    // As FsCheck shrinks, with a process for each candidate.
    private static Noted Smaller(Noted last, VerifyCall call, string note, CancellationToken stop)
    {
        AnsiConsole.WriteLine($"the process ended on {last.Equation} {last.Case}; looking for a smaller case, {MostSeconds} s at most");
        var time = Stopwatch.StartNew();
        Family family = EquationTable.Find(last.Equation).Family;
        string[] engines = [.. call.Engines.SelectMany(engine => new[] { "--engine", engine })];
        bool Ended(Case candidate)
        {
            string[] again = ["verify", last.Equation, .. engines, "--case", candidate.ToString(), "--seed", $"{call.Seed}", .. call.Threads is { } threads ? ["--threads", $"{threads}"] : Array.Empty<string>()];
            File.WriteAllText(note, "");
            if (Ends.Contains(Start(again, note, isQuiet: true, stop)) || LastCase.Read(note) is not { } smaller)
                return false;
            last = smaller;
            return true;
        }

        while (family.Shrink(Case.Parse(family, last.Case)).TakeWhile(_ => time.Elapsed.TotalSeconds < MostSeconds).Any(Ended))
        {
        }
        return last;
    }

    private static int Start(IEnumerable<string> arguments, string note, bool isQuiet, CancellationToken stop)
    {
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        var start = new ProcessStartInfo(Environment.ProcessPath!, isHosted ? arguments.Prepend(Environment.GetCommandLineArgs()[0]) : arguments)
        {
            RedirectStandardOutput = isQuiet,
            RedirectStandardError = isQuiet,
        };
        start.Environment[LastCase.Variable] = note;
        if (isQuiet)
            start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        if (isQuiet)
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }
        try
        {
            process.WaitForExitAsync(stop).GetAwaiter().GetResult();
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            if (!process.WaitForExit(TimeSpan.FromSeconds(5)))   // it stops between two cases, unless a kernel never returns
                process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
