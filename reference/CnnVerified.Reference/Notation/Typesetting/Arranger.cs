using System.Globalization;
using System.Numerics;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Typesetting;

/// <summary>The walk from the tree of a formula to its layout. It alone decides about parentheses.</summary>
/// <param name="isDerivative">Whether a name is d and the name of a value, so that its d is drawn as a sign.</param>
internal sealed class Arranger(Func<string, bool> isDerivative)
{
    /// <summary>How many fractions may stand within each other before a slash takes over.</summary>
    public const int MostFractions = 2;

    private const int MostDecimals = 12;

    // How tightly a reader takes what is drawn to hang together; the order is what the rules below compare.
    private enum Binding
    {
        Modulus,
        Sum,
        Quotient,
        Product,
        Reduction,
        Fraction,
        Differential,
        Script,
        Atom,
    }

    // A part that ends in a reduction draws in the factors that follow it; Open says in which.
    private readonly record struct Part(Layout Layout, Binding Binding, ReductionKind? Open = null)
    {
        public bool EndsInChoice => Open is ReductionKind.Max or ReductionKind.Min;

        public Part Closed => new(new Fence("(", Layout, ")"), Binding.Atom);

        public Part AtLeast(Binding least) => Binding < least ? Closed : this;
    }

    /// <summary>The layout of an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="fractions">How many fractions may still stand within each other; with 0 a quotient is a slash.</param>
    public Layout Arrange(Expression expression, int fractions) => PartOf(expression, fractions).Layout;

    /// <summary>A name with its indices, or a name alone.</summary>
    public Layout Indexed(string name, IReadOnlyList<Expression> indices)
    {
        if (isDerivative(name))
            return Row.Of(new Identifier("d", true), Bare(name[1..]));
        return Bare(name);

        Layout Bare(string stem)
        {
            Layout shown = Names.Of(stem);
            bool isSubscript = !Names.HasSubscript(shown) && indices.All(index => index is Symbol or Number { Value: { Denominator.IsOne: true, Numerator.Sign: >= 0 } });
            return indices.Count == 0 ? shown : new Indexed(shown, [.. indices.Select(index => Arrange(index, 0))], isSubscript);
        }
    }

    /// <summary>An index and its range.</summary>
    public Layout Range(Binder binder) => binder switch
    {
        { Bound: null } => Names.Of(binder.Name),
        { From: null } => Row.Of(Names.Of(binder.Name), Related(Relation.Less), Arrange(binder.Bound, 0)),
        _ => Row.Of(Arrange(binder.From, 0), Related(Relation.LessOrEqual), Names.Of(binder.Name), Related(Relation.LessOrEqual), Arrange(binder.Bound, 0)),
    };

    /// <summary>A condition in one row.</summary>
    public Layout Arrange(Condition condition, int fractions) =>
        Row.Joined(condition.Any.Select(all => Row.Joined(Chains(all, fractions), new Words(" and "))), new Words(" or "));

    public static Sign Related(Relation relation) => new(relation switch
    {
        Relation.Equal => "=",
        Relation.NotEqual => "≠",
        Relation.Less => "<",
        Relation.LessOrEqual => "≤",
        Relation.Greater => ">",
        _ => "≥",
    }, SignKind.Relation);

    public static Sign Comma { get; } = new(",", SignKind.Comma);

    // a < b and b < c is drawn as it is thought: a < b < c.
    private IEnumerable<Layout> Chains(IReadOnlyList<Comparison> all, int fractions)
    {
        var chain = new List<Layout>();
        for (int i = 0; i < all.Count; i++)
        {
            if (i == 0 || !GoesOn(all[i - 1], all[i]))
            {
                if (i > 0)
                    yield return Row.Of(chain);
                chain = [Arrange(all[i].Left, fractions)];
            }
            chain.Add(Related(all[i].Relation));
            chain.Add(Arrange(all[i].Right, fractions));
        }
        yield return Row.Of(chain);

        static bool GoesOn(Comparison before, Comparison after) => ReferenceEquals(before.Right, after.Left)
            || Direction(before.Relation) is not 0 and var direction && direction == Direction(after.Relation) && before.Right.IsSameAs(after.Left);

        static int Direction(Relation relation) =>
            relation is Relation.Less or Relation.LessOrEqual ? -1 : relation is Relation.Greater or Relation.GreaterOrEqual ? 1 : 0;
    }

