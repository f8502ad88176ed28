using System.Globalization;
using System.Numerics;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <summary>Reads the index notation (docs/notation.md), by recursive descent, in time linear in the text.</summary>
public sealed partial class Parser
{
    /// <summary>How many characters a block may have.</summary>
    public const int MostCharacters = 1 << 16;

    /// <summary>How deep parentheses, functions and reductions may be nested.</summary>
    public const int MostNesting = 64;

    /// <summary>How many operators a formula may have.</summary>
    public const int MostOperators = 1000;

    /// <summary>How many digits a number may have.</summary>
    public const int MostDigits = 60;

    /// <summary>How many indices a reduction or a left side may have.</summary>
    public const int MostIndices = 32;

    /// <summary>How many characters a name or an id may have.</summary>
    public const int MostName = 100;

    private static readonly Dictionary<string, Function> Functions = Enum.GetValues<Function>().ToDictionary(NameOf);
    private static readonly Dictionary<string, ReductionKind> Reductions = Enum.GetValues<ReductionKind>().ToDictionary(NameOf);
    private static readonly Dictionary<string, Relation> Relations = new()
    {
        ["="] = Relation.Equal,
        ["!="] = Relation.NotEqual,
        ["<"] = Relation.Less,
        ["<="] = Relation.LessOrEqual,
        [">"] = Relation.Greater,
        [">="] = Relation.GreaterOrEqual,
    };

    private static readonly HashSet<string> Keywords = ["given", "where", "size", "use", "claim", "result"];
    private static readonly HashSet<string> Reserved = [.. Functions.Keys, .. Reductions.Keys, "pi", "and", "or"];

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;
    private int _operators;

    private Parser(string text, Place start)
    {
        if (text.Length > MostCharacters)
            throw new NotationException($"expected a block of at most {MostCharacters} characters, got {text.Length}.", start);
        _tokens = Lexer.Tokens(text, start);
    }

    private Token Now => _tokens[_at];

    /// <summary>What the notation calls a function.</summary>
    /// <param name="function">The function.</param>
    public static string NameOf(Function function) => function.ToString().ToLowerInvariant();

