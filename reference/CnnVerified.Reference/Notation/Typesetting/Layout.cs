namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>What is drawn, before it is known in which language. Parentheses are already where they belong.</summary>
internal abstract record Layout
{
    /// <summary>Whether it is higher than a line, so that what encloses it must grow.</summary>
    public virtual bool IsTall => false;
}

/// <summary>A letter, or a word of letters that stands for one thing.</summary>
internal sealed record Identifier(string Text, bool IsUpright) : Layout;

/// <summary>A name that is drawn as more than one letter in a row: a terminal writes it as <paramref name="Plain"/>.</summary>
internal sealed record Name(string Plain, Layout Shown) : Layout;

/// <summary>The name of a function, in front of its arguments.</summary>
internal sealed record FunctionName(string Text) : Layout;

internal sealed record Numeral(string Text) : Layout;

internal enum SignKind
{
    Prefix,
    Infix,
    Relation,
    Comma,

    /// <summary>A product without a dot, where a number stands in front of a letter.</summary>
    Silent,

    /// <summary>A parenthesis or bracket whose other one stands in another piece.</summary>
    Opening,

    /// <inheritdoc cref="Opening"/>
    Closing,
}

internal sealed record Sign(string Text, SignKind Kind) : Layout;

/// <summary>Words between formulas, with the spaces that they need.</summary>
internal sealed record Words(string Text) : Layout;

internal sealed record Row(IReadOnlyList<Layout> Items) : Layout
{
    public override bool IsTall => Items.Any(item => item.IsTall);

    /// <summary>One row of all, or the only one; a row within it dissolves, so that a long sum is long and not deep.</summary>
    public static Layout Of(params IEnumerable<Layout> items) =>
        items.SelectMany(item => item is Row row ? row.Items : [item]).ToList() is var all && all is [var only] ? only : new Row(all);

    public static Layout Joined(IEnumerable<Layout> items, Layout separator) => Of(items.SelectMany((item, at) => at == 0 ? (Layout[])[item] : [separator, item]));
}

/// <summary>An element of a tensor: indices as a subscript, or behind the name where they are formulas themselves.</summary>
internal sealed record Indexed(Layout Tensor, IReadOnlyList<Layout> Indices, bool IsSubscript) : Layout;

internal sealed record Script(Layout Core, Layout? Sub, Layout? Super) : Layout
{
    public override bool IsTall => Core.IsTall;
}

internal sealed record Hat(Layout Core) : Layout;

internal sealed record Fraction(Layout Numerator, Layout Denominator) : Layout
{
    public override bool IsTall => true;
}

internal sealed record Fence(string Open, Layout Inner, string Close) : Layout
{
    public override bool IsTall => Inner.IsTall;
}

internal sealed record Radical(Layout Inner) : Layout
{
    public override bool IsTall => Inner.IsTall;
}

/// <summary>∑, ∏, max or min with what stands around it; the body follows in the row.</summary>
/// <param name="Symbol">The operator.</param>
/// <param name="Ranges">The bound indices, each with its range.</param>
/// <param name="Conditions">What restricts them; all must hold.</param>
/// <param name="Span">From where to where the only index runs, where it can be written below and above.</param>
internal sealed record Big(string Symbol, IReadOnlyList<Layout> Ranges, IReadOnlyList<Layout> Conditions, (Layout From, Layout To)? Span) : Layout
{
    public override bool IsTall => true;
}

/// <summary>A matrix.</summary>
internal sealed record Grid(IReadOnlyList<IReadOnlyList<Layout>> Rows) : Layout
{
    public override bool IsTall => true;
}

/// <summary>Lines, one below the other, that meet where left and right meet.</summary>
internal sealed record Aligned(IReadOnlyList<AlignedLine> Lines) : Layout
{
    public override bool IsTall => true;
}

/// <summary>One of the aligned lines.</summary>
/// <param name="Left">What stands on the left of the place where the lines meet.</param>
/// <param name="Right">What stands on its right.</param>
/// <param name="Place">For a right side of an equation: where its text begins.</param>
internal readonly record struct AlignedLine(Layout? Left, Layout Right, Place Place = default);
