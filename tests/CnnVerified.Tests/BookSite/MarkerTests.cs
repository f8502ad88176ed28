using CnnVerified.Site;
using CnnVerified.Tests.Notation;
using Xunit;

namespace CnnVerified.Tests.BookSite;

/// <summary>Markers of the chapters: filled from docs/equations, told where they are stale, unknown or malformed.</summary>
public sealed class MarkerTests : IDisposable
{
    private readonly SampleBook _book = new();

    public void Dispose() => _book.Dispose();

    [Fact]
    public void The_chapters_of_the_project_are_filled_and_the_same_in_both_languages()
    {
        var book = new DocsBook(new SiteSettings(Path.Combine(DocsLibrary.Root, "docs"), DocsLibrary.Root));
        book.Check();
        Assert.Empty(book.Faults);
    }

    [Fact]
    public void The_pictures_of_the_project_are_those_that_are_drawn_now()
    {
        Assert.Equal(["conv-sliding", "full-valid", "lenet5", "pooling", "receptive-field", "residual-back", "weights-back"], PictureList.All.Keys.Order());
        Assert.All(PictureList.All, picture => Assert.Equal(picture.Value, File.ReadAllText(Path.Combine(DocsLibrary.Root, "docs", "pictures", $"{picture.Key}.svg")).ReplaceLineEndings("\n")));
    }

    [Fact]
    public void A_picture_that_was_changed_is_stale_until_it_is_drawn_again()
    {
        _book.Fill();
        var book = new DocsBook(new SiteSettings(_book.Docs, _book.Folder));
        Assert.Equal(7, book.Draw().Count);
        Assert.Empty(_book.Check());
        _book.Replace("pictures/conv-sliding.svg", "y[0,0] =", "y[0,0] :=");
        Assert.Equal("docs/pictures/conv-sliding.svg: expected the picture that cnnverify docs --pictures draws, got another one.", Assert.Single(_book.Check()));
    }

