using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace CnnVerified.Tests.BookSite.InBrowser;

/// <summary>Whether the scripts of a page run.</summary>
internal enum Scripts
{
    Off,
    On,
}

/// <summary>A tab: opens pages one after the other, and keeps what the browser complains of.</summary>
internal sealed class Tab(Browser browser, string context, string session) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, string> _requests = new();
    private TaskCompletionSource _loaded = new();

    public string Session => session;

    public string Context => context;

    public async Task Prepare(Scripts scripts)
    {
        foreach (string domain in new[] { "Page", "Runtime", "Log", "Network" })
            await Call($"{domain}.enable", new { });
        await Call("Emulation.setScriptExecutionDisabled", new { value = scripts == Scripts.Off });
    }

    /// <summary>Opens a page, and waits for all that it loads.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> Open(string address)
    {
        _faults.Clear();
        _requests.Clear();
        _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = Stopwatch.StartNew();
        JsonElement answer = await Call("Page.navigate", new { url = address });
        if (answer.TryGetProperty("errorText", out JsonElement wrong))
            throw new InvalidOperationException($"{address}: expected a page that can be opened, got: {wrong.GetString()}");
        await _loaded.Task.WaitAsync(Longest);
        return watch.Elapsed;
    }

    /// <summary>What the browser complained of since the page was opened.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>How many files the page has asked for, itself among them.</summary>
    public int Requests => _requests.Count;

    public Task Resize(int width, int height = 800) => Call("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = false });

    /// <summary>Shows pages as by night, or by day.</summary>
    public Task Prefer(string scheme) => Call("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = scheme } } });

    /// <summary>The value of an expression in the page, also where its own scripts do not run.</summary>
    public async Task<JsonElement> Value(string expression) => await Evaluate(expression, byValue: true) is var result && result.TryGetProperty("value", out JsonElement value) ? value : default;

    /// <summary>How many elements of a role the accessibility tree has, and how many of those have a name or content.</summary>
    public async Task<(int All, int Told)> Accessible(string role)
    {
        string document = (await Evaluate("document", byValue: false)).GetProperty("objectId").GetString()!;
        JsonElement[] nodes = [.. (await Call("Accessibility.queryAXTree", new { objectId = document, role })).GetProperty("nodes").EnumerateArray().Where(node => !node.GetProperty("ignored").GetBoolean())];
        return (nodes.Length, nodes.Count(node => Name(node).Length > 0 || node.TryGetProperty("childIds", out JsonElement children) && children.GetArrayLength() > 0));

        static string Name(JsonElement node) => node.TryGetProperty("name", out JsonElement name) && name.TryGetProperty("value", out JsonElement value) ? value.GetString()!.Trim() : "";
    }

    /// <summary>A picture of the page down to a height.</summary>
    public async Task<byte[]> Screenshot(int width, int height) => (await Call("Page.captureScreenshot", new
    {
        format = "png",
        captureBeyondViewport = true,
        clip = new { x = 0, y = 0, width, height, scale = 1 },
    })).GetProperty("data").GetBytesFromBase64();

    /// <summary>Presses a key in the element that has the focus.</summary>
    public async Task Press(string key, string code, int number)
    {
        foreach (string type in new[] { "rawKeyDown", "keyUp" })
            await Call("Input.dispatchKeyEvent", new { type, key, code, windowsVirtualKeyCode = number });
    }

    public async ValueTask DisposeAsync() => await browser.Close(this);

    /// <summary>Takes an event of the browser.</summary>
    public void Hear(string name, JsonElement said)
    {
        switch (name)
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Runtime.consoleAPICalled" when said.GetProperty("type").GetString() is "error" or "warning" or "assert":
                _faults.Enqueue($"console: {string.Join(' ', said.GetProperty("args").EnumerateArray().Select(each => each.TryGetProperty("value", out JsonElement value) ? value.ToString() : each.ToString()))}");
                break;
            case "Runtime.exceptionThrown":
                JsonElement details = said.GetProperty("exceptionDetails");
                _faults.Enqueue($"exception: {(details.TryGetProperty("exception", out JsonElement exception) && exception.TryGetProperty("description", out JsonElement description) ? description : details.GetProperty("text"))}");
                break;
            case "Log.entryAdded" when said.GetProperty("entry").GetProperty("level").GetString() is "error" or "warning":
                _faults.Enqueue($"log: {said.GetProperty("entry").GetProperty("text").GetString()}");
                break;
            case "Network.requestWillBeSent":
                string address = said.GetProperty("request").GetProperty("url").GetString()!;
                _requests[said.GetProperty("requestId").GetString()!] = address;
                if (!address.StartsWith("file:", StringComparison.Ordinal))
                    _faults.Enqueue($"request beyond the folder: {address}");
                break;
            case "Network.loadingFailed":
                _faults.Enqueue($"failed request: {_requests.GetValueOrDefault(said.GetProperty("requestId").GetString()!)}: {said.GetProperty("errorText").GetString()}");
                break;
        }
    }

    private async Task<JsonElement> Evaluate(string expression, bool byValue)
    {
        JsonElement answer = await Call("Runtime.evaluate", new { expression, returnByValue = byValue, awaitPromise = false });
        return answer.TryGetProperty("exceptionDetails", out JsonElement wrong) ? throw new InvalidOperationException($"{expression}: {wrong}") : answer.GetProperty("result");
    }

    private Task<JsonElement> Call(string method, object parameters) => browser.Call(session, method, parameters);
}
