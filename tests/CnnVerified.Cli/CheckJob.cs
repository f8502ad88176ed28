using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification;
using CnnVerified.Verification.Checking;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>What cnnverify check was called with.</summary>
internal sealed record CheckCall(string[] FilesOrClaim, string? Of, string? By, string? Given, string[] Forward, string? Claim, string[] Where, string? At,
    bool Json, ulong Seed, double Timeout, bool Explain);

/// <summary>cnnverify check: a verdict for each block, or for one typed claim.</summary>
internal static class CheckJob
{
    public static Command Command(CancellationToken stop)
    {
        var files = new Argument<string[]>("FILE-OR-CLAIM") { Description = "Markdown files whose ```eq and ```derivation blocks to check, or - for standard input; with --of or --forward one claim, such as 'db[k] = sum(n,i,j) dy[n,k,i,j]'.", Arity = ArgumentArity.ZeroOrMore };
        var of = Options.Of();
        var by = Options.By();
        var given = Options.Given();
        var forward = Options.Forward();
        var claim = new Option<string?>("--claim") { Description = "The claim, where it is not given as an argument." };
        var where = Options.Where();
        var at = new Option<string?>("--at") { Description = "Fix sizes and whole parameters, such as sh=2,H=5." };
        var json = new Option<bool>("--json") { Description = "Write the verdicts as JSON." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the data, decimal or 0x….", DefaultValueFactory = _ => new CheckSettings().Seed, CustomParser = Options.Seed };
        var timeout = new Option<double>("--timeout") { Description = "Seconds that one claim may take before it is undecided.", DefaultValueFactory = _ => new CheckSettings().Timeout.TotalSeconds };
        var explain = new Option<bool>("--explain") { Description = "For each false claim show where each term of the true gradient at the counterexample comes from; in files every false block is shown in full." };
        var command = new Command("check", """
            Check formulas: is this gradient right, and where is it wrong? docs/notation.md is the language.

            Examples:
              cnnverify check notes.md
              cnnverify check --of CV-F1 --by w 'dw[k,c,r,s] = sum(n,i,j) dy[n,k,i,j]*x[n,floor(k/(K/G))*(C/G)+c,i+r*eh-ph,j+s*ew-pw]'
              cnnverify check --given 'x[H], w[R]' --forward 'y[i:H-R+1] = sum(r) x[i+r]*w[r]' --claim 'dx[u:H] = sum(r) dy[u-r]*w[r]'
              cnnverify check --of FC-F1 --by b 'db[k] = sum(n) dy[n,k]/N' --at N=3 --explain

            Exit code: 0 all hold, are defined, or are what their block says of itself; 1 otherwise; 2 malformed.
            """) { files, of, by, given, forward, claim, where, at, json, seed, timeout, explain };
        command.SetAction(call => Run(new(
            call.GetValue(files) ?? [], call.GetValue(of), call.GetValue(by), call.GetValue(given), call.GetValue(forward) ?? [], call.GetValue(claim),
            call.GetValue(where) ?? [], call.GetValue(at), call.GetValue(json), call.GetValue(seed), call.GetValue(timeout), call.GetValue(explain)), stop));
        return command;
    }

    public static int Run(CheckCall call, CancellationToken stop)
    {
        if (!(call.Timeout is > 0 and <= 86_400))
            throw new InputException($"--timeout expected seconds above 0 and up to 86400, got {call.Timeout.ToString(CultureInfo.InvariantCulture)}.");
        var settings = new CheckSettings { Seed = call.Seed, Timeout = TimeSpan.FromSeconds(call.Timeout), At = Sizes(call.At), Stop = stop };
        bool typed = call.Of is not null || call.By is not null || call.Given is not null || call.Forward.Length > 0 || call.Claim is not null;
        return typed ? RunClaim(call, settings) : RunFiles(call, settings);
    }

    private static int RunClaim(CheckCall call, CheckSettings settings)
    {
        string[] claims = [.. call.FilesOrClaim, .. call.Claim is null ? Array.Empty<string>() : [call.Claim]];
        if (claims.Length != 1)
            throw new InputException($"check expected one claim, such as 'dx[u:H] = …', got {claims.Length}.");
        if (call.Of is null == (call.Forward.Length == 0))
            throw new InputException(call.Of is null ? "check expected --of ID or --forward EQUATION: what the claim is about." : "check expected either --of ID or --forward EQUATION, got both.");
        var question = new Question { Of = call.Of, By = call.By, Given = call.Given, Forward = call.Forward, Claim = claims[0], Where = call.Where };
        CheckResult result;
        try
        {
            var (library, block) = question.Ask();
            result = Checker.Check(library, block, settings);
        }
        catch (NotationException wrong)
        {
            result = Checker.Malformed(Question.ClaimId, wrong);
        }
        if (result.Error is { } error)
        {
            Console.Error.WriteLine($"cnnverify: {Culprit(question, error)}");
            return 2;
        }
        if (call.Json)
            Console.Out.WriteLine(CheckJson.Text([(null, result)]));
        else
            CheckText.Write(result, call.Explain, CheckText.Gradient(question));
        return result.Holds ? 0 : 1;
    }

    private static int RunFiles(CheckCall call, CheckSettings settings)
    {
        if (call.FilesOrClaim.Length == 0)
            throw new InputException("check expected Markdown files, - for standard input, or a claim with --of or --forward (cnnverify check --help shows examples).");
        if (call.Where.Length > 0)
            throw new InputException("--where expected a typed claim (--of or --forward); in a file it is a line of the block.");
        var texts = new Dictionary<string, string>();
        foreach (string file in call.FilesOrClaim)
            if (!texts.TryAdd(file, Read(file)))
                throw new InputException($"check expected each file once, got {file} twice.");
        var all = new List<(string? File, CheckResult Result)>();
        void Add(string file, CheckResult result, TimeSpan time)
        {
            all.Add((file, result));
            if (!call.Json)
                CheckText.WriteLine(result, time, texts[file], file, call.Explain);
        }

        var blocks = new List<Block>();
        foreach (var (file, text) in texts)
            blocks.AddRange(Markdown.Blocks(text, file, wrong => Add(file, Checker.Malformed("", wrong), default)));
        Library library = Book.With([.. blocks], (block, taken) =>
        {
            blocks.Remove(block);
            Add(block.File!, Checker.Malformed(block.Head.Id, taken), default);
        });
        CheckAll(library, blocks, call.Json, settings, Add);
        if (all.Count == 0)
            throw new InputException($"check expected blocks that open with ```eq or ```derivation, got none in {string.Join(", ", texts.Keys)}.");
        if (call.Json)
            Console.Out.WriteLine(CheckJson.Text(all));
        else
            AnsiConsole.WriteLine(CheckText.Summary([.. all.Select(each => each.Result)]));
        return all.Any(each => each.Result.Verdict == Verdict.Malformed) ? 2 : all.All(each => each.Result.IsAsStated) ? 0 : 1;
    }

    // Blocks are checked side by side and told in their order.
    private static void CheckAll(Library library, List<Block> blocks, bool quiet, CheckSettings settings, Action<string, CheckResult, TimeSpan> done)
    {
        int begun = 0;
        try
        {
            Live(quiet, now =>
            {
                var results = blocks.AsParallel().AsOrdered().WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(settings.Stop).Select(block =>
                {
                    now($"{block.Head.Id}  {Interlocked.Increment(ref begun)} of {blocks.Count}");
                    var time = Stopwatch.StartNew();
                    return (File: block.File!, Result: Checker.Check(library, block, settings), time.Elapsed);
                });
                foreach (var (file, result, time) in results)
                    done(file, result, time);
            });
        }
        catch (AggregateException several) when (settings.Stop.IsCancellationRequested)
        {
            throw new OperationCanceledException("stopped", several, settings.Stop);
        }
    }

    private static void Live(bool quiet, Action<Action<string>> work)
    {
        if (!quiet && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            AnsiConsole.Status().Start("checking", status => work(text => status.Status(Markup.Escape($"checking {text}"))));
        else
            work(_ => { });
    }

    private static string Read(string file)
    {
        try
        {
            if (file == "-")
                return ReadAll(Console.In, "standard input");
            if (!File.Exists(file) && !Directory.Exists(file))
                throw new InputException(file.Contains('=', StringComparison.Ordinal)
                    ? $"check expected --of ID or --forward EQUATION beside a claim, got the claim '{file}' alone."
                    : $"{file}: expected a Markdown file, got no file of that name.");
            if (Directory.Exists(file))
                throw new InputException($"{file}: expected a Markdown file, got a folder.");
            using var reader = new StreamReader(file);
            return ReadAll(reader, file);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}: expected a Markdown file that can be read, got: {wrong.Message}", wrong);
        }
    }

    // A device or a pipe need not end.
    private static string ReadAll(TextReader reader, string name)
    {
        var text = new StringBuilder();
        char[] part = new char[1 << 16];
        while (reader.Read(part) is > 0 and int got)
            if (text.Append(part, 0, got).Length > Reference.Notation.Markdown.MostCharacters)
                throw new InputException($"{name}: expected a text of at most {Reference.Notation.Markdown.MostCharacters} characters, got more.");
        return text.ToString();
    }

    // Whichever of the typed parts has the place that the error names shows the caret.
    private static string Culprit(Question question, NotationException error)
    {
        foreach (var (name, text) in new[] { ("claim", question.Claim), ("--given", question.Given ?? "") }.Concat(question.Forward.Select(forward => ("--forward", forward))).Concat(question.Where.Select(where => ("--where", where))))
            if (text.Length > 0 && Fails(name, text, error))
                return error.Report(text, name);
        return error.Place == default || question.Claim.Length == 0 ? error.Message : error.Report(question.Claim, "claim");
    }

    private static bool Fails(string name, string text, NotationException error)
    {
        try
        {
            if (name == "--given")
                Parser.Declarations(text);
            else if (name == "--where")
                Parser.Condition(text);
            else
                Parser.Lines(text, new Place(1, 1));
            return false;
        }
        catch (NotationException wrong)
        {
            return wrong.Message == error.Message;
        }
    }

    private static Dictionary<string, long> Sizes(string? at)
    {
        var sizes = new Dictionary<string, long>();
        foreach (string part in (at ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || !long.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size > 1 << 20)
                throw new InputException($"--at expected sizes such as sh=2,H=5, each at most {1 << 20}, got '{part}'.");
            if (!sizes.TryAdd(sides[0], size))
                throw new InputException($"--at expected each size once, got {sides[0]} twice.");
        }
        return sizes;
    }
}
