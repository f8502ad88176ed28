using System.Diagnostics;
using System.Text.Json;
using CnnVerified.Timing.Compare;

namespace CnnVerified.Peers.Compare;

/// <summary>The process of one side, as its parent sees it. It runs while it is asked something and is stopped otherwise: threads that wait
/// by spinning take nothing from the others.</summary>
internal sealed class SideProcess : IDisposable
{
    private const int MostMinutes = 5;

    private readonly Process _process;
    private readonly CancellationToken _stop;
    private string _lastError = "";

    /// <summary>Starts a process and waits until its library is loaded.</summary>
    /// <exception cref="SideException">It cannot be loaded.</exception>
    public SideProcess(Setting setting, int threads, CancellationToken stop)
    {
        (Setting, _stop) = (setting, stop);
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        string[] arguments = [.. isHosted ? new[] { Environment.GetCommandLineArgs()[0] } : [], "side", setting.Code, "--threads", FormattableString.Invariant($"{threads}")];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in setting.Environment(threads))
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _lastError = string.IsNullOrWhiteSpace(line.Data) ? _lastError : line.Data.Trim();
        _process.BeginErrorReadLine();
        try
        {
            Version = Read().Version!;
            Posix.Stop(_process.Id);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Setting Setting { get; }

    public string Version { get; }

    /// <summary>Asks for something and waits for the answer.</summary>
    /// <exception cref="SideException">The library does not take it; <see cref="HasEnded"/> tells whether the process ended of it.</exception>
    public Reply Ask(Request request)
    {
        Posix.Continue(_process.Id);
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, MeasuresFile.Options));
            _process.StandardInput.Flush();
            return Read();
        }
        catch (IOException)   // it ended before it was asked
        {
            throw new SideException(Ended());
        }
        finally
        {
            Posix.Stop(_process.Id);
        }
    }

    public bool HasEnded { get; private set; }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private Reply Read()
    {
        var line = _process.StandardOutput.ReadLineAsync(_stop).AsTask();
        if (!line.Wait(TimeSpan.FromMinutes(MostMinutes), _stop))
        {
            HasEnded = true;
            throw new SideException(FormattableString.Invariant($"no answer in {MostMinutes} minutes"));
        }
        Reply reply = line.Result is { } text ? JsonSerializer.Deserialize<Reply>(text, MeasuresFile.Options)! : throw new SideException(Ended());
        return reply.Error is { } error ? throw new SideException(error) : reply;
    }

    private string Ended()
    {
        HasEnded = true;
        _process.WaitForExit();
        return FormattableString.Invariant($"the process ended with code {_process.ExitCode}: {(_lastError.Length > 0 ? _lastError : "no message")}");
    }
}

/// <summary>A library did not do what it was asked, for a reason of its own.</summary>
internal sealed class SideException(string message) : Exception(message);
