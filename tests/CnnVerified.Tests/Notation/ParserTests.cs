using CnnVerified.Reference.Notation;
using Xunit;

namespace CnnVerified.Tests.Notation;

public sealed class ParserTests
{
    [Theory]
    [InlineData("a+b-c", "(Subtract (Add a b) c)")]
    [InlineData("a*b/c*d", "(Multiply (Divide (Multiply a b) c) d)")]
    [InlineData("a+b*c", "(Add a (Multiply b c))")]
    [InlineData("(a+b)*c", "(Multiply (Add a b) c)")]
    [InlineData("-x^2", "(neg (Power x 2))")]
    [InlineData("-a*b", "(Multiply (neg a) b)")]
    [InlineData("a*-b", "(Multiply a (neg b))")]
    [InlineData("a - -b", "(Subtract a (neg b))")]
    [InlineData("-(-a)", "(neg (neg a))")]
    [InlineData("2^3^2", "(Power 2 (Power 3 2))")]
    [InlineData("2^-x", "(Power 2 (neg x))")]
    [InlineData("(-x)^2", "(Power (neg x) 2)")]
    [InlineData("1.275", "51/40")]
    [InlineData(".5", "1/2")]
    [InlineData("2*pi", "(Multiply 2 pi)")]
    [InlineData("x[i,j+1]", "(x[] i (Add j 1))")]
    [InlineData("x [i]", "(x[] i)")]
    [InlineData("a*[b=c]", "(Multiply a [(or (and (Equal b c)))])")]
    [InlineData("a·b×c−d", "(Subtract (Multiply (Multiply a b) c) d)")]
    [InlineData("D", "D")]
    [InlineData("D*C", "(Multiply D C)")]
    [InlineData("D(y[n],x)", "(D (y[] n) x)")]
    [InlineData("D(y, x[i] | m, v)", "(D y (x[] i) |m |v)")]
    [InlineData("D[1]", "(D[] 1)")]
    public void Operators_bind_as_the_notation_says(string text, string tree) => Assert.Equal(tree, Trees.Spelled(Parser.Expression(text)));

    [Theory]
    [InlineData("sum(k:K) a[k]*b[k]/c + d", "(Add (Sum k count K (Divide (Multiply (a[] k) (b[] k)) c)) d)")]
    [InlineData("sum(k:K) a[k]^2 - 1", "(Subtract (Sum k count K (Power (a[] k) 2)) 1)")]
    [InlineData("2*sum(k:K) a*b", "(Multiply 2 (Sum k count K (Multiply a b)))")]
    [InlineData("-sum(k:K) a*b", "(neg (Sum k count K (Multiply a b)))")]
    [InlineData("a/sum(k:K) b*c", "(Divide a (Sum k count K (Multiply b c)))")]
    [InlineData("sum(i:0..K) i", "(Sum i from 0 to K i)")]
    [InlineData("sum(i:1..2*K-1) i", "(Sum i from 1 to (Subtract (Multiply 2 K) 1) i)")]
    [InlineData("sum(c,r:R) x[c,r]", "(Sum c r count R (x[] c r))")]
    [InlineData("prod(i:N | i!=2) i", "(Prod i count N | (or (and (NotEqual i 2))) i)")]
    [InlineData("max(k:K) z[k]", "(Max k count K (z[] k))")]
    [InlineData("max(0,x)", "(Max 0 x)")]
    [InlineData("max(x)", "(Max x)")]
    [InlineData("min(k:0..K-1) z[k]*2", "(Min k from 0 to (Subtract K 1) (Multiply (z[] k) 2))")]
    [InlineData("min(a,b)*2", "(Multiply (Min a b) 2)")]
    [InlineData("sum(a:2) sum(b:3) c*d", "(Sum a count 2 (Sum b count 3 (Multiply c d)))")]
    public void A_reduction_takes_the_whole_following_term(string text, string tree) => Assert.Equal(tree, Trees.Spelled(Parser.Expression(text)));

