using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace CnnVerified.Mutants;

/// <summary>A folder with a copy of the built programs, in which one assembly after another is replaced, and the process that runs there.</summary>
internal sealed class Slot : IDisposable
{
    private const int MillisecondsBetweenLooks = 250, LooksWithoutWork = 480;

    private readonly string _folder;
    private readonly Dictionary<string, byte[]> _originals = [];

    /// <summary>Copies the built programs.</summary>
    /// <param name="name">The folder's name under artifacts/mutants.</param>
    public Slot(string name)
    {
        _folder = Repository.At("artifacts", "mutants", name);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        Directory.CreateDirectory(_folder);
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
    }

    /// <summary>Puts an assembly in the place of the original one.</summary>
    public void Replace(string assembly, byte[] bytes)
    {
        string file = Path.Combine(_folder, assembly + ".dll");
        if (!_originals.ContainsKey(assembly))
            _originals[assembly] = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>Puts all originals back.</summary>
    public void Restore()
    {
        foreach (var (assembly, bytes) in _originals)
            File.WriteAllBytes(Path.Combine(_folder, assembly + ".dll"), bytes);
        _originals.Clear();
    }

    /// <summary>Runs a plan in a process of its own.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="limit">How much processor time it may take.</param>
    /// <param name="heard">Told each thing said, as it is said.</param>
    /// <param name="stop">Ends the process and throws.</param>
    /// <returns>Null where the plan was done, else "timeout" or "crash".</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public string? Run(Plan plan, TimeSpan limit, Action<Said> heard, CancellationToken stop)
    {
        string file = Path.Combine(_folder, "plan.json");
        File.WriteAllText(file, JsonSerializer.Serialize(plan));
        var start = new ProcessStartInfo(Path.Combine(_folder, OperatingSystem.IsWindows() ? "CnnVerified.Mutants.exe" : "CnnVerified.Mutants"), ["worker", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "0";   // most of a short run is compiling: once is enough
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x60000000";   // a mutant may allocate without end
        bool isDone = false;
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null && Said.Of(line.Data) is { } said)
                if (said.Item == Said.Done)
                    isDone = true;
                else
                    heard(said);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        // Counted in processor time and in looks, not by the clock: a machine that is busy, or a run that was paused, makes no hang.
        TimeSpan used = default;
        for (int idle = 0; !process.WaitForExit(MillisecondsBetweenLooks);)
        {
            TimeSpan before = used;
            used = Used(process);
            idle = used > before ? 0 : idle + 1;
            bool hangs = used > limit || idle > LooksWithoutWork;
            if (!hangs && !stop.IsCancellationRequested)
                continue;
            process.Kill();
            process.WaitForExit();
            stop.ThrowIfCancellationRequested();
            return "timeout";
        }
        process.WaitForExit();   // until its last line was heard
        return isDone ? null : "crash";
    }

    private static TimeSpan Used(Process process)
    {
        try
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
        catch (Exception ended) when (ended is InvalidOperationException or Win32Exception)
        {
            return TimeSpan.Zero;   // it has just ended, or is ending
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
