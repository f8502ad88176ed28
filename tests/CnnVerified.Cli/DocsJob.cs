using System.CommandLine;
using CnnVerified.Site;
using CnnVerified.Verification;
using CnnVerified.Verification.Checking;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>What cnnverify docs was called with.</summary>
internal sealed record DocsCall(string Docs, string? Sources, bool Fill, bool Check, string? Out, bool Pictures = false, string? Pdf = null, string? Browser = null);

/// <summary>cnnverify docs: the book of docs/ as pages, with every verdict made anew.</summary>
internal static class DocsJob
{
    public static Command Command(CancellationToken stop)
    {
        var docs = new Option<string>("--docs") { Description = "The docs folder: chapters in en and zh, equations, other pages.", DefaultValueFactory = _ => "docs" };
        var sources = new Option<string?>("--sources") { Description = "The folder of the repository; sources that pages link to become pages. Default: the folder above the docs." };
        var fill = new Option<bool>("--fill") { Description = "Write anew what stands between the markers of the chapters." };
        var check = new Option<bool>("--check") { Description = "Tell which markers are stale or unknown and where the languages differ; change nothing." };
        var pictures = new Option<bool>("--pictures") { Description = "Draw the pictures of the book into the folder pictures of the docs." };
        var folder = new Option<string?>("--out") { Description = "Build the site in this folder: one that is not there, is empty, or holds a site." };
        var pdf = new Option<string?>("--pdf") { Description = "Print the chapters of each language into this folder, as book-en.pdf and book-zh.pdf; expects --out." };
        var browser = new Option<string?>("--browser") { Description = $"The Chromium that prints them. Default: the environment variable {PrintedBook.Variable}." };
        var command = new Command("docs", """
            Make the book: fill the quotations of its chapters, find stale ones, build its pages. Every block of the docs is checked in the same build; a claim that
            does not hold is told, and no page is written.

            Examples:
              cnnverify docs --fill
              cnnverify docs --check
              cnnverify docs --pictures
              cnnverify docs --out artifacts/site
              cnnverify docs --out artifacts/site --pdf artifacts/pdf --browser /usr/bin/chromium

            Exit code: 0 done, and all is as stated; 1 a marker, a link or a claim is wrong; 2 malformed.
            """) { docs, sources, pictures, fill, check, folder, pdf, browser };
        command.SetAction(call => Run(new(call.GetRequiredValue(docs), call.GetValue(sources), call.GetValue(fill), call.GetValue(check), call.GetValue(folder), call.GetValue(pictures), call.GetValue(pdf), call.GetValue(browser)), stop));
        return command;
    }

    public static int Run(DocsCall call, CancellationToken stop)
    {
        if (!call.Fill && !call.Check && !call.Pictures && call.Out is null)
            throw new InputException("docs expected --pictures, --fill, --check or --out DIR, got none of them.");
        string sources = call.Sources ?? Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(call.Docs))) ?? call.Docs;
        var settings = new SiteSettings(call.Docs, sources);
        if (call.Pdf is not null)
        {
            string browser = call.Browser ?? Environment.GetEnvironmentVariable(PrintedBook.Variable) ?? throw new InputException($"--pdf expected the browser that prints (--browser PATH or {PrintedBook.Variable}), got none.");
            settings = call.Out is null ? throw new InputException("--pdf expected --out DIR beside it, got --pdf alone.") : settings with { Pdf = (call.Pdf, browser) };
        }
        var book = new DocsBook(settings with { Check = settings.Check with { Stop = stop } });
        if (call.Pictures)
            AnsiConsole.WriteLine($"drawn: {string.Join(", ", book.Draw())}");
        if (call.Fill)
        {
            IReadOnlyList<string> changed = book.Fill();
            if (!Told(book))
                return 1;
            AnsiConsole.WriteLine(changed.Count == 0 ? "every quotation was fresh" : $"written anew: {string.Join(", ", changed)}");
        }
        if (call.Check)
        {
            book.Check();
            if (!Told(book))
                return 1;
            AnsiConsole.WriteLine("every marker is fresh, and both languages have the same chapters, headings and markers, and titles and reasons are translated");
        }
        if (call.Out is null)
            return 0;
        string? built = book.Build(call.Out);
        if (!Told(book))
            return 1;
        AnsiConsole.WriteLine(built!);
        return 0;
    }

    private static bool Told(DocsBook book)
    {
        foreach (Fault fault in book.Faults)
            Console.Error.WriteLine($"cnnverify: {fault}");
        return book.Faults.Count == 0;
    }
}
