using CnnVerified.Reference.Notation;

namespace CnnVerified.Tests.Notation;

/// <summary>Expressions spelled out with every parenthesis, and random ones.</summary>
internal static class Trees
{
    private static readonly string[] Names = ["a", "b", "x", "K", "D", "sh", "in", "eq", "L", "x2", "max_", "σ"];

    /// <summary>The tree as prefix operators: a second printer, so that structure is compared without the first.</summary>
    public static string Spelled(Expression expression) => expression switch
    {
        Number number => $"{number.Value.Numerator}{(number.Value.Denominator == 1 ? "" : "/" + number.Value.Denominator)}",
        Pi => "pi",
        Symbol symbol => symbol.Name,
        Element element => $"({element.Tensor}[] {All(element.Indices)})",
        Application application => $"({application.Function} {All(application.Arguments)})",
        Reduction reduction => $"({reduction.Kind} {string.Join(' ', reduction.Binders.Select(Spelled))}{(reduction.Where is null ? "" : " | " + Spelled(reduction.Where))} {Spelled(reduction.Body)})",
        Bracket bracket => $"[{Spelled(bracket.Condition)}]",
        Derivative derivative => $"(D {Spelled(derivative.Of)} {Spelled(derivative.By)}{string.Concat(derivative.Held.Select(name => " |" + name))})",
        Negation negation => $"(neg {Spelled(negation.Operand)})",
        Operation operation => $"({operation.Operator} {Spelled(operation.Left)} {Spelled(operation.Right)})",
        Matrix matrix => $"(matrix {string.Join(" ; ", matrix.Rows.Select(All))})",
        _ => throw new InvalidOperationException($"no spelling of {expression.GetType().Name}."),
    };

    public static string Spelled(Condition condition) =>
        $"(or {string.Join(' ', condition.Any.Select(all => $"(and {string.Join(' ', all.Select(each => $"({each.Relation} {Spelled(each.Left)} {Spelled(each.Right)})"))})"))})";

    public static string Spelled(Binder binder) =>
        $"{binder.Name}{(binder.From is null ? "" : " from " + Spelled(binder.From))}{(binder.Bound is null ? "" : (binder.From is null ? " count " : " to ") + Spelled(binder.Bound))}";

    /// <summary>A random tree of the notation.</summary>
    /// <param name="random">Where choices come from.</param>
    /// <param name="depth">How deep at most.</param>
    /// <param name="fractions">Whether constants may be negative or fractions; those print as quotients and negations.</param>
    public static Expression Next(Random random, int depth, bool fractions)
    {
        Expression Child() => Next(random, depth - 1, fractions);
        string Name() => Names[random.Next(Names.Length)];
        IReadOnlyList<T> Several<T>(int most, Func<T> one) => [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => one())];
        Expression Reference() => random.Next(2) == 0 ? new Symbol(Name()) : new Element(Name(), Several(2, Child));
        Condition Condition() => new(Several(2, () => Several(2, () => new Comparison(Child(), (Relation)random.Next(6), Child()))));

        switch (depth <= 0 ? random.Next(3) : random.Next(14))
        {
            case 0:
                return fractions ? new Number(new(random.Next(-9, 10), random.Next(1, 5))) : Number.Of(random.Next(12));
            case 1:
                return new Symbol(Name());
            case 2:
                return depth > 0 ? new Element(Name(), Several(3, Child)) : new Pi();
            case 3:
                var function = (Function)random.Next(Enum.GetValues<Function>().Length);
                return new Application(function, function is Function.Max or Function.Min ? Several(3, Child) : function == Function.Mod ? [Child(), Child()] : [Child()]);
            case 4 or 5:
                return new Reduction((ReductionKind)random.Next(4), [.. Several(2, () => new Binder(Name(), random.Next(3) == 0 ? Child() : null, Child()))],
                    random.Next(2) == 0 ? Condition() : null, Child());
            case 6:
                return new Bracket(Condition());
            case 7:
                return new Derivative(Reference(), Reference(), random.Next(2) == 0 ? [] : Several(2, Name));
            case 8:
                return new Negation(Child());
            default:
                return new Operation((Operator)random.Next(5), Child(), Child());
        }
    }

    private static string All(IReadOnlyList<Expression> expressions) => string.Join(' ', expressions.Select(Spelled));
}