    [Theory]
    [InlineData("exp")]
    [InlineData("log")]
    [InlineData("sqrt")]
    [InlineData("abs")]
    [InlineData("tanh")]
    [InlineData("floor")]
    [InlineData("ceil")]
    [InlineData("sign")]
    [InlineData("erf")]
    [InlineData("erfc")]
    [InlineData("log1p")]
    [InlineData("cos")]
    [InlineData("sin")]
    public void Every_function_of_one_argument_is_read(string name)
    {
        Assert.Equal(name, ((Application)Parser.Expression($"{name}(x)")).Function.ToString().ToLowerInvariant());
        Assert.Contains("1 argument", Assert.Throws<NotationException>(() => Parser.Expression($"{name}(x,y)")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mod_has_two_arguments()
    {
        Assert.Equal("(Mod a b)", Trees.Spelled(Parser.Expression("mod(a,b)")));
        Assert.Throws<NotationException>(() => Parser.Expression("mod(a)"));
    }

    [Theory]
    [InlineData("a = b", "(or (and (Equal a b)))")]
    [InlineData("a < b <= c", "(or (and (Less a b) (LessOrEqual b c)))")]
    [InlineData("a > b and c >= d or e != f", "(or (and (Greater a b) (GreaterOrEqual c d)) (and (NotEqual e f)))")]
    [InlineData("0 ≤ a ≠ b ≥ c", "(or (and (LessOrEqual 0 a) (NotEqual a b) (GreaterOrEqual b c)))")]
    public void Chains_of_relations_and_alternatives_are_read(string text, string tree) => Assert.Equal(tree, Trees.Spelled(Parser.Condition(text)));

    [Fact]
    public void Comments_end_with_the_line_and_lines_go_on_where_they_cannot_end()
    {
        const string text = """
            # a comment alone
            y[i:N] = x[i] -- the first
                + 2*          # after an operator
                x[i]
                * max(0,      -- while a bracket is open

                  x[i])
            z = 1
            """;
        var lines = Parser.Lines(text, new Place(1, 1)).Cast<EquationLine>().ToArray();
        Assert.Equal(["(Add (x[] i) (Multiply (Multiply 2 (x[] i)) (Max 0 (x[] i))))", "1"], lines.Select(line => Trees.Spelled(line.Sides[0])));
        Assert.Equal([new Place(2, 1), new Place(8, 1)], lines.Select(line => line.Place));
    }

    [Fact]
    public void A_chain_of_right_sides_goes_on_with_an_equals_sign()
    {
        EquationLine line = Parser.Equation("y = 1\n  = 2 -- why\n  = 3");
        Assert.Equal(["1", "2", "3"], line.Sides.Select(Trees.Spelled));
        Assert.Equal(new Place(2, 5), line.Sides[1].Place);
    }

    [Fact]
    public void Every_kind_of_line_is_read()
    {
        var lines = Parser.Lines("""
            given x[N,C/G], t in {0,1/2,-1}, label[N] in 0..K-1, keep in (0,1], p[N] in [0,1), sigma > 0, m[2] != 0
            where mod(C,G) = 0 and K > 1
            size P = H - R + 1
            use CV-F1 with w[c,r] = g[r], b[k] = 0
            y[n:N] = x[n,0]
            claim y2 = y
            result y, y2
            """, new Place(1, 1));
        Assert.Equal(["GivenLine", "WhereLine", "SizeLine", "UseLine", "EquationLine", "ClaimLine", "ResultLine"], lines.Select(line => line.GetType().Name));
        var given = ((GivenLine)lines[0]).Declarations;
        Assert.Equal(["x", "t", "label", "keep", "p", "sigma", "m"], given.Select(each => each.Name));
        Assert.Equal(["N", "(Divide C G)"], given[0].Shape.Select(Trees.Spelled));
        Assert.Equal("0, 1/2, -1", string.Join(", ", Assert.IsType<OneOf>(given[1].Domain).Values));
        var label = Assert.IsType<WholeRange>(given[2].Domain);
        Assert.Equal(("0", "(Subtract K 1)"), (Trees.Spelled(label.First), Trees.Spelled(label.Last)));
        Assert.Equal((false, true), (Assert.IsType<Interval>(given[3].Domain).LowIsIn, Assert.IsType<Interval>(given[3].Domain).HighIsIn));
        Assert.Equal((true, false), (Assert.IsType<Interval>(given[4].Domain).LowIsIn, Assert.IsType<Interval>(given[4].Domain).HighIsIn));
        Assert.Equal(Relation.Greater, Assert.IsType<Compared>(given[5].Domain).Relation);
        Assert.Equal(Relation.NotEqual, Assert.IsType<Compared>(given[6].Domain).Relation);
        Assert.Equal(["w", "b"], ((UseLine)lines[3]).With.Select(with => with.Left.Name));
        Assert.Equal(["y", "y2"], ((ResultLine)lines[6]).Names);
    }

    [Fact]
    public void A_range_may_begin_with_a_parenthesis() =>
        Assert.Equal("(Multiply (Add a 1) 2)", Trees.Spelled(((WholeRange)Parser.Declarations("x in (a+1)*2..9").Declarations[0].Domain!).First));

    [Fact]
    public void A_keyword_may_be_the_name_of_a_value() =>
        Assert.Equal(["size", "use"], Parser.Lines("size = 1\nuse[i:2] = i", new Place(1, 1)).Cast<EquationLine>().Select(line => line.Left.Name));

    [Fact]
    public void A_matrix_is_a_whole_right_side() =>
        Assert.Equal("(matrix 1 (neg 1) ; (Divide 1 2) 0)", Trees.Spelled(Parser.Equation("B[i:2,j:2] = [[1,-1],\n [1/2,0]]").Sides[0]));

    [Fact]
    public void A_bracket_of_a_bracket_is_no_matrix() =>
        Assert.Equal("[(or (and (Equal [(or (and (Equal a 1)))] 1)))]", Trees.Spelled(Parser.Equation("y = [([a=1])=1]").Sides[0]));

    [Theory]
    [InlineData("eq CV-F1", BlockKind.Equation, "CV-F1", null, null, null, null)]
    [InlineData("eq CV-B1 = gradient of CV-F1 by x", BlockKind.Equation, "CV-B1", "CV-F1", "x", null, null)]
    [InlineData("eq CV-I2 = CV-I1, only if sh = 1 and max(a,b) = 0", BlockKind.Equation, "CV-I2", "CV-I1", null, null, "sh = 1 and max(a,b) = 0")]
    [InlineData("eq CV-X1 = gradient of CV-F1 by x, refuted: w is not rotated, by 180°", BlockKind.Equation, "CV-X1", "CV-F1", "x", "w is not rotated, by 180°", null)]
    [InlineData("derivation CV-B3", BlockKind.Derivation, "CV-B3", null, null, null, null)]
    public void Heads_are_read(string text, BlockKind kind, string id, string? of, string? by, string? refuted, string? onlyIf)
    {
        Head head = Parser.Head(text, new Place(1, 1));
        Assert.Equal((kind, id, of, by, refuted, onlyIf), (head.Kind, head.Id, head.Of, head.By, head.Refuted, head.OnlyIf?.ToString()));
    }

    [Fact]
    public void Blocks_are_found_between_other_text_and_know_their_places()
    {
        const string text = "# T\n\n```csharp\neq = 1\n```\n```eq A-1\ny = 2\n```\ntext\n  ```eq A-2\n  y = 3\n  ```\n";
        var blocks = Markdown.Blocks(text, "t.md", wrong => throw wrong);
        Assert.Equal([("A-1", 6, 7), ("A-2", 10, 11)], blocks.Select(block => (block.Head.Id, block.Head.Place.Line, block.Lines[0].Place.Line)));
        Assert.All(blocks, block => Assert.Equal("t.md", block.File));
    }

    [Fact]
    public void What_is_printed_reads_back_as_the_same_tree()
    {
        var random = new Random(11);
        for (int i = 0; i < 2000; i++)
        {
            Expression tree = Trees.Next(random, random.Next(1, 5), fractions: false);
            string text = tree.ToString();
            Expression back = Parser.Expression(text);
            Assert.Equal(text, back.ToString());
            Assert.Equal(Trees.Spelled(tree), Trees.Spelled(back));
            Assert.Equal(Trees.Spelled(tree), Trees.Spelled(Parser.Equation("y = " + text).Sides[0]));
        }
    }

    [Fact]
    public void What_is_printed_of_fractions_and_negative_numbers_prints_the_same_once_read()
    {
        var random = new Random(12);
        for (int i = 0; i < 2000; i++)
        {
            string text = Trees.Next(random, random.Next(1, 5), fractions: true).ToString();
            Assert.Equal(text, Parser.Expression(text).ToString());
        }
    }

    [Fact]
    public void The_documentation_prints_and_reads_back_as_it_is() =>
        Assert.All(DocsLibrary.Blocks.SelectMany(block => block.Lines).OfType<EquationLine>().SelectMany(line => line.Sides).Where(side => side is not Matrix),   // a matrix is a whole right side, no expression
            side => Assert.Equal(Trees.Spelled(Parser.Expression(side.ToString())), Trees.Spelled(Parser.Expression(Parser.Expression(side.ToString()).ToString()))));
}
