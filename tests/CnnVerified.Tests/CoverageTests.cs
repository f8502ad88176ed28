using CnnVerified.Optimized;
using CnnVerified.Tests.Notation;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;
using CnnVerified.Verification.Reports;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>docs/coverage.md is complete and fresh.</summary>
public sealed class CoverageTests
{
    // How much an error bound of a layer, loss, normalisation or update rule may overestimate: of the elements of the judged cases the worst must come this
    // near to it. A bound for any order of a sum of m terms is loose by about √m on random data, each function adds a few units that it rarely needs, and
    // errors that cancel, as those of a mean that is taken off again, are counted as if they added up.
    private const double LooseAtMost = 128;

    private static readonly Lazy<IReadOnlyList<CoverageRow>> Rows = new(() => Coverage.Rows());

    [Fact]
    public void Every_cell_that_must_be_filled_is_filled()
    {
        string[] missing = [.. Rows.Value.SelectMany(row => row.Missing().Select(what => $"{row.Equation.Id} lacks {what}"))];
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }

    [Fact]
    public void The_page_is_what_was_found()
    {
        string file = Path.Combine(DocsLibrary.Root, "docs", "coverage.md"), page = Coverage.Page(Rows.Value);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(file, page);
        Assert.True(File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == page, "docs/coverage.md is not what this test found; UPDATE_DOCS=1 writes it anew.");
    }

    [Fact]
    public void No_bound_is_exceeded_and_none_is_loose_by_more_than_the_stated_factor()
    {
        string[] wrong = [.. Rows.Value.Where(row => row.Worst > 1 || row.Equation.NeedsTwin && row.Worst is > 0 and < 1 / LooseAtMost && WorstOfMore(row.Equation) is > 1 or < 1 / LooseAtMost)
            .Select(row => $"{row.Equation.Id}: {row.Worst:G3}")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    // The few cases of the page may all be kind to an equation: before its bound is called loose it is judged on many.
    private static double WorstOfMore(Equation equation)
    {
        using var list = new EngineList();
        return Battery.Judge(equation, Oracle.All.Single(oracle => oracle.Name == "bound"), [list.Optimized(Execution.Widest)], new(256, Verify.Seed), null, default)[0].Worst;
    }
}