    /// <summary>What the notation calls a reduction.</summary>
    /// <param name="kind">The reduction.</param>
    public static string NameOf(ReductionKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>True for names that the language keeps for itself.</summary>
    /// <param name="name">The name.</param>
    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The expression.</returns>
    /// <exception cref="NotationException">The text is malformed.</exception>
    public static Expression Expression(string text) => Whole(text, parser => parser.ReadExpression());

    /// <summary>Reads a condition.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="NotationException">The text is malformed.</exception>
    public static Condition Condition(string text) => Whole(text, parser => parser.ReadCondition());

    /// <summary>Reads one equation, such as y[i:N] = x[i]^2.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The equation.</returns>
    /// <exception cref="NotationException">The text is malformed.</exception>
    public static EquationLine Equation(string text) => Whole(text, parser => parser.ReadEquation());

    /// <summary>Reads declarations as a given line has them, such as x[H,W], t in {0,1}.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The declarations.</returns>
    /// <exception cref="NotationException">The text is malformed.</exception>
    public static GivenLine Declarations(string text) => Whole(text, parser => new GivenLine(parser.List(parser.ReadDeclaration)));

    /// <summary>Reads the lines of a block.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="start">Where they begin in their file.</param>
    /// <returns>The lines.</returns>
    /// <exception cref="NotationException">The text is malformed.</exception>
    public static IReadOnlyList<Line> Lines(string text, Place start)
    {
        var parser = new Parser(text, start);
        var lines = new List<Line>();
        while (parser.Now.Kind != TokenKind.End)
        {
            lines.Add(parser.ReadLine());
            parser.EndOfLine();
        }
        return lines;
    }

    /// <summary>Reads the head of a block, such as eq CV-B1 = gradient of CV-F1 by x.</summary>
    /// <param name="text">What stands behind the fence.</param>
    /// <param name="start">Where it begins in its file.</param>
    /// <returns>The head.</returns>
    /// <exception cref="NotationException">The text is malformed.</exception>
    public static Head Head(string text, Place start)
    {
        // A slip is free text, so it is cut off before the rest is read; a condition may hold commas, so it comes last.
        Condition? onlyIf = null;
        string? refuted = null;
        string rest = text;
        if (Cut(", only if ") is var (condition, at))
            onlyIf = Whole(condition, parser => parser.ReadCondition(), start with { Column = start.Column + at });
        if (Cut(", refuted:") is var (slip, _))
        {
            refuted = slip.Trim();
            if (refuted.Length == 0)
                throw new NotationException("expected the name of the slip after 'refuted:', got nothing.", start);
        }
        return Whole(rest, parser =>
        {
            Token kind = parser.Next(TokenKind.Name, "'eq' or 'derivation'");
            if (kind.Text is not ("eq" or "derivation"))
                throw Unexpected("'eq' or 'derivation'", kind);
            var head = new Head(kind.Text == "eq" ? BlockKind.Equation : BlockKind.Derivation, parser.ReadId())
            {
                Refuted = refuted,
                OnlyIf = onlyIf,
                Place = start,
            };
            if (!parser.TryTake("="))
                return head;
            if (parser.Now is { Kind: TokenKind.Name, Text: "gradient" } && parser._tokens[parser._at + 1].Text == "of")
            {
                parser._at += 2;
                head = head with { Of = parser.ReadId() };
                parser.Take("by", "the variable of the gradient");
                return head with { By = parser.Next(TokenKind.Name, "the name of a variable").Text };
            }
            return head with { Of = parser.ReadId() };
        }, start);

        (string Text, int At)? Cut(string mark)
        {
            int at = rest.IndexOf(mark, StringComparison.Ordinal);
            if (at < 0)
                return null;
            string tail = rest[(at + mark.Length)..];
            rest = rest[..at];
            return (tail, at + mark.Length);
        }
    }

    private static T Whole<T>(string text, Func<Parser, T> read, Place? start = null)
    {
        var parser = new Parser(text, start ?? new Place(1, 1));
        T result = read(parser);
        if (parser.Now.Kind == TokenKind.EndOfLine)
            parser._at++;
        if (parser.Now.Kind != TokenKind.End)
            throw parser.Trailing();
        return result;
    }

    private Condition ReadCondition()
    {
        var any = new List<IReadOnlyList<Comparison>>();
        do
        {
            var all = new List<Comparison>();
            do
                ReadChain(all);
            while (TryTakeWord("and"));
            any.Add(all);
        }
        while (TryTakeWord("or"));
        return new(any);
    }

    private void ReadChain(List<Comparison> all)
    {
        Expression left = ReadExpression();
        if (Now.Kind != TokenKind.Sign || !Relations.ContainsKey(Now.Text))
            throw Unexpected("a relation: = != < <= > >=", Now);
        while (Now.Kind == TokenKind.Sign && Relations.TryGetValue(Now.Text, out Relation relation))
        {
            _at++;
            Expression right = ReadExpression();
            all.Add(new(left, relation, right));
            left = right;
        }
    }

    private Expression ReadExpression()
    {
        Enter();
        Expression left = ReadTerm();
        while (Now is { Kind: TokenKind.Sign, Text: "+" or "-" } sign)
        {
            Operate();
            left = new Operation(sign.Text == "+" ? Operator.Add : Operator.Subtract, left, ReadTerm()) { Place = sign.Place };
        }
        _depth--;
        return left;
    }

    private Expression ReadTerm()
    {
        Expression left = ReadFactor();
        while (Now is { Kind: TokenKind.Sign, Text: "*" or "/" } sign)
        {
            Operate();
            left = new Operation(sign.Text == "*" ? Operator.Multiply : Operator.Divide, left, ReadFactor()) { Place = sign.Place };
        }
        return left;
    }

    private Expression ReadFactor()
    {
        if (Now is not { Kind: TokenKind.Sign, Text: "-" } sign)
            return ReadPower();
        Enter();
        Operate();
        var negation = new Negation(ReadFactor()) { Place = sign.Place };
        _depth--;
        return negation;
    }

    private Expression ReadPower()
    {
        Expression left = ReadAtom();
        if (Now is not { Kind: TokenKind.Sign, Text: "^" } sign)
            return left;
        Enter();
        Operate();
        var power = new Operation(Operator.Power, left, ReadFactor()) { Place = sign.Place };
        _depth--;
        return power;
    }

    private Expression ReadAtom()
    {
        Token token = Now;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                return new Number(Decimal(token)) { Place = token.Place };
            case TokenKind.Sign when token.Text == "(":
                _at++;
                Expression inner = ReadExpression();
                Close(")", token);
                return inner;
            case TokenKind.Sign when token.Text == "[":
                _at++;
                Condition condition = ReadCondition();
                Close("]", token);
                return new Bracket(condition) { Place = token.Place };
            case TokenKind.Name:
                _at++;
                return ReadNamed(token);
            default:
                throw Unexpected("a number, a name, '(', '[' or a function", token);
        }
    }

