namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>A formula as people write it, in the three languages in which it can be shown.</summary>
/// <remarks>What is shown can be read in one way only: a sum ends where + or − follows, and is in parentheses where anything else does.
/// Indices begin at 0. Symbols and numbers as indices are a subscript, formulas follow the name in parentheses.</remarks>
public sealed class Typeset
{
    private readonly Func<int, Layout> _arrange;
    private readonly bool _isBlock;

    private Typeset(Func<int, Layout> arrange, bool isBlock)
    {
        _arrange = arrange;
        _isBlock = isBlock;
    }

    /// <summary>LaTeX for math mode, without the dollars: amsmath, and amssymb where real numbers are declared.</summary>
    public string Latex => LatexWriter.Write(_arrange(Arranger.MostFractions));

    /// <summary>MathML Core: a math element. Equations and blocks are displayed, the rest stands in a line of text.</summary>
    public string MathML => MathMLWriter.Write(_arrange(Arranger.MostFractions), _isBlock);

    /// <summary>MathML Core in rows and pieces, for pages that are narrower than a formula.</summary>
    public IReadOnlyList<TypesetRow> Rows => _arrange(Arranger.MostFractions) is var layout && layout is Aligned aligned
        ? [.. aligned.Lines.Select(RowOf)]
        : [RowOf(new(null, layout))];

    /// <summary>Text for a terminal: one line, or one for each line of a block and each side of a derivation.</summary>
    public string Plain => PlainWriter.Write(_arrange(0));

    /// <summary>Typesets an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="derivatives">Names, such as dx, that are derivatives of values told elsewhere; d and a name that occurs here is one anyway.</param>
    /// <returns>The formula.</returns>
    public static Typeset Of(Expression expression, IReadOnlySet<string>? derivatives = null) =>
        Make([expression.ToString()], derivatives, false, (arranger, fractions) => arranger.Arrange(expression, fractions));

    /// <summary>Typesets a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="derivatives">Names that are derivatives of values told elsewhere.</param>
    /// <returns>The formula.</returns>
    public static Typeset Of(Condition condition, IReadOnlySet<string>? derivatives = null) =>
        Make([condition.ToString()], derivatives, false, (arranger, fractions) => arranger.Arrange(condition, fractions));

    /// <summary>Typesets the left side of an equation; the ranges of its indices are not shown.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="derivatives">Names that are derivatives of values told elsewhere.</param>
    /// <returns>The formula.</returns>
    public static Typeset Of(LeftSide left, IReadOnlySet<string>? derivatives = null) =>
        Make([left.ToString()], derivatives, false, (arranger, fractions) => new LineArranger(arranger, fractions).Arrange(left));

    /// <summary>Typesets a declaration: what is given, its shape and where its elements lie.</summary>
    /// <param name="declaration">The declaration.</param>
    /// <param name="derivatives">Names that are derivatives of values told elsewhere.</param>
    /// <returns>The formula.</returns>
    public static Typeset Of(Declaration declaration, IReadOnlySet<string>? derivatives = null) =>
        Make(Texts(declaration), derivatives, false, (arranger, fractions) => new LineArranger(arranger, fractions).Arrange(declaration));

    /// <summary>Typesets an equation; several right sides below each other. The ranges of the free indices are not shown.</summary>
    /// <param name="equation">The equation.</param>
    /// <param name="derivatives">Names that are derivatives of values told elsewhere.</param>
    /// <returns>The formula.</returns>
    public static Typeset Of(EquationLine equation, IReadOnlySet<string>? derivatives = null) =>
        Make(Texts(equation), derivatives, true, (arranger, fractions) => new LineArranger(arranger, fractions).Arrange(equation));

    /// <summary>Typesets the lines of a block, with the ranges of the free indices.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="derivatives">Names that are derivatives of values told elsewhere, such as in the forward block of a gradient.</param>
    /// <returns>The formula.</returns>
    public static Typeset Of(IReadOnlyList<Line> lines, IReadOnlySet<string>? derivatives = null) =>
        Make(lines.SelectMany(Texts), derivatives, true, (arranger, fractions) => new LineArranger(arranger, fractions).Arrange(lines));

    private static TypesetRow RowOf(AlignedLine line) => new(
        (line.Left as Words)?.Text.Trim(),
        line.Left is null or Words ? null : MathMLWriter.Piece([line.Left]),
        [.. Pieces.Of(line.Right).Select(term => (IReadOnlyList<string>)[.. term.Select(MathMLWriter.Piece)])],
        line.Place);

    private static Typeset Make(IEnumerable<string> texts, IReadOnlySet<string>? derivatives, bool isBlock, Func<Arranger, int, Layout> arrange)
    {
        // The names that occur are read from the text of the notation: another walk over the tree would say the same at greater length.
        HashSet<string> names = [.. texts.SelectMany(text => Lexer.Tokens(text, new Place(1, 1))).Where(token => token.Kind == TokenKind.Name).Select(token => token.Text)];
        var arranger = new Arranger(name => name is ['d', _, ..] && (names.Contains(name[1..]) || derivatives?.Contains(name) == true));
        return new(fractions => arrange(arranger, fractions), isBlock);
    }

    private static IEnumerable<string> Texts(Line line) => line switch
    {
        GivenLine given => given.Declarations.SelectMany(Texts),
        WhereLine where => [where.Condition.ToString()],
        SizeLine size => [size.Name, size.Value.ToString()],
        UseLine use => use.With.SelectMany(Texts),
        EquationLine equation => [equation.Left.ToString(), .. equation.Sides.Select(side => side.ToString())],
        ClaimLine claim => [claim.Left, claim.Right],
        ResultLine result => result.Names,
        _ => [],
    };

    private static IEnumerable<string> Texts(Declaration declaration) => [declaration.Name, .. declaration.Shape.Select(length => length.ToString())];
}
