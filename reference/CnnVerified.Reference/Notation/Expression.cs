using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <summary>A place in a text; line and column count from 1.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
public readonly record struct Place(int Line, int Column);

/// <summary>An expression of the index notation (docs/notation.md). Its text form is the notation itself.</summary>
public abstract record Expression
{
    /// <summary>Where it begins in the text it was read from; default where it was made.</summary>
    public Place Place { get; init; }

    /// <summary>The expression in the notation, with no more parentheses than it needs.</summary>
    /// <returns>One line that reads back as the same expression.</returns>
    public sealed override string ToString() => Printer.Text(this);

    /// <summary>True where both are the same formula, letter for letter; places in the text do not count.</summary>
    /// <param name="other">The other expression.</param>
    public bool IsSameAs(Expression other) => ToString() == other.ToString();
}

/// <summary>An exact rational constant.</summary>
/// <param name="Value">Its value.</param>
public sealed record Number(Rational Value) : Expression
{
    /// <summary>A whole number.</summary>
    /// <param name="value">The number.</param>
    public static Number Of(long value) => new(new Rational(value, 1));
}

/// <summary>The circle constant.</summary>
public sealed record Pi : Expression;

/// <summary>A name without indices: a bound index, a size, a parameter or a scalar value.</summary>
/// <param name="Name">The name.</param>
public sealed record Symbol(string Name) : Expression;

/// <summary>An element of a tensor; 0 where an index is outside its shape or not whole (rule 1).</summary>
/// <param name="Tensor">The tensor's name.</param>
/// <param name="Indices">One index for each dimension.</param>
public sealed record Element(string Tensor, IReadOnlyList<Expression> Indices) : Expression;

/// <summary>A function of the notation.</summary>
public enum Function
{
    /// <summary>eˣ.</summary>
    Exp,

    /// <summary>Natural logarithm.</summary>
    Log,

    /// <summary>Square root.</summary>
    Sqrt,

    /// <summary>Absolute value.</summary>
    Abs,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>Largest whole number that is not above.</summary>
    Floor,

    /// <summary>Smallest whole number that is not below.</summary>
    Ceil,

    /// <summary>mod(a, b) = a − b·floor(a/b).</summary>
    Mod,

    /// <summary>−1, 0 or 1.</summary>
    Sign,

    /// <summary>Largest of its arguments.</summary>
    Max,

    /// <summary>Smallest of its arguments.</summary>
    Min,

    /// <summary>Error function.</summary>
    Erf,

    /// <summary>1 − erf.</summary>
    Erfc,

    /// <summary>log(1 + x).</summary>
    Log1p,

    /// <summary>Cosine.</summary>
    Cos,

    /// <summary>Sine.</summary>
    Sin,
}

/// <summary>A function applied to its arguments.</summary>
/// <param name="Function">The function.</param>
/// <param name="Arguments">One argument; two for mod; one or more for max and min.</param>
public sealed record Application(Function Function, IReadOnlyList<Expression> Arguments) : Expression;

/// <summary>What a reduction does with its terms.</summary>
public enum ReductionKind
{
    /// <summary>Adds them; empty: 0.</summary>
    Sum,

    /// <summary>Multiplies them; empty: 1.</summary>
    Prod,

    /// <summary>Takes the largest; empty: undefined.</summary>
    Max,

    /// <summary>Takes the smallest; empty: undefined.</summary>
    Min,
}

/// <summary>A bound index and its range: <c>i:N</c> is 0 to N − 1, <c>i:a..b</c> includes both ends.</summary>
/// <param name="Name">The index.</param>
/// <param name="From">The first value, or null where the range is a count.</param>
/// <param name="Bound">The last value or, where <paramref name="From"/> is null, the count; null where the range is to be inferred.</param>
public sealed record Binder(string Name, Expression? From, Expression? Bound)
{
    /// <summary>Where it begins in the text.</summary>
    public Place Place { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Printer.Text(this);
}

/// <summary>sum, prod, max or min over bound indices.</summary>
/// <param name="Kind">What is done with the terms.</param>
/// <param name="Binders">The indices, the outermost first; a range may use the indices before it.</param>
/// <param name="Where">Which terms count, or null for all.</param>
/// <param name="Body">The term.</param>
public sealed record Reduction(ReductionKind Kind, IReadOnlyList<Binder> Binders, Condition? Where, Expression Body) : Expression;

/// <summary>Iverson bracket: 1 where the condition holds, else 0; as a factor strongly zero (rule 4).</summary>
/// <param name="Condition">The condition.</param>
public sealed record Bracket(Condition Condition) : Expression;

/// <summary>Total derivative of one value's element by another's, through every value between them (rule 6).</summary>
/// <param name="Of">A symbol or an element.</param>
/// <param name="By">A symbol or an element.</param>
/// <param name="Held">Values that are held fixed.</param>
public sealed record Derivative(Expression Of, Expression By, IReadOnlyList<string> Held) : Expression;

/// <summary>−x.</summary>
/// <param name="Operand">x.</param>
public sealed record Negation(Expression Operand) : Expression;

/// <summary>The arithmetic operators.</summary>
public enum Operator
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a − b.</summary>
    Subtract,

    /// <summary>a·b.</summary>
    Multiply,

    /// <summary>a/b.</summary>
    Divide,

    /// <summary>a to the power b; 0⁰ = 1.</summary>
    Power,
}

/// <summary>Two operands and an operator.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Left">The left operand.</param>
/// <param name="Right">The right operand.</param>
public sealed record Operation(Operator Operator, Expression Left, Expression Right) : Expression;

/// <summary>A constant matrix; only as a whole right side.</summary>
/// <param name="Rows">Rows of equal length.</param>
public sealed record Matrix(IReadOnlyList<IReadOnlyList<Expression>> Rows) : Expression;

/// <summary>The relations.</summary>
public enum Relation
{
    /// <summary>=.</summary>
    Equal,

    /// <summary>!=.</summary>
    NotEqual,

    /// <summary>&lt;.</summary>
    Less,

    /// <summary>&lt;=.</summary>
    LessOrEqual,

    /// <summary>&gt;.</summary>
    Greater,

    /// <summary>&gt;=.</summary>
    GreaterOrEqual,
}

/// <summary>a relation b.</summary>
/// <param name="Left">a.</param>
/// <param name="Relation">The relation.</param>
/// <param name="Right">b.</param>
public sealed record Comparison(Expression Left, Relation Relation, Expression Right)
{
    /// <inheritdoc/>
    public override string ToString() => Printer.Text(this);
}

/// <summary>A condition: any of several conjunctions of comparisons. A chain a &lt; b &lt; c is two comparisons.</summary>
/// <param name="Any">The alternatives; each is a list of comparisons that must all hold.</param>
public sealed record Condition(IReadOnlyList<IReadOnlyList<Comparison>> Any)
{
    /// <summary>A condition of one conjunction.</summary>
    /// <param name="all">The comparisons that must hold.</param>
    public static Condition AllOf(params IReadOnlyList<Comparison> all) => new([all]);

    /// <inheritdoc/>
    public override string ToString() => Printer.Text(this);
}
