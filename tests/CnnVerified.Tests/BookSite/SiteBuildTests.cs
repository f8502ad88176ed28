using CnnVerified.Cli;
using CnnVerified.Verification;
using Xunit;

namespace CnnVerified.Tests.BookSite;

/// <summary>When no site is built, and that nothing is left half-written then.</summary>
public sealed class SiteBuildTests : IDisposable
{
    private readonly SampleBook _book = new();

    public SiteBuildTests() => _book.Fill();

    public void Dispose() => _book.Dispose();

    [Fact]
    public void A_claim_that_does_not_hold_is_told_and_no_page_is_written()
    {
        _book.Replace("equations/rows.md", "dx[u:H] = sum(r:R) dy[(u+ph-r)/sh]*w[r]", "dx[u:H] = sum(r:R) dy[(u-ph-r)/sh]*w[r]");
        _book.Fill();
        var (built, faults) = _book.Build();
        Assert.Null(built);
        Assert.Contains(faults, fault => fault.StartsWith("docs/equations/rows.md:21: RW-B1: expected what the block says of itself, got holds only if: dx, dx[", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("docs/equations/rows.md:25: the derivation of RW-B1: expected what the block says of itself, got malformed: expected the derivation to end with", StringComparison.Ordinal));
        AssertNothingWritten();
    }

    [Fact]
    public void A_formula_that_is_said_to_be_false_and_holds_is_told()
    {
        _book.Replace("equations/rows.md", "dy[(u+ph+r)/sh]", "dy[(u+ph-r)/sh]");
        Assert.StartsWith("docs/equations/rows.md:37: RW-B2: expected what the block says of itself, got holds, exact", Assert.Single(_book.Build().Faults), StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Theory]
    [InlineData("[notes](../notes.md#a-section)", "[notes](../notes.md#no-section)", "en/00-windows.html: expected an element no-section in notes.html for the link '../notes.html#no-section', got none.")]
    [InlineData("[notes](../notes.md#a-section)", "[notes](../none.md)", "docs/en/00-windows.md: expected the target of the link '../none.md' to exist, got none.")]
    [InlineData("../pictures/window.svg", "../pictures/door.svg", "docs/en/00-windows.md: expected the target of the link '../pictures/door.svg' to exist, got none.")]
    public void A_link_that_leads_nowhere_is_told_and_no_page_is_written(string old, string now, string expected)
    {
        _book.Replace("en/00-windows.md", old, now);
        Assert.Contains(expected, _book.Build().Faults);
        AssertNothingWritten();
    }

    [Fact]
    public void A_stale_marker_is_told_and_no_page_is_written()
    {
        _book.Replace("zh/01-gradients.md", "solved for i", "solved");
        Assert.StartsWith("docs/zh/01-gradients.md:", Assert.Single(_book.Build().Faults), StringComparison.Ordinal);
        AssertNothingWritten();
    }

    [Fact]
    public void A_site_replaces_the_one_before_whole_and_only_when_it_is_built()
    {
        Assert.NotNull(_book.Build().Built);
        File.WriteAllText(Path.Combine(_book.Site, "old.html"), "of the site before");
        _book.Replace("en/00-windows.md", "../pictures/window.svg", "../pictures/door.svg");
        Assert.Null(_book.Build().Built);
        Assert.True(File.Exists(Path.Combine(_book.Site, "old.html")));
        _book.Replace("en/00-windows.md", "../pictures/door.svg", "../pictures/window.svg");
        Assert.NotNull(_book.Build().Built);
        Assert.False(File.Exists(Path.Combine(_book.Site, "old.html")));
        Assert.Equal(["code", "docs", "site"], Directory.GetFileSystemEntries(_book.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_not_replaced()
    {
        Directory.CreateDirectory(_book.Site);
        File.WriteAllText(Path.Combine(_book.Site, "thesis.txt"), "mine");
        var wrong = Assert.Throws<InputException>(() => _book.Build());
        Assert.Contains("expected an empty folder or a site to replace, got a folder with something else in it", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_book.Site, "thesis.txt")));
    }

    [Fact]
    public void The_command_ends_with_0_where_all_is_well_and_1_where_something_is_wrong()
    {
        Assert.Equal(0, DocsJob.Run(new(_book.Docs, null, Fill: true, Check: true, _book.Site), default));
        Assert.True(File.Exists(Path.Combine(_book.Site, "index.html")));
        _book.Replace("en/00-windows.md", "<!-- eq RW-F1 -->", "<!-- eq RW-F7 -->");
        Assert.Equal(1, DocsJob.Run(new(_book.Docs, null, Fill: true, Check: false, null), default));
        Assert.Equal(1, DocsJob.Run(new(_book.Docs, null, Fill: false, Check: true, null), default));
        Assert.Equal(1, DocsJob.Run(new(_book.Docs, null, Fill: false, Check: false, _book.Site), default));
        Assert.Throws<InputException>(() => DocsJob.Run(new(_book.Docs, null, false, false, null), default));
        Assert.Throws<InputException>(() => DocsJob.Run(new(_book.Place("nowhere"), null, false, true, null), default));
    }

    [Fact]
    public void Chapters_on_one_page_have_anchors_of_their_own_and_links_follow()
    {
        string joined = CnnVerified.Site.PrintedBook.Joined([("00-a", "<p id=\"s1\"><a href=\"#s1\">here</a> <a href=\"01-b.html#CV-F1\">there</a> <a href=\"01-b.html\">all</a> <a href=\"02-c.html#x\">no chapter</a> <a href=\"https://elsewhere.example/a.html#b\">elsewhere</a></p>"), ("01-b", "<section id=\"CV-F1\"><a href=\"../notes.html#x\">notes</a></section>")]);
        Assert.Equal("<article id=\"00-a\">\n<p id=\"00-a-s1\"><a href=\"#00-a-s1\">here</a> <a href=\"#01-b-CV-F1\">there</a> <a href=\"#01-b\">all</a> <a>no chapter</a> <a href=\"https://elsewhere.example/a.html#b\">elsewhere</a></p></article>\n"
            + "<article id=\"01-b\">\n<section id=\"01-b-CV-F1\"><a>notes</a></section></article>\n", joined);
    }

    [Fact]
    public void A_browser_that_is_not_there_is_told_and_no_page_is_written()
    {
        var wrong = Assert.Throws<InputException>(() => DocsJob.Run(new(_book.Docs, null, false, false, _book.Site, false, Path.Combine(_book.Folder, "pdf"), "/nowhere/browser"), default));
        Assert.StartsWith("/nowhere/browser: expected an installed browser", wrong.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_book.Site));
        Assert.Throws<InputException>(() => DocsJob.Run(new(_book.Docs, null, false, true, null, false, "pdf", "browser"), default));
    }

    private void AssertNothingWritten() => Assert.Equal(["code", "docs"], Directory.GetFileSystemEntries(_book.Folder).Select(Path.GetFileName).Order());
}
