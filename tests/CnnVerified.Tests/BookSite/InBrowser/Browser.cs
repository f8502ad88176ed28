using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>A Chromium without a window, spoken to by the DevTools protocol.</summary>
/// <remarks>The libraries for this bring a driver of their own: Microsoft.Playwright copies Node into the build of every
/// project that refers to it. What is asked here is eight methods and six events.</remarks>
internal sealed class Browser : IAsyncDisposable
{
    /// <summary>The environment variable that names the browser; without it the browser is looked up on the path.</summary>
    public const string Variable = CnnVerified.Site.PrintedBook.Variable;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly ConcurrentDictionary<string, Tab> _tabs = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private int _calls;

    private Browser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>The installed browser, or null.</summary>
    public static string? Installed()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return named;
        string[] names = OperatingSystem.IsWindows() ? ["chromium.exe", "chrome.exe", "msedge.exe"] : ["chromium", "chromium-browser", "google-chrome"];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    public static async Task<Browser> Start()
    {
        string path = Installed() ?? throw new InvalidOperationException($"expected a browser ({Variable}, or chromium on the path), got none.");
        string profile = Directory.CreateTempSubdirectory("cnnverified-browser-").FullName;
        // A browser in a container runs as root, where its own sandbox cannot, and has little shared memory.
        string[] container = Environment.UserName == "root" ? ["--no-sandbox", "--disable-dev-shm-usage"] : [];
        var start = new ProcessStartInfo(path, ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-extensions", "--mute-audio", "--remote-debugging-port=0", .. container, $"--user-data-dir={profile}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var browser = new Browser(Process.Start(start)!, profile);
        try
        {
            await browser.Connect();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>A tab in a process of its own.</summary>
    /// <param name="scripts">Whether the scripts of its pages run.</param>
    public async Task<Tab> Open(Scripts scripts)
    {
        string context = (await Call(null, "Target.createBrowserContext", new { })).GetProperty("browserContextId").GetString()!;
        JsonElement target = await Call(null, "Target.createTarget", new { url = "about:blank", browserContextId = context });
        JsonElement attached = await Call(null, "Target.attachToTarget", new { targetId = target.GetProperty("targetId").GetString(), flatten = true });
        var tab = new Tab(this, context, attached.GetProperty("sessionId").GetString()!);
        _tabs[tab.Session] = tab;
        await tab.Prepare(scripts);
        return tab;
    }

    /// <summary>Ends a tab.</summary>
    public Task Close(Tab tab) => _tabs.TryRemove(tab.Session, out _) ? Call(null, "Target.disposeBrowserContext", new { browserContextId = tab.Context }) : Task.CompletedTask;

    /// <summary>Asks the browser, or a tab.</summary>
    public async Task<JsonElement> Call(string? session, string method, object parameters)
    {
        int id = Interlocked.Increment(ref _calls);
        var answer = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(session is null ? new { id, method, @params = parameters } : (object)new { id, method, @params = parameters, sessionId = session });
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _stop.Token);
        }
        finally
        {
            _sending.Release();
        }
        JsonElement said = await answer.Task.WaitAsync(Longest);
        return said.TryGetProperty("error", out JsonElement error)
            ? throw new InvalidOperationException($"{method}: {error.GetProperty("message").GetString()}")
            : said.GetProperty("result");
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            try
            {
                await Call(null, "Browser.close", new { });
            }
            catch (Exception wrong) when (wrong is WebSocketException or OperationCanceledException or TimeoutException)
            {
                // It has ended already.
            }
        }
        await _stop.CancelAsync();
        await _reading;
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _socket.Dispose();
        _stop.Dispose();
        _sending.Dispose();
        for (int left = 20; Directory.Exists(_profile); left--)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException) when (left > 0)   // its last processes still write there
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task Connect()
    {
        // What it says has to be read, or it waits.
        string said = "";
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => said += $"{line.Data}\n";
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        string port = Path.Combine(_profile, "DevToolsActivePort");
        string[] lines = [];
        var waited = Stopwatch.StartNew();
        while (lines.Length < 2)
        {
            if (_process.HasExited || waited.Elapsed > Longest)
                throw new InvalidOperationException($"{_process.StartInfo.FileName}: expected a browser that opens a port for DevTools, got: {said.Trim()}");
            await Task.Delay(20);
            lines = File.Exists(port) ? await File.ReadAllLinesAsync(port) : [];
        }
        await _socket.ConnectAsync(new Uri($"ws://127.0.0.1:{lines[0]}{lines[1]}"), _stop.Token);
        _reading = Read();
    }

    private async Task Read()
    {
        var buffer = new byte[1 << 16];
        var message = new MemoryStream();
        try
        {
            while (_socket.State == WebSocketState.Open)
            {
                ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(buffer.AsMemory(), _stop.Token);
                message.Write(buffer, 0, received.Count);
                if (!received.EndOfMessage || received.MessageType != WebSocketMessageType.Text)
                    continue;
                Hear(JsonSerializer.Deserialize<JsonElement>(message.GetBuffer().AsSpan(0, (int)message.Length)));
                message.SetLength(0);
            }
        }
        catch (Exception wrong) when (wrong is WebSocketException or OperationCanceledException)
        {
            // It was closed, or has gone.
        }
        foreach (var (_, answer) in _waiting)
            answer.TrySetException(new InvalidOperationException("expected an answer of the browser, got its end."));
    }

    private void Hear(JsonElement message)
    {
        if (message.TryGetProperty("id", out JsonElement id))
        {
            if (_waiting.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? answer))
                answer.TrySetResult(message);
        }
        else if (message.TryGetProperty("sessionId", out JsonElement session) && _tabs.TryGetValue(session.GetString()!, out Tab? tab))
        {
            tab.Hear(message.GetProperty("method").GetString()!, message.GetProperty("params"));
        }
    }
}
