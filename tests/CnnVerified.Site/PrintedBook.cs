using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using CnnVerified.Verification;

namespace CnnVerified.Site;

/// <summary>The chapters of a language as one page, and that page as PDF, printed by a browser that is installed.</summary>
internal static partial class PrintedBook
{
    /// <summary>The environment variable that names the browser where the call does not.</summary>
    public const string Variable = "CNNVERIFIED_BROWSER";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>All chapters below each other. What was an anchor of a chapter gets the name of the chapter in front, and links follow; a link to a page that is no
    /// chapter becomes text, since it would lead to where the site was built.</summary>
    /// <param name="chapters">The name of each chapter, and its text as HTML.</param>
    public static string Joined(IReadOnlyList<(string Stem, string Body)> chapters)
    {
        HashSet<string> stems = [.. chapters.Select(chapter => chapter.Stem)];
        var html = new StringBuilder();
        foreach (var (stem, body) in chapters)
        {
            string text = Id().Replace(body, match => $"{match.Groups[1].Value}id=\"{stem}-{match.Groups[2].Value}\"");
            text = Within().Replace(text, match =>
            {
                string chapter = match.Groups["chapter"].Value, id = match.Groups["id"].Value;
                return match.Groups["other"].Success || chapter.Length > 0 && !stems.Contains(chapter) ? "" : chapter.Length == 0 ? $" href=\"#{stem}-{id}\"" : $" href=\"#{chapter}{(id.Length > 0 ? $"-{id}" : "")}\"";
            });
            html.Append($"<article id=\"{stem}\">\n{text}</article>\n");
        }
        return html.ToString();
    }

    /// <summary>Prints a page.</summary>
    /// <param name="browser">The browser, a Chromium.</param>
    /// <param name="page">The page, in full.</param>
    /// <param name="pdf">The file, in full.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="InputException">The browser cannot be started, or prints nothing.</exception>
    public static void Print(string browser, string page, string pdf, CancellationToken stop)
    {
        string profile = Directory.CreateTempSubdirectory("cnnverified-browser-").FullName;
        // A browser in a container runs as root, where its own sandbox cannot.
        string[] sandbox = Environment.UserName == "root" ? ["--no-sandbox"] : [];
        var start = new ProcessStartInfo(browser, ["--headless=new", "--disable-gpu", .. sandbox, $"--user-data-dir={profile}", "--no-pdf-header-footer", "--generate-pdf-document-outline", $"--print-to-pdf={pdf}", new Uri(page).AbsoluteUri])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(pdf)!);
            File.Delete(pdf);
            using Process process = Process.Start(start)!;
            using CancellationTokenRegistration ended = stop.Register(() => process.Kill(entireProcessTree: true));
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None), error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            if (!process.WaitForExit(Longest))
                process.Kill(entireProcessTree: true);
            Task.WaitAll([output, error], CancellationToken.None);
            stop.ThrowIfCancellationRequested();
            if (!File.Exists(pdf))
                throw new InputException($"{browser}: expected a browser that prints {Path.GetFileName(pdf)}, got: {error.Result.Trim().Split('\n')[^1]}");
        }
        catch (Exception wrong) when (wrong is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{browser}: expected an installed browser (--browser PATH or {Variable}), got: {wrong.Message}", wrong);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    [GeneratedRegex(@"(<[^<>]*?\s)id=""([^""]+)""")]
    private static partial Regex Id();

    [GeneratedRegex(@" href=""(?:(?<chapter>[^""/#:]+)\.html|(?<other>[^"":#]+))?(?:#(?<id>[^""]*))?""")]
    private static partial Regex Within();
}
