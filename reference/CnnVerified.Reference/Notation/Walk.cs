namespace CnnVerified.Reference.Notation;

/// <summary>Walks over expressions.</summary>
public static class Walk
{
    /// <summary>The operands of an expression: arguments, indices, ranges, both sides of each comparison.</summary>
    /// <param name="expression">The expression.</param>
    /// <returns>Its children.</returns>
    public static IEnumerable<Expression> Children(Expression expression) => expression switch
    {
        Element element => element.Indices,
        Application application => application.Arguments,
        Reduction reduction => [.. reduction.Binders.SelectMany(Children), .. Children(reduction.Where), reduction.Body],
        Bracket bracket => Children(bracket.Condition),
        Derivative derivative => [derivative.Of, derivative.By],
        Negation negation => [negation.Operand],
        Operation operation => [operation.Left, operation.Right],
        Matrix matrix => matrix.Rows.SelectMany(row => row),
        _ => [],
    };

    /// <summary>The expressions in a condition.</summary>
    /// <param name="condition">The condition, or null.</param>
    public static IEnumerable<Expression> Children(Condition? condition) =>
        condition?.Any.SelectMany(all => all).SelectMany(comparison => new[] { comparison.Left, comparison.Right }) ?? [];

    /// <summary>The expressions in the range of a binder.</summary>
    /// <param name="binder">The binder.</param>
    public static IEnumerable<Expression> Children(Binder binder) => new[] { binder.From, binder.Bound }.OfType<Expression>();

    /// <summary>The expression and everything in it.</summary>
    /// <param name="expression">The expression.</param>
    public static IEnumerable<Expression> All(Expression expression)
    {
        var open = new Stack<Expression>([expression]);
        while (open.TryPop(out Expression? next))
        {
            yield return next;
            foreach (Expression child in Children(next).Reverse())
                open.Push(child);
        }
    }

    /// <summary>Rebuilds an expression with other children.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="change">Gives the new child for each old one.</param>
    /// <returns>The same kind of expression; itself where it has no children.</returns>
    public static Expression Map(Expression expression, Func<Expression, Expression> change) => expression switch
    {
        Element element => element with { Indices = [.. element.Indices.Select(change)] },
        Application application => application with { Arguments = [.. application.Arguments.Select(change)] },
        Reduction reduction => reduction with
        {
            Binders = [.. reduction.Binders.Select(binder => Map(binder, change))],
            Where = reduction.Where is null ? null : Map(reduction.Where, change),
            Body = change(reduction.Body),
        },
        Bracket bracket => bracket with { Condition = Map(bracket.Condition, change) },
        Derivative derivative => derivative with { Of = change(derivative.Of), By = change(derivative.By) },
        Negation negation => negation with { Operand = change(negation.Operand) },
        Operation operation => operation with { Left = change(operation.Left), Right = change(operation.Right) },
        Matrix matrix => matrix with { Rows = [.. matrix.Rows.Select(row => (IReadOnlyList<Expression>)[.. row.Select(change)])] },
        _ => expression,
    };

    /// <summary>Rebuilds a condition with other expressions.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="change">Gives the new expression for each old one.</param>
    public static Condition Map(Condition condition, Func<Expression, Expression> change) => new([.. condition.Any.Select(all =>
        (IReadOnlyList<Comparison>)[.. all.Select(comparison => comparison with { Left = change(comparison.Left), Right = change(comparison.Right) })])]);

    /// <summary>Rebuilds a binder with another range.</summary>
    /// <param name="binder">The binder.</param>
    /// <param name="change">Gives the new bound for each old one.</param>
    public static Binder Map(Binder binder, Func<Expression, Expression> change) => binder with
    {
        From = binder.From is null ? null : change(binder.From),
        Bound = binder.Bound is null ? null : change(binder.Bound),
    };

    /// <summary>Puts expressions in the place of free symbols. Bound indices that would catch a name are renamed.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="symbols">What to put for which symbol.</param>
    /// <returns>The new expression.</returns>
    public static Expression Substitute(Expression expression, IReadOnlyDictionary<string, Expression> symbols)
    {
        if (symbols.Count == 0)
            return expression;
        switch (expression)
        {
            case Symbol symbol:
                return symbols.TryGetValue(symbol.Name, out Expression? put) ? put : symbol;
            case Reduction reduction:
                var inner = symbols.ToDictionary();
                var binders = new List<Binder>();
                var caught = symbols.Values.SelectMany(All).OfType<Symbol>().Select(symbol => symbol.Name).ToHashSet();
                var used = new Lazy<HashSet<string>>(() => [.. caught, .. All(reduction).OfType<Symbol>().Select(symbol => symbol.Name), .. symbols.Keys]);
                foreach (Binder binder in reduction.Binders)
                {
                    Binder ranged = Map(binder, bound => Substitute(bound, inner));
                    inner.Remove(binder.Name);
                    if (caught.Contains(binder.Name))
                    {
                        string fresh = Fresh(binder.Name, used.Value);
                        inner[binder.Name] = new Symbol(fresh);
                        ranged = ranged with { Name = fresh };
                    }
                    binders.Add(ranged);
                }
                return reduction with
                {
                    Binders = binders,
                    Where = reduction.Where is null ? null : Map(reduction.Where, side => Substitute(side, inner)),
                    Body = Substitute(reduction.Body, inner),
                };
            default:
                return Map(expression, child => Substitute(child, symbols));
        }
    }

    /// <summary>A name like a given one that is not taken yet; it is taken from then on.</summary>
    /// <param name="name">The name.</param>
    /// <param name="taken">Names that are taken.</param>
    public static string Fresh(string name, ISet<string> taken)
    {
        string stem = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        for (int n = 2; ; n++)
            if (taken.Add($"{stem}{n}"))
                return $"{stem}{n}";
    }

    /// <summary>The expression with its bound indices renamed in the order of their appearance: equal texts mean equal up to names of
    /// bound indices.</summary>
    /// <param name="expression">The expression.</param>
    public static string Canonical(Expression expression)
    {
        int next = 0;
        Expression Rename(Expression each, IReadOnlyDictionary<string, string> names) => each switch
        {
            Symbol symbol => names.TryGetValue(symbol.Name, out string? name) ? new Symbol(name) : symbol,
            Reduction reduction => RenameReduction(reduction, names),
            _ => Map(each, child => Rename(child, names)),
        };

        Reduction RenameReduction(Reduction reduction, IReadOnlyDictionary<string, string> names)
        {
            var inner = names.ToDictionary();
            var binders = new List<Binder>();
            foreach (Binder binder in reduction.Binders)
            {
                Binder ranged = Map(binder, bound => Rename(bound, inner));
                inner[binder.Name] = $"_{next++}";
                binders.Add(ranged with { Name = inner[binder.Name] });
            }
            return reduction with
            {
                Binders = binders,
                Where = reduction.Where is null ? null : Map(reduction.Where, side => Rename(side, inner)),
                Body = Rename(reduction.Body, inner),
            };
        }

        return Rename(expression, new Dictionary<string, string>()).ToString();
    }
}
