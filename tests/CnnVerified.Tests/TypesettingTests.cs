using System.Text.RegularExpressions;
using System.Xml.Linq;
using CnnVerified.Reference;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Typesetting;
using CnnVerified.Reference.Numbers;
using Xunit;

namespace CnnVerified.Tests;

public sealed partial class TypesettingTests
{
    private static readonly HashSet<string> Core =
    [
        "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msub", "msup", "msubsup", "munder", "mover", "munderover",
        "mfrac", "msqrt", "mtable", "mtr", "mtd",
    ];

    private static readonly Dictionary<string, int> Children = new()
    {
        ["msub"] = 2,
        ["msup"] = 2,
        ["mfrac"] = 2,
        ["munder"] = 2,
        ["mover"] = 2,
        ["msubsup"] = 3,
        ["munderover"] = 3,
    };

    public static TheoryData<string> Examples => [.. TypesettingExamples.All.Select(example => example.Title)];

    public static TheoryData<string> Texts => [.. EquationTexts.All.Select(text => text.Id)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_written_as_it_was_read_by_a_person(string title)
    {
        TypesettingExample example = TypesettingExamples.All.Single(each => each.Title == title);
        Typeset typeset = Typeset.Of(Parser.Equation(example.Notation));
        Assert.Equal(example.Latex, typeset.Latex);
        Assert.Equal($"<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\">{example.MathML}</math>",
            typeset.MathML.Replace("\u2061", "&#x2061;", StringComparison.Ordinal).Replace("\u2062", "&#x2062;", StringComparison.Ordinal));
        Assert.Equal(example.Plain, typeset.Plain);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_block_of_the_docs_is_MathML_Core(string id)
    {
        foreach (XElement element in XDocument.Parse(Block(id).MathML).Descendants())
        {
            string name = element.Name.LocalName;
            Assert.Contains(name, Core);
            Assert.False(name is "mrow" or "mtr" or "mi" or "mo" or "mn" && element.IsEmpty | element.Value.Length == 0, $"an empty {name}.");
            if (Children.TryGetValue(name, out int count))
                Assert.Equal(count, element.Elements().Count());
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_block_of_the_docs_has_balanced_LaTeX(string id)
    {
        string latex = Block(id).Latex;
        int depth = 0;
        foreach (char c in latex)
            Assert.True((depth += c == '{' ? 1 : c == '}' ? -1 : 0) >= 0, latex);
        Assert.Equal(0, depth);
        Assert.Equal(Left().Count(latex), Right().Count(latex));
        Assert.DoesNotMatch("[^\u0001-\u007F]", latex);
        // Markdown takes a backslash and a sign for the sign, and a less-than and a letter for a tag.
        Assert.DoesNotMatch(@"<\S|\\[^A-Za-z\\]", latex.Replace(@"\\", "", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_block_of_the_docs_has_a_line_of_plain_text_for_each_line(string id)
    {
        IReadOnlyList<Line> lines = Parser.Lines(EquationTexts.Find(id)!.Block, new Place(1, 1));
        string[] plain = Typeset.Of(lines).Plain.Split('\n');
        Assert.Equal(lines.Count, plain.Count(line => !line.StartsWith("for ", StringComparison.Ordinal)));
        Assert.All(lines.OfType<EquationLine>(), equation => Assert.DoesNotContain('\n', Typeset.Of(equation).Plain));
        Assert.All(plain, line => Assert.Equal(line.Trim(), line));
    }

    [Theory]
    [InlineData("x[N,C/G] in {0,1}", "x ∈ {0, 1}^(N×(C/G))", @"x \in \lbrace0, 1\rbrace^{N \times (C/G)}")]
    [InlineData("label[N] in 0..K-1", "label ∈ {0, …, K − 1}^N", @"\mathrm{label} \in \lbrace0, \dots, K - 1\rbrace^{N}")]
    [InlineData("keep in (0,1]", "keep ∈ (0, 1]", @"\mathrm{keep} \in (0, 1]")]
    [InlineData("sigma > 0", "σ > 0", @"\sigma > 0")]
    [InlineData("h[N] >= -0.5", "h ∈ ℝ_(≥−0.5)^N", @"h \in \mathbb{R}_{ \geq -0.5}^{N}")]
    [InlineData("b", "b ∈ ℝ", @"b \in \mathbb{R}")]
    public void A_declaration_says_shape_and_domain(string text, string plain, string latex)
    {
        Typeset typeset = Typeset.Of(Parser.Declarations(text).Declarations[0]);
        Assert.Equal(plain, typeset.Plain);
        Assert.Equal(latex, typeset.Latex);
        XDocument.Parse(typeset.MathML);
    }

    [Fact]
    public void A_block_says_where_an_index_runs_once_and_again_where_that_changes()
    {
        const string Text = """
            given z[N,K]
            where mod(K,2) = 0
            size M = K/2
            use SM-F1 with z[n,k] = 2*z[n,k]
            m[n:N] = max(k:K) z[n,k]
            y[n:N,k:K] = z[n,k] - m[n]
            s[n:M] = m[n]
            t[n:N] = m[n]
            claim y2 = y
            result y, m
            """;
        const string Plain = """
            given z ∈ ℝ^(N×K)
            where K mod 2 = 0
            M = K/2
            use SM-F1 with z[n,k] = 2·z[n,k]
            m[n] = max(k<K) z[n,k]
            for n < N
            y[n,k] = z[n,k] − m[n]
            for k < K
            s[n] = m[n]
            for n < M
            t[n] = m[n]
            for n < N
            claim y2 = y
            result y, m
            """;
        Assert.Equal(Plain, Typeset.Of(Parser.Lines(Text, new Place(1, 1))).Plain);
    }

    [Fact]
    public void A_d_is_a_sign_where_the_rest_is_a_name_that_is_known()
    {
        Expression expression = Parser.Expression("dx[i]^2");
        Assert.Equal(@"\mathrm{dx}_{i}^{2}", Typeset.Of(expression).Latex);
        Assert.Equal(@"(\mathrm{d}x_{i})^{2}", Typeset.Of(expression, new HashSet<string> { "dx" }).Latex);
        Assert.Equal(@"\mathrm{d}x_{i} \cdot x_{i}", Typeset.Of(Parser.Expression("dx[i]*x[i]")).Latex);
        Assert.Equal(@"\mathrm{d}\gamma", Typeset.Of(new LeftSide("dgamma", []), new HashSet<string> { "dgamma" }).Latex);
    }

    [Fact]
    public void Signs_of_markup_in_names_and_relations_are_escaped()
    {
        string mathML = Typeset.Of(Parser.Condition("a_b < 1 and c > 2")).MathML;
        Assert.Equal("a_b<1\u00A0and\u00A0c>2", XDocument.Parse(mathML).Root!.Value);
        Assert.Equal(@"\mathrm{a\_b}", Typeset.Of(new Symbol("a_b")).Latex);
    }

    [Fact]
    public void The_deepest_formula_is_typeset_and_does_not_grow_deep_markup_from_a_long_sum()
    {
        var sum = Typeset.Of(Parser.Expression("x" + string.Concat(Enumerable.Repeat("+x", Parser.MostOperators))));
        Assert.Equal(Parser.MostOperators + 1, sum.Plain.Count(c => c == 'x'));
        Assert.True(XDocument.Parse(sum.MathML).Descendants().Max(element => element.Ancestors().Count()) < 4);
        var quotient = Typeset.Of(Parser.Expression("x" + string.Concat(Enumerable.Repeat("/x", Parser.MostOperators))));
        Assert.All([quotient.Plain, quotient.Latex, XDocument.Parse(quotient.MathML).Root!.Value], text => Assert.True(text.Length > Parser.MostOperators));
    }

    /// <summary>A reader who knows only the rules of ordinary mathematics finds the value of the tree in what is written.</summary>
    [Fact]
    public void No_parenthesis_is_ever_lost()
    {
        var trees = new TypesettingTrees(20_250_101);
        int defined = 0;
        for (int i = 0; i < 4000; i++)
        {
            Expression tree = trees.Next(4);
            Rational? value = TypesettingTrees.Value(tree);
            defined += value is null ? 0 : 1;
            Typeset typeset = Typeset.Of(tree);
            Assert.True(value.Equals(TypesettingReader.Value(typeset.Plain)), $"{tree} is written {typeset.Plain}");
            Assert.True(value.Equals(TypesettingReader.Value(typeset.Latex)), $"{tree} is written {typeset.Latex}");
        }
        Assert.InRange(defined, 2000, 4000);
    }

    private static Typeset Block(string id) => Typeset.Of(Parser.Lines(EquationTexts.Find(id)!.Block, new Place(1, 1)));

    [GeneratedRegex(@"\\left(?![a-z])|\\left(?=\\)")]
    private static partial Regex Left();

    [GeneratedRegex(@"\\right(?![a-z])|\\right(?=\\)")]
    private static partial Regex Right();
}
