using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <summary>What a block says of itself.</summary>
public enum BlockKind
{
    /// <summary>eq: definitions and claims.</summary>
    Equation,

    /// <summary>derivation: a chain of equalities.</summary>
    Derivation,
}

/// <summary>The head of a block: <c>eq CV-B1 = gradient of CV-F1 by x, only if sh = 1</c>.</summary>
/// <param name="Kind">eq or derivation.</param>
/// <param name="Id">The id.</param>
public sealed record Head(BlockKind Kind, string Id)
{
    /// <summary>The block that this one is claimed to be the gradient of or the same as.</summary>
    public string? Of { get; init; }

    /// <summary>For a gradient: the variable. Null where the block claims to be the same as <see cref="Of"/>.</summary>
    public string? By { get; init; }

    /// <summary>The slip that the block is an example of; the claim must then be refuted.</summary>
    public string? Refuted { get; init; }

    /// <summary>The condition under which the claim holds.</summary>
    public Condition? OnlyIf { get; init; }

    /// <summary>Where the head stands.</summary>
    public Place Place { get; init; }
}

/// <summary>Where the elements of a given lie.</summary>
public abstract record Domain;

/// <summary>One of some numbers: <c>in {0,1}</c>.</summary>
/// <param name="Values">The numbers.</param>
public sealed record OneOf(IReadOnlyList<Rational> Values) : Domain;

/// <summary>A whole number: <c>in 0..K-1</c>, both ends included.</summary>
/// <param name="First">The least.</param>
/// <param name="Last">The greatest.</param>
public sealed record WholeRange(Expression First, Expression Last) : Domain;

/// <summary>A real interval: <c>in (0,1]</c>.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="LowIsIn">Whether the lower end belongs to it.</param>
/// <param name="HighIsIn">Whether the upper end belongs to it.</param>
public sealed record Interval(Expression Low, Expression High, bool LowIsIn, bool HighIsIn) : Domain;

/// <summary>Compared with a number: <c>&gt; 0</c>.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Bound">The number.</param>
public sealed record Compared(Relation Relation, Rational Bound) : Domain;

/// <summary>A declared tensor or scalar.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its lengths; none for a scalar.</param>
/// <param name="Domain">Where its elements lie, or null for any real numbers.</param>
public sealed record Declaration(string Name, IReadOnlyList<Expression> Shape, Domain? Domain)
{
    /// <summary>Where it stands.</summary>
    public Place Place { get; init; }
}

/// <summary>The left side of an equation: a name and its free indices.</summary>
/// <param name="Name">The name.</param>
/// <param name="Indices">The free indices; none for a scalar.</param>
public sealed record LeftSide(string Name, IReadOnlyList<Binder> Indices)
{
    /// <inheritdoc/>
    public override string ToString() => Printer.Text(this);
}

/// <summary>A line of a block.</summary>
public abstract record Line
{
    /// <summary>Where it begins.</summary>
    public Place Place { get; init; }
}

/// <summary>given x[N,C], label[N] in 0..C-1.</summary>
/// <param name="Declarations">What is given.</param>
public sealed record GivenLine(IReadOnlyList<Declaration> Declarations) : Line;

/// <summary>where COND.</summary>
/// <param name="Condition">What restricts the domain.</param>
public sealed record WhereLine(Condition Condition) : Line;

/// <summary>size P = expr.</summary>
/// <param name="Name">The size.</param>
/// <param name="Value">Its value; below 1 the point is outside the domain.</param>
public sealed record SizeLine(string Name, Expression Value) : Line;

/// <summary>use ID with w[c,r,s] = g[r,s].</summary>
/// <param name="Id">The block whose lines are put here.</param>
/// <param name="With">Values that take the place of its givens.</param>
public sealed record UseLine(string Id, IReadOnlyList<EquationLine> With) : Line;

/// <summary>An equation; in a derivation a chain of right sides, each claimed equal to the one before.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Sides">The right sides; one outside derivations.</param>
public sealed record EquationLine(LeftSide Left, IReadOnlyList<Expression> Sides) : Line
{
    /// <summary>Where each right side begins; none where the line was not read from a text.</summary>
    public IReadOnlyList<Place> SidePlaces { get; init; } = [];
}

/// <summary>claim y2 = y.</summary>
/// <param name="Left">A value of the block.</param>
/// <param name="Right">Another.</param>
public sealed record ClaimLine(string Left, string Right) : Line;

/// <summary>result wnew, vnew.</summary>
/// <param name="Names">The values that are the block's result.</param>
public sealed record ResultLine(IReadOnlyList<string> Names) : Line;

/// <summary>A block of the notation.</summary>
/// <param name="Head">Its head.</param>
/// <param name="Lines">Its lines.</param>
public sealed record Block(Head Head, IReadOnlyList<Line> Lines)
{
    /// <summary>The file that it stands in, or null.</summary>
    public string? File { get; init; }
}
