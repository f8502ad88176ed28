using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CnnVerified.Verification;
using CnnVerified.Verification.Training;

namespace CnnVerified.Fuzz;

/// <summary>Trains and verifies in child processes that are killed at any moment and begun again, while memory is short and every core is
/// busy; the ends must be, bit for bit, those of runs that nobody disturbed. Beside them one process goes on to the end and must not grow.</summary>
/// <param name="folder">Where the files of the runs are.</param>
/// <param name="seed">Seed of the moments of death.</param>
internal sealed class Soak(string folder, int seed)
{
    private const int Epochs = 5;

    // Each a network, small enough that a run takes seconds, or a part of the catalogue with its oracles; the file comes last.
    private static readonly Job[] Jobs =
    [
        new("lenet5.ckpt", ["train", "--network", "lenet5", "--images", "300", "--epochs", $"{Epochs}", "--threads", "2", "--checkpoint"]),
        new("lenet5-1998.ckpt", ["train", "--network", "lenet5-1998", "--images", "150", "--epochs", $"{Epochs}", "--threads", "1", "--checkpoint"]),
        new("modern.ckpt", ["train", "--network", "modern", "--images", "60", "--epochs", $"{Epochs}", "--threads", "2", "--checkpoint"]),
        new("vgg.ckpt", ["train", "--network", "vgg", "--images", "60", "--epochs", $"{Epochs}", "--threads", "2", "--checkpoint"]),
        new("convolution.json", ["verify", "CV-F1", "CV-B1", "--engine", "optimized", "--cases", "4", "--seed", "11", "--threads", "2", "--json"]),
        new("losses.json", ["verify", "SM-F1", "LS-B1", "PL-F1", "NM-F1", "--engine", "reference", "--engine", "optimized", "--cases", "4", "--seed", "12", "--threads", "2", "--json"]),
        new("certificate.json", ["verify", "FC-F1", "CV-F1", "--engine", "scalar", "--cases", "60", "--seed", "13", "--threads", "1", "--certificate"]),
    ];

    private readonly Random _random = new(seed);
    private readonly List<string> _faults = [];
    private readonly Dictionary<Job, TimeSpan> _undisturbed = [];
    private int _kills, _finished, _read, _leftOver;

    private sealed record Job(string File, string[] Call)
    {
        public bool IsTraining => File.EndsWith(".ckpt", StringComparison.Ordinal);
    }

    /// <summary>Runs the soak.</summary>
    /// <param name="minutes">How long the disturbed part takes.</param>
    /// <param name="ballastMegabytes">Memory that is held and written to meanwhile.</param>
    /// <returns>0, or 1 where something differed, was half-written or grew.</returns>
    public int Run(double minutes, int ballastMegabytes)
    {
        Directory.CreateDirectory(folder);
        var expected = Jobs.ToDictionary(job => job, Undisturbed);
        Console.WriteLine($"{Jobs.Length} runs without disturbance are done; now {minutes.ToString(CultureInfo.InvariantCulture)} minutes with kills, {ballastMegabytes} MB of ballast and {Environment.ProcessorCount} spinning threads");
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        using var pressure = new Pressure(ballastMegabytes);
        using Process steady = Start([.. Steady.Arguments(minutes)], own: true, out Task<string> told);
        while (!end.IsCancellationRequested)
            foreach (Job job in Jobs.TakeWhile(_ => !end.IsCancellationRequested))
                Disturbed(job, expected[job], end.Token);
        steady.WaitForExit();
        if (steady.ExitCode != 0)
            _faults.Add($"the process that goes on grew or failed: exit code {steady.ExitCode}");
        Console.Write(told.Result);
        foreach (string fault in _faults)
            Console.WriteLine($"FAULT {fault}");
        Console.WriteLine($"{_kills} kills, {_finished} runs came to their end, bit for bit as undisturbed; {_read} files read after a kill, none half-written; " +
            $"{_leftOver} temporary files of killed processes were left beside them; {_faults.Count} faults");
        return _faults.Count == 0 && _kills > 0 && _finished > 0 ? 0 : 1;
    }

    private string Undisturbed(Job job)
    {
        string file = Path.Combine(folder, "undisturbed-" + job.File);
        File.Delete(file);
        var time = Stopwatch.StartNew();
        using Process run = Start(Call(job, file, resume: false), own: false, out Task<string> told);
        run.WaitForExit();
        _undisturbed[job] = time.Elapsed;
        return run.ExitCode == 0 ? Content(file) : throw new InputException($"soak expected {string.Join(' ', job.Call)} to succeed, got exit code {run.ExitCode}: {told.Result}");
    }

    // Kills a run again and again until one comes to its end.
    private void Disturbed(Job job, string expected, CancellationToken end)
    {
        string file = Path.Combine(folder, job.File);
        File.Delete(file);
        while (!end.IsCancellationRequested)
        {
            using Process run = Start(Call(job, file, resume: File.Exists(file)), own: false, out Task<string> told);
            // From the start of the runtime to long after the end: short lives and long ones alike.
            int life = (int)(50 * Math.Pow(4 * _undisturbed[job].TotalMilliseconds / 50, _random.NextDouble()));
            if (!run.WaitForExit(life))
            {
                run.Kill();
                run.WaitForExit();
                _kills++;
                LookAt(file);
                continue;
            }
            if (run.ExitCode != 0)
                _faults.Add($"{job.File}: exit code {run.ExitCode}: {told.Result}");
            else if (Content(file) != expected)
                _faults.Add($"{job.File}: the end differs from that of the run without disturbance");
            else
                _finished++;
            return;
        }
    }

    private void LookAt(string file)
    {
        foreach (string temporary in Directory.EnumerateFiles(folder, "*.tmp"))
        {
            _leftOver++;
            File.Delete(temporary);
        }
        if (!File.Exists(file))
            return;
        _read++;
        try
        {
            Content(file);
        }
        catch (Exception broken) when (broken is InputException or System.Text.Json.JsonException)
        {
            _faults.Add($"{file} is half-written: {broken.Message}");
            File.Delete(file);
        }
    }

    // What must be the same bit for bit: a checkpoint whole, a report or certificate without the clock and the call. Reading it is the proof that it is complete.
    private static string Content(string file)
    {
        if (!file.EndsWith(".json", StringComparison.Ordinal))
        {
            Checkpoint.Load(file);
            return Convert.ToBase64String(File.ReadAllBytes(file));
        }
        JsonObject report = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        report.Remove("when");
        report.Remove("command");
        report.Remove("runs");
        return report.ToJsonString();
    }

    private static string[] Call(Job job, string file, bool resume) =>
        job.IsTraining && resume ? ["train", "--resume", file, "--checkpoint", file, "--threads", "1"] : [.. job.Call, file];

    private static Process Start(string[] arguments, bool own, out Task<string> told)
    {
        string program = Path.Combine(AppContext.BaseDirectory, own ? "CnnVerified.Fuzz.dll" : "cnnverify.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000";   // 256 MB: the collector works hard
        Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        told = Task.Run(async () => await output + await error);
        return process;
    }
}
