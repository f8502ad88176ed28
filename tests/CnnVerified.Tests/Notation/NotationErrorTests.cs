using CnnVerified.Reference.Notation;
using Xunit;

namespace CnnVerified.Tests.Notation;

/// <summary>Each malformed text gives one message that says what was expected and what came, at the right place.</summary>
public sealed class NotationErrorTests
{
    [Theory]
    [InlineData("y = (a+b", 1, 9, "expected ')' to close the '(' of column 5, got the end")]
    [InlineData("y = a)", 1, 6, "expected an operator or the end of the line, got ')'")]
    [InlineData("y = foo(2)", 1, 5, "expected a function before '(', got 'foo'")]
    [InlineData("y = 2x", 1, 6, "expected an operator or the end of the line (a product is written with *), got 'x'")]
    [InlineData("y = a b", 1, 7, "(a product is written with *), got 'b'")]
    [InlineData("y = a +", 1, 8, "expected a number, a name, '(', '[' or a function, got the end")]
    [InlineData("y = *a", 1, 5, "expected a number, a name, '(', '[' or a function, got '*'")]
    [InlineData("y = x[1", 1, 8, "expected ']' to close the '[' of column 6")]
    [InlineData("y = [a]", 1, 7, "expected a relation")]
    [InlineData("y = sum k", 1, 9, "expected '(' and the indices of sum, got 'k'")]
    [InlineData("y = sum(1:2) 3", 1, 9, "expected the name of an index, got '1'")]
    [InlineData("y = max(", 1, 9, "expected a number, a name, '(', '[' or a function, got the end")]
    [InlineData("y = exp", 1, 8, "expected '(' and the argument of exp, got the end")]
    [InlineData("y = mod(1)", 1, 5, "expected 2 arguments of mod, got 1")]
    [InlineData("y = a $ b", 1, 7, "got '$'")]
    [InlineData("y = a \u0001 b", 1, 7, "got 'U+0001'")]
    [InlineData("y", 1, 2, "expected '=' and the right side of y, got the end")]
    [InlineData("sum = 1", 1, 1, "got 'sum', which the notation keeps for itself")]
    [InlineData("3 = y", 1, 1, "expected the name of a value, got '3'")]
    [InlineData("y[i:2,j:2] = [[1,2],[3]]", 1, 14, "expected rows of equal length, got one of 2 and one of 1")]
    [InlineData("y = D(1,x)", 1, 7, "expected the value that is derived, got '1'")]
    [InlineData("given x in (0", 1, 14, "expected ')' to close the '(' of column 12")]
    [InlineData("given x in {a}", 1, 13, "expected a number, got 'a'")]
    [InlineData("use", 1, 4, "expected an id, such as CV-F1")]
    [InlineData("y = 1\nz = (2", 2, 7, "expected ')' to close the '(' of column 5")]
    public void What_is_no_formula_is_refused_at_its_place(string text, int line, int column, string message)
    {
        var wrong = Assert.Throws<NotationException>(() => Parser.Lines(text, new Place(1, 1)));
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.Equal(new Place(line, column), wrong.Place);
        Assert.DoesNotContain('\n', wrong.Message);
    }

