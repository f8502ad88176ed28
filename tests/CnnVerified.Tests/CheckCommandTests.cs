using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The built command, check and derive: what is typed, what is printed, and the exit code.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private const string Forward = "```eq T-F1\ngiven x[N,K], b[K]\ny[n:N,k:K] = x[n,k] + b[k]\n```\n";
    private const string Right = "```eq T-1 = gradient of T-F1 by b\ndb[k:K] = sum(n:N) dy[n,k]\n```\n";
    private const string Wrong = "```eq T-2 = gradient of T-F1 by b\ndb[k:K] = dy[0,k]\n```\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_are_checked_block_by_block()
    {
        File.WriteAllText(_folder.File("forward.md"), Forward);
        File.WriteAllText(_folder.File("right.md"), "Some prose.\n\n" + Right);
        var (code, output, error) = Run("", "check", "forward.md", "right.md");
        Assert.Equal((0, ""), (code, error));
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^T-F1 +defined", lines[0]);
        Assert.Matches("^T-1 +holds, exact", lines[1]);
        Assert.Equal("2 blocks: 1 holds, 1 defined; all as stated", lines[2].TrimEnd().Replace("1 hold,", "1 holds,", StringComparison.Ordinal));
    }

    [Fact]
    public void A_false_block_ends_with_code_1_and_its_counterexample()
    {
        File.WriteAllText(_folder.File("wrong.md"), Forward + Wrong);
        var (code, output, error) = Run("", "check", "wrong.md");
        Assert.Equal((1, ""), (code, error));
        Assert.Matches("(?m)^T-2 +holds only if +N = 1", output);
        Assert.Contains("smallest counterexample: N = 2, K = 1", output, StringComparison.Ordinal);
        Assert.Single(output.Split("smallest counterexample").Skip(1));
    }

    [Fact]
    public void Explained_blocks_are_explained_once()
    {
        var (code, output, _) = Run(Forward + Wrong, "check", "-", "--explain");
        Assert.Equal(1, code);
        Assert.Single(output.Split("smallest counterexample").Skip(1));
        Assert.Contains("y[1,0] has the term b[0]", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_input_is_a_file_too()
    {
        var (code, output, _) = Run(Forward + Right, "check", "-");
        Assert.Equal(0, code);
        Assert.Contains("T-1 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_block_is_shown_with_a_caret_and_the_others_are_checked()
    {
        var (code, output, _) = Run("```eq M-1\ny[i:N = 1\n```\n" + Forward + Right, "check", "-");
        Assert.Equal(2, code);
        Assert.Contains("standard input:2:7: expected ']' to close the '[' of column 2, got '='.\n    y[i:N = 1\n          ^\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("T-1 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_about_an_equation_of_the_book()
    {
        Assert.Equal(0, Run("", "check", "--of", "FC-F1", "--by", "b", "db[k] = sum(n) dy[n,k]").Code);
        Assert.Equal(0, Run("", "check", "--of", "FC-F1", "--claim", "db[k] = sum(n) dy[n,k]").Code);
        var (code, output, _) = Run("", "check", "--of", "FC-F1", "db[k:K] = sum(n) dy[n,k]/N", "--at", "N=3", "--explain");
        Assert.Equal(1, code);
        foreach (string expected in new[] { "db: refuted", "smallest counterexample: N = 3, D = 1, K = 1", "db[0]: claimed 1/3, true 1", "y[2,0] has the term b[0]", "slip: too small by the factor N", "the gradient is", "db[k:K] = sum(n:N) dy[n,k]" })
            Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_about_an_equation_of_ones_own()
    {
        string[] call = ["check", "--given", "x[H], w[R]", "--forward", "y[i:H-R+1] = sum(r) x[i+r]*w[r]", "--claim", "dw[r:R] = sum(i:H-R+1) dy[i]*x[i+R-1-r]"];
        Assert.Equal(1, Run("", call).Code);
        Assert.Equal(0, Run("", [.. call, "--where", "R = 1"]).Code);
        Assert.Equal(0, Run("", [.. call, "--where", "R < 3", "--where", "R != 2"]).Code);
        Assert.Equal(0, Run("", [.. call, "--at", "R=1"]).Code);
    }

    [Fact]
    public void Verdicts_as_JSON()
    {
        var (code, output, error) = Run(Forward + Right + Wrong, "check", "-", "--json");
        Assert.Equal((1, ""), (code, error));
        using var json = JsonDocument.Parse(output);
        JsonElement[] blocks = [.. json.RootElement.EnumerateArray()];
        Assert.Equal(["T-F1", "T-1", "T-2"], blocks.Select(block => block.GetProperty("id").GetString()));
        Assert.Equal(["defined", "holds, exact", "holds only if"], blocks.Select(block => block.GetProperty("verdict").GetString()));
        Assert.Equal([true, true, false], blocks.Select(block => block.GetProperty("holds").GetBoolean()));
        Assert.Equal([true, true, false], blocks.Select(block => block.GetProperty("asStated").GetBoolean()));
        Assert.All(blocks, block => Assert.Equal(("-", "eq"), (block.GetProperty("file").GetString(), block.GetProperty("kind").GetString())));
        JsonElement right = Assert.Single(blocks[1].GetProperty("findings").EnumerateArray()), wrong = Assert.Single(blocks[2].GetProperty("findings").EnumerateArray());
        Assert.InRange(right.GetProperty("strength").GetProperty("falseWithProbability").GetDouble(), double.Epsilon, 1e-15);
        Assert.True(right.GetProperty("strength").GetProperty("shapes").GetInt32() > 50);
        Assert.Equal("N = 1", wrong.GetProperty("conditions")[0].GetProperty("condition").GetString());
        JsonElement example = wrong.GetProperty("counterexample");
        Assert.Equal((2, 1), (example.GetProperty("sizes").GetProperty("N").GetInt32(), example.GetProperty("sizes").GetProperty("K").GetInt32()));
        Assert.Equal(("db[0]", "0", "1"), (example.GetProperty("element").GetString(), example.GetProperty("claimed").GetString(), example.GetProperty("true").GetString()));
    }

    [Fact]
    public void The_same_seed_prints_the_same()
    {
        string[] call = ["check", "--of", "FC-F1", "db[k:K] = dy[0,k]", "--seed"];
        Assert.Equal(Run("", [.. call, "42"]), Run("", [.. call, "0x2A"]));
    }

    [Fact]
    public void A_claim_that_takes_too_long_is_undecided()
    {
        var (code, output, _) = Run("", "check", "--given", "x[N]", "--forward", "y[i:N] = x[i] + sum(a:1000,b:1000,c:1000) x[a]", "dx[i:N] = dy[i]", "--timeout", "0.01");
        Assert.Equal(1, code);
        Assert.Contains("dx: undecided", output, StringComparison.Ordinal);
        Assert.Contains("the time limit of 0", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check expected Markdown files, - for standard input, or a claim with --of or --forward", "check")]
    [InlineData("check expected either --of ID or --forward EQUATION, got both.", "check", "--of", "CV-F1", "--forward", "y = 1", "dx = 1")]
    [InlineData("check expected --of ID or --forward EQUATION: what the claim is about.", "check", "--by", "b", "db[k] = 1")]
    [InlineData("check expected one claim, such as 'dx[u:H] = …', got 2.", "check", "--of", "FC-F1", "db[k] = 1", "dw[k,d] = 1")]
    [InlineData("check expected one claim, such as 'dx[u:H] = …', got 0.", "check", "--of", "FC-F1")]
    [InlineData("expected the id of an equation, got 'CV-F99'; the nearest are CV-F9", "check", "--of", "CV-F99", "dx[n] = 1")]
    [InlineData("expected a whole parameter to fix (N, D, K), got 'Z'.", "check", "--of", "FC-F1", "db[k] = sum(n) dy[n,k]", "--at", "Z=3")]
    [InlineData("expected K of at least 1, got 0.", "check", "--of", "FC-F1", "db[k] = sum(n) dy[n,k]", "--at", "K=0")]
    [InlineData("--at expected sizes such as sh=2,H=5, each at most 1048576, got 'N'.", "check", "none.md", "--at", "N")]
    [InlineData("--at expected each size once, got N twice.", "check", "none.md", "--at", "N=1,N=2")]
    [InlineData("nofile.md: expected a Markdown file, got no file of that name.", "check", "nofile.md")]
    [InlineData(".: expected a Markdown file, got a folder.", "check", ".")]
    [InlineData("check expected blocks that open with ```eq or ```derivation, got none in none.md.", "check", "none.md")]
    [InlineData("check expected each file once, got none.md twice.", "check", "none.md", "none.md")]
    [InlineData("--where expected a typed claim (--of or --forward); in a file it is a line of the block.", "check", "none.md", "--where", "N > 1")]
    [InlineData("--timeout expected seconds above 0 and up to 86400, got 0.", "check", "none.md", "--timeout", "0")]
    [InlineData("--timeout expected seconds above 0 and up to 86400, got NaN.", "check", "none.md", "--timeout", "NaN")]
    [InlineData("--seed expected a whole number from 0 to 18446744073709551615, decimal or 0x…, got 'x'", "check", "none.md", "--seed", "x")]
    [InlineData("derive expected --by VARIABLE: what the gradient is by.", "derive", "--of", "FC-F1")]
    [InlineData("derive expected --of ID or --forward EQUATION: what to derive.", "derive", "--by", "x")]
    [InlineData("derive expected either --of ID or --forward EQUATION, got both.", "derive", "--of", "FC-F1", "--forward", "y = 1", "--by", "x")]
    [InlineData("expected a real-valued variable of FC-F1, got 'q'.", "derive", "--of", "FC-F1", "--by", "q")]
    public void A_malformed_call_ends_with_one_line_and_code_2(string expected, params string[] call)
    {
        File.WriteAllText(_folder.File("none.md"), "No blocks.\n");
        var (code, output, error) = Run("", call);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("cnnverify: " + expected, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
    }

    [Theory]
    [InlineData("cnnverify: claim:1:15: expected ')' to close the '(' of column 12, got 'dy'.\n    db[k] = sum(n dy[n,k]\n                  ^\n", "check", "--of", "FC-F1", "db[k] = sum(n dy[n,k]")]
    [InlineData("cnnverify: --given:1:4: expected ']' to close the '[' of column 2, got the end.\n    x[N\n       ^\n", "check", "--given", "x[N", "--forward", "y[i:N] = x[i]", "dx[i:N] = dy[i]")]
    public void A_malformed_part_is_shown_with_a_caret(string expected, params string[] call) =>
        Assert.Equal((2, "", expected), Run("", call) is var (code, output, error) ? (code, output, error.ReplaceLineEndings("\n")) : default);

    [Theory]
    [InlineData("--of", "CV-F1", "--by", "x")]
    [InlineData("--of", "CV-F1", "--by", "w")]
    [InlineData("--of", "CV-F1", "--by", "b")]
    [InlineData("--of", "PL-F1", "--by", "x")]
    [InlineData("--of", "SM-F1", "--by", "z")]
    [InlineData("--of", "LS-F1", "--by", "z")]
    [InlineData("--given", "x[H], w[R]", "--forward", "y[i:H-R+1] = tanh(sum(r) x[i+r]*w[r])", "--by", "w")]
    [InlineData("--given", "x[H], w[R]", "--forward", "y[i:H-R+1] = tanh(sum(r) x[i+r]*w[r])", "--where", "R < H", "--by", "x")]
    public void What_derive_prints_passes_check(params string[] call)
    {
        var (code, derived, error) = Run("", ["derive", .. call]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("```derivation", derived, StringComparison.Ordinal);
        var (checkedCode, output, _) = Run(derived, "check", "-");
        Assert.True(checkedCode == 0, output);
    }

    private (int Code, string Output, string Error) Run(string input, params string[] call)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Cli.VerifyCall).Assembly.Location, .. call])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(120_000));
        return (process.ExitCode, output, error.Result);
    }
}