    private Part PartOf(Expression expression, int fractions) => expression switch
    {
        Number number => PartOf(number.Value, fractions),
        Pi => new(new Identifier("π", false), Binding.Atom),
        Symbol symbol => Value(symbol.Name, []),
        Element element => Value(element.Tensor, element.Indices),
        Application application => PartOf(application, fractions),
        Reduction reduction => PartOf(reduction, fractions),
        Bracket bracket => new(new Fence("[", Arrange(bracket.Condition, fractions), "]"), Binding.Atom),
        Derivative derivative => PartOf(derivative, fractions),
        Negation negation => Negative(PartOf(negation.Operand, fractions)),
        Operation operation => PartOf(operation, fractions),
        Matrix matrix => new(new Grid([.. matrix.Rows.Select(row => (IReadOnlyList<Layout>)[.. row.Select(entry => Arrange(entry, 0))])]), Binding.Atom),
        _ => throw new InvalidOperationException($"no layout for {expression.GetType().Name}."),
    };

    private Part Value(string name, IReadOnlyList<Expression> indices) => new(Indexed(name, indices), isDerivative(name) ? Binding.Differential : Binding.Atom);

    private static Part PartOf(Rational value, int fractions)
    {
        if (value.Numerator.Sign < 0)
            return Negative(PartOf(-value, fractions));
        if (Decimal(value) is { } text)
            return new(new Numeral(text), Binding.Atom);
        Part numerator = new(new Numeral(value.Numerator.ToString(CultureInfo.InvariantCulture)), Binding.Atom);
        Part denominator = new(new Numeral(value.Denominator.ToString(CultureInfo.InvariantCulture)), Binding.Atom);
        return Quotient(numerator, denominator, fractions);
    }

    // A number was read as a decimal; it is drawn as one where it ends soon.
    private static string? Decimal(Rational value)
    {
        for (int decimals = 0; decimals <= MostDecimals; decimals++)
        {
            BigInteger scaled = value.Numerator * BigInteger.Pow(10, decimals);
            if (!(scaled % value.Denominator).IsZero)
                continue;
            string digits = (scaled / value.Denominator).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
            return decimals == 0 ? digits : $"{digits[..^decimals]}.{digits[^decimals..]}";
        }
        return null;
    }

    private static Part Negative(Part operand)
    {
        operand = operand.AtLeast(Binding.Quotient);
        return new(Row.Of(new Sign("−", SignKind.Prefix), operand.Layout), Binding.Sum, operand.Open);
    }

    private Part PartOf(Operation operation, int fractions)
    {
        bool isTerm = operation.Operator is Operator.Multiply or Operator.Divide;
        // (−a)·b is −(a·b) to the last bit, and needs no parentheses.
        if (isTerm && WithoutSign(operation) is { } positive)
            return Negative(PartOf(positive, fractions));
        if (operation.Operator == Operator.Power)
        {
            Layout power = new Script(PartOf(operation.Left, fractions).AtLeast(Binding.Atom).Layout, null, Arrange(operation.Right, 0));
            return new(power, Binding.Script);
        }
        int within = operation.Operator == Operator.Divide ? Math.Max(0, fractions - 1) : fractions;
        Part left = PartOf(operation.Left, within), right = PartOf(operation.Right, within);
        if (operation.Operator == Operator.Divide)
            return Quotient(left, right, fractions);
        if (operation.Operator == Operator.Multiply)
        {
            left = left.Open is null ? left.AtLeast(Binding.Product) : left.Closed;
            right = right.AtLeast(Binding.Reduction);
            bool isSilent = operation.Left is Number && left.Layout is Numeral && StartsWithLetter(operation.Right);
            return new(Row.Of(left.Layout, new Sign("·", isSilent ? SignKind.Silent : SignKind.Infix), right.Layout), Binding.Product, right.Open);
        }
        // Nobody takes the b of ∑ a + b into the sum, but max a + b could be read either way.
        left = left.EndsInChoice ? left.Closed : left.AtLeast(Binding.Sum);
        right = right.EndsInChoice ? right.Closed : right.AtLeast(Binding.Quotient);
        return new(Row.Of(left.Layout, new Sign(operation.Operator == Operator.Add ? "+" : "−", SignKind.Infix), right.Layout), Binding.Sum, right.Open);
    }

