using System.Xml.Linq;
using CnnVerified.Reference;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Typesetting;
using Xunit;

namespace CnnVerified.Tests.BookSite;

/// <summary>Formulas in pieces say what whole formulas say, and a phone has room for each piece.</summary>
public sealed class PieceTests
{
    public static TheoryData<string> Texts => [.. EquationTexts.All.Select(text => text.Id)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_pieces_of_a_block_are_the_block(string id)
    {
        Typeset typeset = Typeset.Of(Parser.Lines(EquationTexts.Find(id)!.Block, new Place(1, 1)));
        string pieces = string.Concat(typeset.Rows.Select(row => row.Label + Value(row.Left) + string.Concat(row.Terms.SelectMany(term => term).Select(Value))));
        Assert.Equal(Bare(XDocument.Parse(typeset.MathML).Root!.Value), Bare(pieces));
        Assert.All(typeset.Rows.SelectMany(row => row.Terms), term => Assert.All(term, piece => Assert.True(Value(piece).Length > 0, "an empty piece")));
    }

    [Fact]
    public void A_term_begins_with_its_sign_and_breaks_at_products_and_behind_indices()
    {
        TypesetRow row = Typeset.Of(Parser.Lines("y[i:P] = b + sum(r:R) x[i*sh+r*eh-ph,j*sw+r]*w[r]", new Place(1, 1))).Rows[0];
        Assert.Equal([["=b"], ["+∑r=0R−1x(i·sh+r·eh−ph,", "j·sw+r)", "·wr"]], row.Terms.Select(term => term.Select(Value)));
        Assert.Equal((null, "yi"), (row.Label, Value(row.Left)));
        Assert.StartsWith("<math displaystyle=\"true\"><mo form=\"infix\">+</mo>", row.Terms[1][0], StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_derivation_know_the_line_of_each_side()
    {
        var lines = Parser.Lines("dx[u:H]\n  = sum(i:P) dy[i]*D(y[i],x[u])  -- chain rule\n  = dy[u]\n      *w[0]  -- one term\n  = w[0]*dy[u]", new Place(11, 1));
        Assert.Equal([12, 13, 15, 0], Typeset.Of(lines).Rows.Select(row => row.Place.Line));
    }

    [Fact]
    public void Labels_are_words_and_a_list_breaks_behind_its_commas()
    {
        TypesetRow row = Typeset.Of(Parser.Lines("given x[N], w[K]\ny = x[0]", new Place(1, 1))).Rows[0];
        Assert.Equal(("given", null), (row.Label, row.Left));
        Assert.Equal(["x", "∈ℝN,", "w", "∈ℝK"], row.Terms.Select(term => Bare(string.Concat(term.Select(Value)))));
    }

    private static string Value(string? piece) => piece is null ? "" : XDocument.Parse(piece).Root!.Value;

    private static string Bare(string text) => text.Replace("\u00A0", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
}