    private Expression ReadNamed(Token name)
    {
        bool open = Now is { Kind: TokenKind.Sign, Text: "(" };
        if (name.Text == "pi")
            return new Pi { Place = name.Place };
        if (Reductions.TryGetValue(name.Text, out ReductionKind kind) && (kind < ReductionKind.Max || open && _at + 2 < _tokens.Count && _tokens[_at + 2].Text == ":"))
            return ReadReduction(name, kind);
        if (Functions.TryGetValue(name.Text, out Function function))
            return ReadApplication(name, function);
        if (name.Text == "D" && open)
            return ReadDerivative(name);
        if (open)
            throw new NotationException($"expected a function before '(', got '{name.Text}'; a product is written with *, an index in [ ]. Functions: {string.Join(' ', Functions.Keys)}.", name.Place);
        if (Reserved.Contains(name.Text))
            throw Unexpected("a value", name);
        return ReadReference(name);
    }

    private Expression ReadReference(Token name)
    {
        if (Now is not { Kind: TokenKind.Sign, Text: "[" } open)
            return new Symbol(name.Text) { Place = name.Place };
        _at++;
        var indices = List(ReadExpression);
        Close("]", open);
        return new Element(name.Text, indices) { Place = name.Place };
    }

    private Reduction ReadReduction(Token name, ReductionKind kind)
    {
        Token open = Now;
        Take("(", $"the indices of {name.Text}");
        var binders = ReadBinders();
        Condition? where = TryTake("|") ? ReadCondition() : null;
        Close(")", open);
        Enter();
        Expression body = ReadTerm();
        _depth--;
        return new(kind, binders, where, body) { Place = name.Place };
    }

    private Application ReadApplication(Token name, Function function)
    {
        Token open = Now;
        Take("(", $"the argument of {name.Text}");
        var arguments = List(ReadExpression);
        Close(")", open);
        int wanted = function == Function.Mod ? 2 : 1;
        if (function is not (Function.Max or Function.Min) && arguments.Count != wanted)
            throw new NotationException($"expected {wanted} argument{(wanted == 1 ? "" : "s")} of {name.Text}, got {arguments.Count}.", name.Place);
        return new(function, arguments) { Place = name.Place };
    }

    private Derivative ReadDerivative(Token name)
    {
        Token open = Now;
        Take("(", "the arguments of D");
        Expression of = ReadReference(Next(TokenKind.Name, "the value that is derived"));
        Take(",", "the variable of the derivative");
        Expression by = ReadReference(Next(TokenKind.Name, "the variable of the derivative"));
        var held = TryTake("|") ? List(() => Next(TokenKind.Name, "the name of a value that is held fixed").Text) : [];
        Close(")", open);
        return new(of, by, held) { Place = name.Place };
    }

