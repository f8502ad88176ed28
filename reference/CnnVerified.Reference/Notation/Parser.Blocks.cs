using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <content>The lines of a block.</content>
public sealed partial class Parser
{
    private Line ReadLine()
    {
        Token first = Now, second = _tokens[Math.Min(_at + 1, _tokens.Count - 1)];
        bool isKeyword = first.Kind == TokenKind.Name && Keywords.Contains(first.Text) && second.Text is not ("[" or "=");
        if (isKeyword)
            _at++;
        Line line = !isKeyword ? ReadEquation() : first.Text switch
        {
            "given" => new GivenLine(List(ReadDeclaration)),
            "where" => new WhereLine(ReadCondition()),
            "size" => ReadSize(),
            "use" => ReadUse(),
            "claim" => ReadClaim(),
            _ => new ResultLine(List(() => Next(TokenKind.Name, "the name of a value").Text)),
        };
        return line with { Place = first.Place };
    }

    private void EndOfLine()
    {
        if (Now.Kind == TokenKind.EndOfLine)
            _at++;
        else if (Now.Kind != TokenKind.End)
            throw Trailing();
    }

    private NotationException Trailing() => Unexpected(
        Now.Kind is TokenKind.Name or TokenKind.Number || Now.Text == "(" ? "an operator or the end of the line (a product is written with *)" : "an operator or the end of the line", Now);

    private SizeLine ReadSize()
    {
        string name = NewName("the name of a size");
        Take("=", "the value of the size");
        return new(name, ReadExpression());
    }

    private UseLine ReadUse()
    {
        string id = ReadId();
        var with = new List<EquationLine>();
        if (Now is { Kind: TokenKind.Name, Text: "with" })
        {
            _at++;
            do
                with.Add(ReadEquation());
            while (TryTake(","));
        }
        return new(id, with);
    }

    private ClaimLine ReadClaim()
    {
        string left = Next(TokenKind.Name, "the name of a value").Text;
        Take("=", "the other value");
        return new(left, Next(TokenKind.Name, "the name of a value").Text);
    }

    private EquationLine ReadEquation()
    {
        Place place = Now.Place;
        string name = NewName("the name of a value");
        var indices = new List<Binder>();
        if (Now is { Kind: TokenKind.Sign, Text: "[" } open)
        {
            _at++;
            indices = ReadBinders();
            Close("]", open);
        }
        Take("=", $"the right side of {name}");
        var sides = new List<Expression>();
        var places = new List<Place>();
        do
        {
            places.Add(Now.Place);
            sides.Add(ReadRightSide());
        }
        while (TryTake("="));
        return new(new(name, indices), sides) { Place = place, SidePlaces = places };
    }

    private Expression ReadRightSide()
    {
        _operators = 0;
        Token open = Now;
        if (open.Text != "[" || _tokens[_at + 1].Text != "[")
            return ReadExpression();
        _at++;
        var rows = List(() =>
        {
            Token row = Now;
            Take("[", "a row of the matrix");
            var entries = List(ReadExpression);
            Close("]", row);
            return (IReadOnlyList<Expression>)entries;
        });
        Close("]", open);
        if (rows.FirstOrDefault(row => row.Count != rows[0].Count) is { } uneven)
            throw new NotationException($"expected rows of equal length, got one of {rows[0].Count} and one of {uneven.Count}.", open.Place);
        return new Matrix(rows) { Place = open.Place };
    }

    private Declaration ReadDeclaration()
    {
        Token name = Now;
        NewName("the name of a tensor or scalar");
        var shape = new List<Expression>();
        if (Now is { Kind: TokenKind.Sign, Text: "[" } open)
        {
            _at++;
            shape = List(ReadExpression);
            Close("]", open);
        }
        Domain? domain = null;
        if (Now is { Kind: TokenKind.Name, Text: "in" })
        {
            _at++;
            domain = ReadDomain();
        }
        else if (Now.Kind == TokenKind.Sign && Relations.TryGetValue(Now.Text, out Relation relation))
        {
            _at++;
            domain = new Compared(relation, Constant());
        }
        return new(name.Text, shape, domain) { Place = name.Place };
    }

    private Domain ReadDomain()
    {
        Token open = Now;
        if (TryTake("{"))
        {
            var values = List(Constant);
            Close("}", open);
            return new OneOf(values);
        }
        // (a,b] is an interval, (a)..b a range that begins with a parenthesis.
        if (open.Text == "[" || open.Text == "(" && IsInterval())
        {
            _at++;
            Expression low = ReadExpression();
            Take(",", "the upper end of the interval");
            Expression high = ReadExpression();
            if (Now.Text is not (")" or "]"))
                throw Unexpected("')' or ']' after the upper end of the interval", Now);
            return new Interval(low, high, open.Text == "[", _tokens[_at++].Text == "]");
        }
        Expression first = ReadExpression();
        Take("..", "the last number of the range");
        return new WholeRange(first, ReadExpression());
    }

    private bool IsInterval()
    {
        int depth = 0;
        for (int i = _at; _tokens[i].Kind is not (TokenKind.End or TokenKind.EndOfLine); i++)
        {
            string text = _tokens[i].Text;
            depth += text is "(" or "[" ? 1 : text is ")" or "]" ? -1 : 0;
            if (depth == 0)
                return false;
            if (depth == 1 && text == ",")
                return true;
        }
        return false;
    }

    private Rational Constant()
    {
        Place place = Now.Place;
        return ReadExpression() is var value && Constants.Value(value) is { } constant
            ? constant
            : throw new NotationException($"expected a number, got '{value}'.", place);
    }
}
