using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>The layout of declarations, equations and whole blocks.</summary>
internal sealed class LineArranger(Arranger arranger, int fractions)
{
    private static readonly Layout Reals = new Identifier("ℝ", true);

    // Where an index runs is said below the first equation that has it, and again where it runs elsewhere.
    private readonly Dictionary<string, string> _said = [];

    public Layout Arrange(LeftSide left) => arranger.Indexed(left.Name, [.. left.Indices.Select(index => new Symbol(index.Name))]);

    public Layout Arrange(EquationLine equation) => equation.Sides.Count == 1
        ? Row.Of(Arrange(equation.Left), Equal(equation.Sides[0]))
        : new Aligned([.. Sides(equation)]);

    public Layout Arrange(Declaration declaration)
    {
        Layout name = arranger.Indexed(declaration.Name, []);
        if (declaration is { Shape: [], Domain: Compared alone })
            return Row.Of(name, Arranger.Related(alone.Relation), Constant(alone.Bound));
        Layout? shape = declaration.Shape.Count == 0 ? null
            : Row.Joined(declaration.Shape.Select(length => length is Symbol or Number ? arranger.Arrange(length, 0) : new Fence("(", arranger.Arrange(length, 0), ")")), new Sign("×", SignKind.Infix));
        Layout domain = declaration.Domain switch
        {
            null => Reals,
            OneOf oneOf => new Fence("{", Row.Joined(oneOf.Values.Select(Constant), Arranger.Comma), "}"),
            WholeRange range => new Fence("{", Row.Of(arranger.Arrange(range.First, 0), Arranger.Comma, new Identifier("…", true), Arranger.Comma, arranger.Arrange(range.Last, 0)), "}"),
            Interval interval => new Fence(interval.LowIsIn ? "[" : "(", Row.Of(arranger.Arrange(interval.Low, 0), Arranger.Comma, arranger.Arrange(interval.High, 0)), interval.HighIsIn ? "]" : ")"),
            Compared compared => new Script(Reals, Row.Of(Arranger.Related(compared.Relation), Constant(compared.Bound)), shape),
            _ => throw new InvalidOperationException($"no layout for {declaration.Domain.GetType().Name}."),
        };
        if (shape is not null && domain is not Script)
            domain = new Script(domain, null, shape);
        return Row.Of(name, new Sign("∈", SignKind.Relation), domain);
    }

    public Layout Arrange(IReadOnlyList<Line> lines) => new Aligned([.. lines.SelectMany(Rows)]);

    private IEnumerable<AlignedLine> Rows(Line line) => line switch
    {
        GivenLine given => [Labelled("given", Listed(given.Declarations.Select(Arrange)))],
        WhereLine where => [Labelled("where", arranger.Arrange(where.Condition, fractions))],
        SizeLine size => [new(Names.Of(size.Name), Equal(size.Value))],
        UseLine use => [Labelled("use", Row.Of([new Words(use.Id), .. use.With.Count == 0 ? (Layout[])[] : [new Words(" with "), Listed(use.With.Select(Arrange))]]))],
        EquationLine equation => Sides(equation).Concat(Ranges(equation.Left)),
        ClaimLine claim => [Labelled("claim", Row.Of(Value(claim.Left), Arranger.Related(Relation.Equal), Value(claim.Right)))],
        ResultLine result => [Labelled("result", Listed(result.Names.Select(Value)))],
        _ => throw new InvalidOperationException($"no layout for {line.GetType().Name}."),
    };

    private IEnumerable<AlignedLine> Sides(EquationLine equation) =>
        equation.Sides.Select((side, at) => new AlignedLine(at == 0 ? Arrange(equation.Left) : null, Equal(side), equation.SidePlaces.ElementAtOrDefault(at)));

    private IEnumerable<AlignedLine> Ranges(LeftSide left)
    {
        Binder[] unsaid = [.. left.Indices.Where(index => index.Bound is not null && _said.GetValueOrDefault(index.Name) != index.ToString())];
        foreach (Binder index in unsaid)
            _said[index.Name] = index.ToString();
        return unsaid.Length == 0 ? [] : [Labelled("for", Listed(unsaid.Select(arranger.Range)))];
    }

    private Layout Equal(Expression side) => Row.Of(Arranger.Related(Relation.Equal), arranger.Arrange(side, fractions));

    private Layout Value(string name) => arranger.Indexed(name, []);

    private Layout Constant(Rational value) => arranger.Arrange(new Number(value), 0);

    private static Layout Listed(IEnumerable<Layout> items) => Row.Joined(items, Row.Of(Arranger.Comma, new Words(" ")));

    private static AlignedLine Labelled(string label, Layout right) => new(new Words(label + " "), right);
}