    private List<Binder> ReadBinders()
    {
        Place place = Now.Place;
        var binders = List(ReadBinder);
        return binders.Count <= MostIndices ? binders : throw new NotationException($"expected at most {MostIndices} indices, got {binders.Count}.", place);
    }

    private Binder ReadBinder()
    {
        Place place = Now.Place;
        string name = NewName("the name of an index");
        if (!TryTake(":"))
            return new(name, null, null) { Place = place };
        Expression first = ReadExpression();
        return TryTake("..")
            ? new(name, first, ReadExpression()) { Place = place }
            : new(name, null, first) { Place = place };
    }

    // An id such as CV-F1 is several tokens with no space between them.
    private string ReadId()
    {
        Token first = Next(TokenKind.Name, "an id, such as CV-F1");
        string id = first.Text;
        int stop = first.Stop;
        while (Now.Start == stop && (Now.Kind is TokenKind.Name or TokenKind.Number || Now.Text == "-"))
        {
            id += Now.Text;
            stop = _tokens[_at++].Stop;
        }
        if (id.Length > MostName)
            throw new NotationException($"expected an id of at most {MostName} characters, got {id.Length}.", first.Place);
        return id;
    }

    private string NewName(string wanted)
    {
        Token name = Next(TokenKind.Name, wanted);
        return Reserved.Contains(name.Text) ? throw new NotationException($"expected {wanted}, got '{name.Text}', which the notation keeps for itself.", name.Place) : name.Text;
    }

    private static Rational Decimal(Token token)
    {
        int point = token.Text.IndexOf('.', StringComparison.Ordinal), decimals = point < 0 ? 0 : token.Text.Length - point - 1;
        string digits = token.Text.Replace(".", "", StringComparison.Ordinal);
        if (digits.Length > MostDigits)
            throw new NotationException($"expected a number of at most {MostDigits} digits, got {digits.Length}.", token.Place);
        return new(BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), BigInteger.Pow(10, decimals));
    }

    private List<T> List<T>(Func<T> read)
    {
        var list = new List<T> { read() };
        while (TryTake(","))
            list.Add(read());
        return list;
    }

    private void Enter()
    {
        if (++_depth > MostNesting)
            throw new NotationException($"expected at most {MostNesting} levels of nesting, got more.", Now.Place);
    }

    // Bounds the height of the tree, over which everything else recurses.
    private void Operate()
    {
        if (++_operators > MostOperators)
            throw new NotationException($"expected at most {MostOperators} operators in a formula, got more.", Now.Place);
        _at++;
    }

    private Token Next(TokenKind kind, string wanted)
    {
        if (Now.Kind != kind)
            throw Unexpected(wanted, Now);
        return _tokens[_at++];
    }

    private void Take(string text, string wanted)
    {
        if (Now.Text != text || Now.Kind is TokenKind.End or TokenKind.EndOfLine)
            throw Unexpected($"'{text}' and {wanted}", Now);
        _at++;
    }

    private void Close(string text, Token open)
    {
        if (Now.Text != text)
            throw Unexpected($"'{text}' to close the '{open.Text}' of column {open.Place.Column}", Now);
        _at++;
    }

    private bool TryTake(string sign)
    {
        bool there = Now.Kind == TokenKind.Sign && Now.Text == sign;
        if (there)
            _at++;
        return there;
    }

    private bool TryTakeWord(string word)
    {
        bool there = Now.Kind == TokenKind.Name && Now.Text == word;
        if (there)
            _at++;
        return there;
    }

    private static NotationException Unexpected(string wanted, Token token) => new($"expected {wanted}, got {token}.", token.Place);
}