    private static Part Quotient(Part left, Part right, int fractions)
    {
        if (fractions > 0)
            return new(new Fraction(left.Layout, right.Layout), Binding.Fraction);
        left = left.Open is null && left.Binding is Binding.Product or >= Binding.Differential ? left : left.Closed;
        return new(Row.Of(left.Layout, new Sign("/", SignKind.Infix), right.AtLeast(Binding.Differential).Layout), Binding.Quotient);
    }

    private static Expression? WithoutSign(Expression expression) => expression switch
    {
        Negation negation => negation.Operand,
        Number { Value: { Numerator.Sign: < 0 } value } => new Number(-value),
        Operation { Operator: Operator.Multiply or Operator.Divide } term => WithoutSign(term.Left) is { } left ? term with { Left = left } : null,
        _ => null,
    };

    private static bool StartsWithLetter(Expression expression) => expression is Symbol or Element or Pi
        || expression is Operation { Operator: Operator.Power, Left: Symbol or Element or Pi };

    private Part PartOf(Application application, int fractions)
    {
        var arguments = application.Arguments;
        return application.Function switch
        {
            Function.Floor => Fenced("⌊", "⌋"),
            Function.Ceil => Fenced("⌈", "⌉"),
            Function.Abs => Fenced("|", "|"),
            Function.Sqrt => new(new Radical(Arrange(arguments[0], fractions)), Binding.Script),
            Function.Mod => new(Row.Of(Operand(0), new Sign("mod", SignKind.Infix), Operand(1)), Binding.Modulus),
            _ => new(Row.Of(new FunctionName(Parser.NameOf(application.Function)), Fenced("(", ")").Layout), Binding.Atom),
        };

        Part Fenced(string open, string close) => new(new Fence(open, Row.Joined(arguments.Select(each => Arrange(each, fractions)), Comma), close), Binding.Atom);

        Layout Operand(int at) => PartOf(arguments[at], fractions).AtLeast(Binding.Differential).Layout;
    }

    private Part PartOf(Reduction reduction, int fractions)
    {
        Part body = PartOf(reduction.Body, fractions).AtLeast(Binding.Quotient);
        IReadOnlyList<Layout> conditions = reduction.Where switch
        {
            null => [],
            { Any: [var all] } => [.. Chains(all, 0)],
            _ => [Arrange(reduction.Where, 0)],
        };
        (Layout, Layout)? span = reduction is { Kind: ReductionKind.Sum or ReductionKind.Prod, Where: null, Binders: [{ Bound: { } bound } only] }
            ? (Row.Of(Names.Of(only.Name), Related(Relation.Equal), only.From is null ? new Numeral("0") : Arrange(only.From, 0)), Arrange(only.From is null ? LessOne(bound) : bound, 0))
            : null;
        var big = new Big(Symbol(reduction.Kind), [.. reduction.Binders.Select(Range)], conditions, span);
        return new(Row.Of(big, body.Layout), Binding.Reduction, body.EndsInChoice ? body.Open : reduction.Kind);

        static string Symbol(ReductionKind kind) => kind switch { ReductionKind.Sum => "∑", ReductionKind.Prod => "∏", _ => Parser.NameOf(kind) };

        static Expression LessOne(Expression count) => count switch
        {
            Number number => new Number(number.Value - Number.Of(1).Value),
            Operation { Operator: Operator.Add, Right: Number { Value: { Numerator.IsOne: true, Denominator.IsOne: true } } } sum => sum.Left,
            _ => new Operation(Operator.Subtract, count, Number.Of(1)),
        };
    }

    private Part PartOf(Derivative derivative, int fractions)
    {
        Layout of = Change(derivative.Of), by = Change(derivative.By);
        var held = Row.Joined(derivative.Held.Select(name => Indexed(name, [])), Comma);
        if (fractions > 0)
        {
            var fraction = new Fraction(of, by);
            return derivative.Held.Count == 0 ? new(fraction, Binding.Fraction) : new(new Script(new Fence("(", fraction, ")"), held, null), Binding.Script);
        }
        var quotient = Row.Of(of, new Sign("/", SignKind.Infix), by);
        return derivative.Held.Count == 0 ? new(quotient, Binding.Fraction) : new(new Fence("(", Row.Of(quotient, new Sign("|", SignKind.Relation), held), ")"), Binding.Atom);

        Layout Change(Expression value) => Row.Of(new Sign("∂", SignKind.Prefix), PartOf(value, 0).AtLeast(Binding.Script).Layout);
    }
}
