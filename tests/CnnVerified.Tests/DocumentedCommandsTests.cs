using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>Commands of the docs print what the docs say they print. Numbers that depend on how much was tried are not compared.</summary>
public sealed partial class DocumentedCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/checking-a-derivation.md", 7)]
    public void A_documented_command_prints_what_the_docs_say(string page, int count)
    {
        string text = File.ReadAllText(Path.Combine(DocsLibrary.Root, page)).ReplaceLineEndings("\n");
        if (FileOfThePage().Match(text) is { Success: true } file)
            File.WriteAllText(_folder.File("my-gradient.md"), file.Groups[1].Value);

        Match[] commands = [.. CommandAndOutput().Matches(text).Cast<Match>()];

        Assert.Equal(count, commands.Length);
        Assert.All(commands, command => Assert.Equal(Comparable(command.Groups["output"].Value), Comparable(Run(Words(command.Groups["command"].Value)))));
    }

    private string Run(string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Cli.VerifyCall).Assembly.Location, .. words]) { RedirectStandardOutput = true, WorkingDirectory = _folder.Path };
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static string Comparable(string output) => Effort().Replace(Seconds().Replace(output.ReplaceLineEndings("\n").Trim(), ""), "#");

    // As a shell reads them: single quotes hold words together, a backslash holds lines together.
    internal static string[] Words(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool quoted = false;
        foreach (char c in command.Replace("\\\n", " ", StringComparison.Ordinal).Trim() + " ")
        {
            if (c == '\'')
                quoted = !quoted;
            else if (!quoted && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
            }
            else
                word.Append(c);
        }
        return [.. words];
    }

    [GeneratedRegex(@"```(?:sh)?\n(?:cnnverify|dotnet run -c Release --project tests/CnnVerified\.Cli --) (?<command>(?:check|derive)[^`]*)```\n\n(?<ticks>`{3,})(?:text)?\n(?<output>[\s\S]*?)\n\k<ticks>\n")]
    private static partial Regex CommandAndOutput();

    [GeneratedRegex(@"````markdown\n([\s\S]*?)````")]
    private static partial Regex FileOfThePage();

    // How many shapes were tried, and the probability that follows from the largest of them.
    [GeneratedRegex(@"[\d,]+ shapes: all with [^;\n]*(?:; \d+ larger ones tested)?")]
    private static partial Regex Effort();

    // A block that took a second or more says how long.
    [GeneratedRegex(@"  \(\d+\.\d s\)")]
    private static partial Regex Seconds();
}