    [Theory]
    [InlineData("y = u[1]", 1, 5, "expected a tensor that is given or defined before, got 'u' (none is)")]
    [InlineData("given x[N]\ny = x[1] + u[1]", 2, 12, "got 'u' (known: x)")]
    [InlineData("given x[N,C]\ny[n:N] = x[n]", 2, 10, "expected 2 indices of x[N,C], got 1")]
    [InlineData("given x[N]\ny = x", 2, 5, "expected 1 index of x[N], got none")]
    [InlineData("given x\ny = x[0]", 2, 5, "expected 0 indices of x, got 1")]
    [InlineData("given x[N], r\ny[n:N] = x[n*r]", 2, 13, "expected a whole-numbered index of x, got the real value n*r")]
    [InlineData("given x[N]\ny = x[pi]", 2, 7, "expected a whole-numbered index of x, got the real value pi")]
    [InlineData("given r\ny = sum(i:0..r) i", 2, 9, "expected a whole-numbered range of i, got the real value r")]
    [InlineData("y = 1\ny = 2", 2, 1, "expected a new name, got y, which is defined already")]
    [InlineData("given x, x\ny = x", 1, 10, "expected a new name, got x")]
    [InlineData("size P = 2\nP = 1", 2, 1, "expected a new name, got P")]
    [InlineData("given x, z\ny = x", 1, 10, "expected every given to be used, got z, which no line uses")]
    [InlineData("y = z + 1\nz = 2", 2, 1, "expected z to be defined before it is used")]
    [InlineData("y = y + 1", 1, 1, "expected y to be defined before it is used")]
    [InlineData("y[i:2] = y[i]", 1, 10, "expected a tensor that is given or defined before, got 'y'")]
    [InlineData("y = sum(i) i", 1, 9, "expected a range for the index i, such as i:N; no tensor is indexed by i alone")]
    [InlineData("given a[N], b[K]\ny = sum(i) a[i]*b[i]", 2, 9, "it runs over N in a and K in b")]
    [InlineData("given a[N]\ny = sum(i) a[i+1]", 2, 9, "no tensor is indexed by i alone")]
    [InlineData("y[i:2,i:2] = 1", 1, 1, "expected each free index once, got i twice")]
    [InlineData("y = sum(i:2,i:3) 1", 1, 13, "expected each bound index once, got i twice")]
    [InlineData("y = [[1]] ", 1, 1, "expected two free indices for a matrix, got 0")]
    [InlineData("y[i:2,j:3] = [[1,2],[3,4]]", 1, 1, "expected 3 columns as the left side says, got 2")]
    [InlineData("y[i:1,j:1] = [[a]]", 1, 16, "expected numbers in a matrix, got a")]
    [InlineData("y = 1 = 2", 1, 9, "a chain stands in a derivation block")]
    [InlineData("claim a = b\ny = 1", 1, 1, "expected a value of the block, got 'a'")]
    [InlineData("y = 1\nresult z", 2, 1, "expected a value of the block, got 'z'")]
    [InlineData("use NO-1\ny = 1", 1, 1, "expected the id of an equation, got 'NO-1'")]
    [InlineData("given x\ny = x\nz = D(x,y)", 3, 5, "expected a value that is defined before, got 'x'")]
    [InlineData("given x\ny = x\nz = D(y,N)*N", 3, 5, "expected a real-valued variable, got 'N'")]
    [InlineData("given x[N], k in 0..2\nsize P = x[0]\ny = k*P", 2, 10, "expected sizes alone in the size P, got x[0]")]
    [InlineData("where N > 1", 1, 1, "expected at least one equation in the block, got none")]
    public void What_means_nothing_is_refused_at_its_place(string text, int line, int column, string message)
    {
        var wrong = Assert.Throws<NotationException>(() => Resolve("eq T-1", text));
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.Equal(new Place(line, column), wrong.Place);
        Assert.DoesNotContain('\n', wrong.Message);
    }