    [Fact]
    public void Filling_writes_the_equation_as_it_is_drawn_and_as_it_is_written()
    {
        Assert.Equal((4, 0), (_book.Fill().Changed.Count, _book.Check().Length));
        string text = _book.Text("zh/01-gradients.md");
        Assert.Contains("""
            <!-- eq RW-B1 -->
            $$
            \begin{aligned}
            \mathrm{d}x_{u} & = \sum_{r = 0}^{R - 1} \mathrm{d}y((u + p_{h} - r)/s_{h}) \cdot w_{r} \\
            \text{for } & u < H
            \end{aligned}
            $$

            ```eq RW-B1 = gradient of RW-F1 by x
            dx[u:H] = sum(r:R) dy[(u+ph-r)/sh]*w[r]
            ```
            <!-- /eq -->
            """, text, StringComparison.Ordinal);
        Assert.Contains("  = sum(i:P) dy[i]*D(y[i],x[u])   -- chain rule", text, StringComparison.Ordinal);
        Assert.Contains("| 1 | 2.30 |", _book.Text("zh/00-windows.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Filling_twice_changes_nothing_more()
    {
        _book.Fill();
        string text = _book.Text("en/01-gradients.md");
        Assert.Empty(_book.Fill().Changed);
        Assert.Equal(text, _book.Text("en/01-gradients.md"));
    }

    [Fact]
    public void What_is_empty_is_stale() => Assert.Equal(8, _book.Check().Length);

    [Fact]
    public void A_quotation_that_was_changed_by_hand_is_stale()
    {
        _book.Fill();
        _book.Replace("en/01-gradients.md", "dx[u:H] = sum(r:R) dy[(u+ph-r)/sh]*w[r]", "dx[u:H] = sum(r:R) dy[(u+ph+r)/sh]*w[r]");
        string fault = Assert.Single(_book.Check());
        Assert.StartsWith("docs/en/01-gradients.md:7: <!-- eq RW-B1 -->: expected what docs/equations/rows.md says now, got another line 9: 'dx[u:H] = sum(r:R) dy[(u+ph+r)/sh]*w[r]'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_equation_that_was_changed_makes_every_quotation_of_it_stale()
    {
        _book.Fill();
        _book.Replace("equations/rows.md", "y[i:P] = sum(r:R) x[i*sh+r-ph]*w[r]", "y[i:P] = sum(r:R) w[r]*x[i*sh+r-ph]");
        Assert.Equal(["docs/en/00-windows.md:13", "docs/zh/00-windows.md:11"], _book.Check().Select(fault => fault.Split(": ")[0]));
        _book.Fill();
        Assert.Empty(_book.Check());
    }

    [Theory]
    [InlineData("<!-- eq RW-F1 -->", "<!-- eq RW-F9 -->", ":13: <!-- eq RW-F9 -->: expected the id of an equation, got RW-F9; the nearest are RW-F1")]
    [InlineData("<!-- eq RW-F1 -->", "<!-- derivation RW-F1 -->", ":13: <!-- derivation RW-F1 -->: expected <!-- /derivation --> before the next marker, got <!-- /eq --> in line 14")]
    [InlineData("<!-- eq RW-F1 -->", "<!-- equation RW-F1 -->", ":13: <!-- equation RW-F1 -->: expected a marker <!-- eq ID -->")]
    [InlineData("<!-- eq RW-F1 -->", "<!-- eq -->", ":13: <!-- eq -->: expected a marker <!-- eq ID -->")]
    [InlineData("<!-- /eq -->", "", ":13: <!-- eq RW-F1 -->: expected <!-- /eq --> before the next marker, got <!-- experiment steps --> in line 18")]
    [InlineData("<!-- eq RW-F1 -->\n", "\n", ":14: <!-- /eq -->: expected a marker <!-- eq ID -->, <!-- derivation ID --> or <!-- experiment NAME -->, got the end of one")]
    [InlineData("<!-- experiment steps -->", "<!-- experiment stairs -->", ":18: <!-- experiment stairs -->: expected the record of an experiment in experiments/stairs.md, from <!-- en --> to <!-- /en -->, got no such file")]
    [InlineData("The first paragraph", "$$\ny = x\n$$\n\nThe first paragraph", ":9: expected $$ only between markers")]
    public void A_marker_that_cannot_be_filled_is_told_with_its_line_and_its_chapter_stays_as_it_is(string old, string now, string expected)
    {
        _book.Replace("en/00-windows.md", old, now);
        string before = _book.Text("en/00-windows.md");
        var (changed, faults) = _book.Fill();
        Assert.StartsWith("docs/en/00-windows.md" + expected, faults[0], StringComparison.Ordinal);
        Assert.Equal(before, _book.Text("en/00-windows.md"));
        Assert.Contains(changed, name => name.EndsWith("zh/00-windows.md", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("```text\n<!-- eq RW-F99 -->\n$$\n```\n")]
    [InlineData("````markdown\n```eq\n```\n<!-- eq RW-F99 -->\n````\n")]
    [InlineData("~~~\n<!-- /eq -->\n~~~\n")]
    [InlineData("<!-- a comment for those who write -->\n")]
    public void Within_fences_markers_are_text_and_comments_are_comments(string text)
    {
        var faults = new List<string>();
        IReadOnlyList<Part> parts = Markers.Parts(text, (line, wrong) => faults.Add($"{line}: {wrong}"));
        Assert.Empty(faults);
        Assert.Equal(text, Assert.Single(parts).Text);
    }

    [Fact]
    public void The_parts_of_a_chapter_are_the_chapter()
    {
        _book.Fill();
        string text = _book.Text("en/00-windows.md");
        IReadOnlyList<Part> parts = Markers.Parts(text, (_, wrong) => Assert.Fail(wrong));
        Assert.Equal(["eq", "experiment"], parts.Where(part => part.Kind is not null).Select(part => part.Kind!));
        Assert.Equal(text, string.Concat(parts.Select(part => part.With(part.Text))));
    }

    [Fact]
    public void A_chapter_that_is_there_in_one_language_alone_is_told()
    {
        _book.Fill();
        File.Delete(_book.Place("zh/01-gradients.md"));
        Assert.Equal("docs/en/01-gradients.md: expected the same chapter in zh/01-gradients.md, got no such file.", Assert.Single(_book.Check(), fault => !fault.StartsWith("docs/zh/equations.tsv:", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("## 测得的结果", "### 测得的结果", "expected a heading of level 2 as in line ", "got a heading of level 3")]
    [InlineData("## 测得的结果", "测得的结果", "expected a heading of level 2 as in line ", "got <!-- experiment steps -->")]
    [InlineData("更多内容", "## 更多\n\n更多内容", "expected no more of them than docs/en/00-windows.md has", "got a heading of level 2")]
    public void Headings_and_markers_are_the_same_in_both_languages(string old, string now, string expected, string got)
    {
        _book.Fill();
        _book.Replace("zh/00-windows.md", old, now);
        string fault = Assert.Single(_book.Check());
        Assert.StartsWith("docs/zh/00-windows.md:", fault, StringComparison.Ordinal);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.Contains(got, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("solved for i\t解出 i\n", "", "docs/equations/rows.md:25: RW-B1: expected 'solved for i' in Chinese in docs/zh/equations.tsv, got no such line.")]
    [InlineData("A slip, for the record\t一个错误，记录在案\n", "", "docs/equations/rows.md:37: RW-B2: expected 'A slip, for the record' in Chinese in docs/zh/equations.tsv, got no such line.")]
    [InlineData("Rows\t行\n", "", "docs/equations/rows.md:9: RW-F1: expected 'Rows' in Chinese in docs/zh/equations.tsv, got no such line.")]
    [InlineData("Rows\t行\n", "Rows\t行\nColumns\t列\n", "docs/zh/equations.tsv:3: expected a title or a reason that a Chinese page shows, got 'Columns', which is none.")]
    [InlineData("Rows\t行\n", "Rows\t行\nRows\t诸行\n", "docs/zh/equations.tsv:3: expected each text once, got 'Rows' as in line 2.")]
    [InlineData("Rows\t行\n", "Rows\t行\nColumns\n", "docs/zh/equations.tsv:3: expected English, a tab and Chinese, got 'Columns'.")]
    [InlineData("English\t中文\n", "English\tDeutsch\n", "docs/zh/equations.tsv:1: expected the line 'English\t中文', got 'English\tDeutsch'.")]
    public void Each_title_and_reason_of_a_Chinese_page_is_translated_once_and_nothing_else_is(string old, string now, string expected)
    {
        _book.Fill();
        _book.Replace("zh/equations.tsv", old, now);
        Assert.Equal(expected, Assert.Single(_book.Check()));
    }

    [Fact]
    public void A_record_without_one_of_the_languages_is_told()
    {
        _book.Fill();
        _book.Replace("experiments/steps.md", "<!-- zh -->", "");
        Assert.Equal("docs/zh/00-windows.md:16: <!-- experiment steps -->: expected the record of an experiment in experiments/steps.md, from <!-- zh --> to <!-- /zh -->, got no such part of it.",
            System.Text.RegularExpressions.Regex.Replace(Assert.Single(_book.Check()), ":[0-9]+:", ":16:"));
    }
}
