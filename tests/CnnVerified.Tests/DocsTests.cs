using CnnVerified.Reference.Notation;
using CnnVerified.Tests.Notation;
using CnnVerified.Verification.Checking;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The equations of docs/equations, held to what they claim: no text of the book is wrong.</summary>
public sealed class DocsTests
{
    // A fixed quarter; cnnverify check docs/equations/*.md judges all, and so does this with DOCS=all.
    public static TheoryData<int> Blocks =>
        [.. Enumerable.Range(0, DocsLibrary.Blocks.Count).Where(number => number % 4 == 0 || Environment.GetEnvironmentVariable("DOCS") == "all")];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_block_of_the_equations_is_what_it_says_of_itself(int number)
    {
        Block block = DocsLibrary.Blocks[number];
        CheckResult result = Checker.Check(DocsLibrary.Library(), block, DocsLibrary.Patient);
        Assert.True(result.IsAsStated, $"{block.File}: {result.Id}: {result.Verdict} {result.Decisive?.Claim} {result.Against} {result.Decisive?.Reason}");
    }
}
