using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Typesetting;
using CnnVerified.Verification.Checking;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>The blocks of the equation catalogue, far more than the project computes: all must be read and set, and all claims hold.</summary>
/// <remarks>A fixed third of the claims is checked by default, all with the environment variable CATALOGUE=all.</remarks>
public sealed class CatalogueTests
{
    private static readonly IReadOnlyList<Block> Blocks = Markdown.Blocks(
        File.ReadAllText(Path.Combine(DocsLibrary.Root, "tests", "CnnVerified.Tests", "Notation", "catalogue.txt")), "catalogue.txt", wrong => throw wrong);

    private static readonly IReadOnlyList<(Block Block, Model Model)> Claims = [.. Blocks.Select(block => (Block: block, Model: Library().Resolve(block.Head.Id, default))).Where(each => each.Model.Claims.Count > 0)];

    public static TheoryData<string> Checked => [.. Claims.Select(each => each.Block.Head.Id).Where(id => IsChecked(id))];

    [Fact]
    public void The_catalogue_has_its_blocks_and_claims()
    {
        Assert.Equal(249, Blocks.Count);
        Assert.Equal(109, Blocks.Count(block => block.Head.By is not null));
        Assert.Equal(30, Blocks.Count(block => block.Lines.OfType<ClaimLine>().Any()));
    }

    [Fact]
    public void Every_block_is_typeset() => Assert.All(Blocks, block =>
    {
        Typeset typeset = Typeset.Of(block.Lines);
        Assert.NotEqual("", typeset.Plain);
        Assert.NotEqual("", typeset.Latex);
        System.Xml.Linq.XDocument.Parse(typeset.MathML);
    });

    [Fact]
    public void Every_definition_evaluates() => Assert.All(Blocks.Where(block => Library().Resolve(block.Head.Id, default).Claims.Count == 0 && IsChecked(block.Head.Id)),
        block => AssertAsStated(Checker.Check(Library(), block, new CheckSettings { Explain = false })));

    [Theory]
    [MemberData(nameof(Checked))]
    public void Every_claim_holds(string id)
    {
        Library library = Library();
        AssertAsStated(Checker.Check(library, library.Find(id)!, new CheckSettings { Explain = false }));
    }

    private static void AssertAsStated(CheckResult result) =>
        Assert.True(result.Holds && result.IsAsStated, $"{result.Id}: {result.Verdict} {result.Decisive?.Claim} {result.Against} {result.Decisive?.Reason}");

    private static bool IsChecked(string id) => Environment.GetEnvironmentVariable("CATALOGUE") == "all" || id.Sum(character => character) % 3 == 0;

    private static Library Library()
    {
        var library = new Library();
        foreach (Block block in Blocks)
            library.Add(block);
        return library;
    }
}
