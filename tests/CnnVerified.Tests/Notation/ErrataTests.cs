using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Checking;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>docs/errata.md: published slips, each found by the checker under the name that the page gives it.</summary>
public sealed class ErrataTests
{
    // Time enough for an explanation on a machine that does much else.
    private static readonly CheckSettings Explained = new() { Timeout = TimeSpan.FromMinutes(2) };

    private static readonly IReadOnlyList<Block> Blocks = Markdown.Blocks(File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "errata.md")), "docs/errata.md", wrong => throw wrong);

    public static TheoryData<string> Ids => [.. Blocks.Select(block => block.Head.Id)];

    public static TheoryData<string> Refuted => [.. Blocks.Where(block => block.Head.Refuted is not null).Select(block => block.Head.Id)];

    public static TheoryData<string> Conditional => [.. Blocks.Where(block => block.Head.OnlyIf is not null).Select(block => block.Head.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_block_is_what_it_says_of_itself(string id)
    {
        CheckResult result = Check(Find(id), DocsLibrary.Patient);
        Assert.True(result.IsAsStated, $"{result.Verdict}: {result.Against}");
    }

    [Theory]
    [MemberData(nameof(Refuted))]
    public void Every_slip_is_found_by_its_name(string id) =>
        Assert.Equal(Find(id).Head.Refuted, Check(Find(id), Explained).Decisive?.Diagnosis);

    [Theory]
    [MemberData(nameof(Conditional))]
    public void Every_condition_is_found_where_it_is_not_stated(string id)
    {
        Block block = Find(id);
        CheckResult result = Check(block with { Head = block.Head with { OnlyIf = null } }, Explained);
        Assert.Equal(Verdict.HoldsOnlyIf, result.Verdict);
        Assert.False(result.IsAsStated);
        Assert.Equal(block.Head.OnlyIf!.Any.Single().Select(part => part.ToString()).Order(StringComparer.Ordinal),
            result.Decisive!.Conditions.Select(need => need.Condition).Order(StringComparer.Ordinal));
        Assert.All(result.Decisive.Conditions, need => Assert.NotEqual("", need.Without));
    }

    [Fact]
    public void The_page_has_its_blocks() =>
        Assert.Equal((22, 8, 4), (Refuted.Count, Conditional.Count, Blocks.Count(block => block.Head.Id.StartsWith("ER-A", StringComparison.Ordinal))));

    private static Block Find(string id) => Blocks.Single(block => block.Head.Id == id);

    private static CheckResult Check(Block block, CheckSettings settings)
    {
        Library library = Book.With(Blocks.Where(other => other.Head.Id != block.Head.Id).Append(block), (_, taken) => throw taken);
        return Checker.Check(library, block, settings);
    }
}