    [Theory]
    [InlineData("eq T-1 = gradient of F-1 by x", "z = 1", "expected an equation for dx, the gradient that the head claims, got none")]
    [InlineData("eq T-1 = gradient of F-1 by q", "dq = 1", "expected a variable of the forward equation, got 'q'")]
    [InlineData("eq T-1 = gradient of F-1 by N", "dN = 1", "expected a real-valued variable, got 'N'")]
    [InlineData("eq T-1 = gradient of NO-1 by x", "dx = 1", "expected the id of an equation, got 'NO-1'; the nearest are F-1")]
    [InlineData("derivation T-9", "dx = 1", "expected an eq block of id T-9 for this derivation, got none")]
    public void A_head_that_does_not_fit_is_refused(string head, string text, string message) =>
        Assert.Contains(message, Assert.Throws<NotationException>(() => Resolve(head, text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("equation A-1", "expected 'eq' or 'derivation', got 'equation'")]
    [InlineData("eq 1", "expected an id, such as CV-F1, got '1'")]
    [InlineData("eq A-1 = gradient of B-1", "expected 'by' and the variable of the gradient, got the end")]
    [InlineData("eq A-1, refuted: ", "expected the name of the slip after 'refuted:', got nothing")]
    [InlineData("eq A-1, only if a", "expected a relation")]
    [InlineData("eq A-1, perhaps", "expected an operator or the end of the line, got ','")]
    public void A_head_that_is_none_is_refused(string head, string message) =>
        Assert.Contains(message, Assert.Throws<NotationException>(() => Parser.Head(head, new Place(1, 1))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_definition_that_leads_back_to_itself_is_refused()
    {
        var library = new Library();
        foreach (Block block in Markdown.Blocks("```eq A-1\nuse A-2\na = 1\n```\n```eq A-2\nuse A-1\nb = 1\n```\n", null, wrong => throw wrong))
            library.Add(block);
        Assert.Contains("A-1 -> A-2 -> A-1", Assert.Throws<NotationException>(() => library.Resolve("A-1", default)).Message, StringComparison.Ordinal);
        Assert.Contains("A-2 -> A-1 -> A-2", Assert.Throws<NotationException>(() => library.Resolve("A-2", default)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("```eq A-1\na = 1\n```\n```eq A-2\nb = 1\n```\n```derivation A-2\nuse A-1\n```\n", "expected at least one equation in the block, got none")]
    [InlineData("```eq A-1\na = 1\n```\n```eq A-2\nuse A-1\n```\n```derivation A-2\na = 1\n```\n", "expected a derivation of an equation that A-2 has, which has none of its own, got one of a")]
    [InlineData("```eq A-1\na = 1\n```\n```derivation A-1\nb = 1\n```\n", "expected a derivation of a, got one of b")]
    public void A_derivation_of_nothing_is_refused(string text, string message)
    {
        var library = new Library();
        var blocks = Markdown.Blocks(text, null, wrong => throw wrong);
        foreach (Block block in blocks.Where(block => block.Head.Kind == BlockKind.Equation))
            library.Add(block);
        Assert.Contains(message, Assert.Throws<NotationException>(() => library.Resolve(blocks[^1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_the_text_does_not_have_is_not_shown()
    {
        var error = new NotationException("expected a, got b.", new Place(1, 200));
        Assert.Equal("f: expected a, got b.", error.Report("short", "f"));
        Assert.Equal("f:1:6: expected a, got b.\n    short\n         ^", new NotationException("expected a, got b.", new Place(1, 6)).Report("short", "f"));
    }

    [Fact]
    public void An_id_is_defined_once()
    {
        var blocks = Markdown.Blocks("```eq A-1\na = 1\n```\n```eq A-1\na = 1\n```\n", "f.md", wrong => throw wrong);
        var library = new Library();
        library.Add(blocks[0]);
        Assert.Contains("got 'A-1' a second time (the first is in f.md)", Assert.Throws<NotationException>(() => library.Add(blocks[1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fence_that_is_not_closed_is_refused_and_the_blocks_before_it_are_read()
    {
        var wrong = new List<NotationException>();
        Assert.Single(Markdown.Blocks("```eq A-1\na = 1\n```\n\n```eq A-2\nb = 1\n", "f.md", wrong.Add));
        Assert.Equal(("expected ``` to close the block, got the end of the file.", new Place(5, 1)), (wrong.Single().Message, wrong.Single().Place));
    }

    [Theory]
    [InlineData("1", 61, "", "expected a number of at most 60 digits, got 61")]
    [InlineData("(", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("-", 1, "-", "expected a number, a name")]
    [InlineData("- ", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("2^", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("exp(", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("x[", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("sum(i:", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("sum(i:2) ", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("[1=", 65, "1", "expected at most 64 levels of nesting")]
    [InlineData("1+", 1001, "1", "expected at most 1000 operators in a formula")]
    [InlineData("1*", 1001, "1", "expected at most 1000 operators in a formula")]
    [InlineData("a+", 40000, "1", "expected a block of at most 65536 characters, got 80005")]
    public void What_is_too_long_or_too_deep_is_refused(string piece, int times, string end, string message) =>
        Assert.Contains(message, Assert.Throws<NotationException>(() => Parser.Lines("y = " + string.Concat(Enumerable.Repeat(piece, times)) + end, new Place(1, 1))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(", 63, "1", ")")]
    [InlineData("x[", 31, "1", "]")]
    [InlineData("1+", 1000, "1", "")]
    [InlineData("a*b/", 500, "1", "")]
    public void What_is_just_short_enough_is_read_and_resolved(string open, int times, string middle, string close)
    {
        string text = $"y = {string.Concat(Enumerable.Repeat(open, times))}{middle}{string.Concat(Enumerable.Repeat(close, times))}";
        Resolve("eq T-1", open == "x[" ? "given x[4] in 0..3\n" + text : text);
    }

    [Fact]
    public void A_report_shows_the_line_and_a_caret_under_the_place()
    {
        const string text = "given x[N]\ny[n:N] = x[n] + 2x[n]\n";
        var wrong = Assert.Throws<NotationException>(() => Parser.Lines(text, new Place(1, 1)));
        Assert.Equal("""
            f.md:2:18: expected an operator or the end of the line (a product is written with *), got 'x'.
                y[n:N] = x[n] + 2x[n]
                                 ^
            """.ReplaceLineEndings("\n"), wrong.Report(text, "f.md"));
    }

    [Fact]
    public void A_report_of_a_long_line_shows_what_is_around_the_place()
    {
        string text = "y = " + string.Concat(Enumerable.Repeat("a + ", 200)) + "2x";
        string[] report = Assert.Throws<NotationException>(() => Parser.Lines(text, new Place(1, 1))).Report(text, "f").Split('\n');
        Assert.Equal(3, report.Length);
        Assert.True(report[1].Length < 130);
        Assert.Equal('x', report[1][report[2].IndexOf('^', StringComparison.Ordinal)]);
    }

    [Fact]
    public void An_error_in_a_file_has_its_place_in_the_file()
    {
        NotationException? wrong = null;
        Markdown.Blocks("# T\n\n```eq A-1\ny = 1\nz = 2y\n```\n", "f.md", each => wrong = each);
        Assert.Equal(new Place(5, 6), wrong!.Place);
        Markdown.Blocks("# T\n\n```eq A-1 = A-2 3\ny = 1\n```\n", "f.md", each => wrong = each);
        Assert.Equal(new Place(3, 17), wrong.Place);
    }

    private static Model Resolve(string head, string lines)
    {
        var library = new Library();
        library.Add(new(Parser.Head("eq F-1", default), Parser.Lines("given x\ny = x*N*sum(i:N) 1", default)));
        return library.Resolve(new Block(Parser.Head(head, new Place(1, 1)), Parser.Lines(lines, new Place(1, 1))));
    }
}
