using System.CommandLine;
using System.Diagnostics;
using System.Text.RegularExpressions;
using CnnVerified.Cli;
using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>docs/scaling.md: its local example runs as it stands, and all its other calls are calls that the command line accepts.</summary>
public sealed partial class ScalingPageTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "scaling.md")).ReplaceLineEndings("\n");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_example_for_one_machine_runs_as_it_stands()
    {
        if (OperatingSystem.IsWindows())
            return;   // a shell script
        string[] scripts = [.. Scripts().Matches(Page).Select(match => match.Groups[1].Value).Where(script => script.StartsWith("for i in", StringComparison.Ordinal))];
        string script = Assert.Single(scripts);

        var (code, output, error) = ShellCommand.Run(_folder.Path, script);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("shards: 2 equations, ", output, StringComparison.Ordinal);
        Assert.EndsWith("0 failed; every verdict, number and bit as recorded", output.TrimEnd(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp"));
    }

    [Fact]
    public void Every_call_on_the_page_is_one_that_the_command_line_accepts()
    {
        RootCommand root = Commands.Root(default);
        // Variables of shells and workflows stand for numbers here.
        string[] calls = [.. Calls().Matches(Page).Select(match => Variables().Replace(match.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal), "1").Replace("\"", "", StringComparison.Ordinal))];
        Assert.True(calls.Length >= 9, $"{calls.Length} calls");
        Assert.All(calls, call => Assert.True(root.Parse(DocumentedCommandsTests.Words(call)[1..]).Errors.Count == 0, call));
    }

    [GeneratedRegex(@"```sh\n([\s\S]*?)```")]
    private static partial Regex Scripts();

    [GeneratedRegex(@"^ *(?:- run: |run: )?(cnnverify (?:verify|merge|replay) (?:\\\n|.)*)$", RegexOptions.Multiline)]
    private static partial Regex Calls();

    [GeneratedRegex(@"\$(?:\{\{.*?\}\}|\{\w+\}|\w+)")]
    private static partial Regex Variables();
}

/// <summary>Lines of a shell in which cnnverify is the command that was built.</summary>
internal static class ShellCommand
{
    public static (int Code, string Output, string Error) Run(string folder, string script)
    {
        string built = typeof(VerifyCall).Assembly.Location;
        var start = new ProcessStartInfo("sh", ["-c", $"set -e\ncnnverify() {{ dotnet '{built}' \"$@\"; }}\n{script}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(240_000));
        return (process.ExitCode, output, error.Result);
    }
}
