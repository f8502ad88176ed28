using CnnVerified.Reference.Notation;

namespace CnnVerified.Tests.Notation;

/// <summary>A gradient claim with one thing changed on its right side.</summary>
/// <param name="Id">The claim, the kind of change and a number.</param>
/// <param name="Kind">What was changed, as a person would say it.</param>
/// <param name="Block">The changed block.</param>
/// <param name="Side">The changed right side.</param>
/// <param name="Model">The changed block, resolved.</param>
internal sealed record Mutant(string Id, string Kind, Block Block, Expression Side, Model Model);

/// <summary>All mutants of a gradient claim, in an order that depends on nothing but its text.</summary>
internal sealed class Mutants
{
    private readonly Block _block;
    private readonly Model _model;
    private readonly EquationLine _line;
    private readonly Value _claimed;

    private Mutants(Library library, Block block)
    {
        _block = block;
        _model = library.Resolve(block);
        _line = block.Lines.OfType<EquationLine>().Last(line => line.Left.Name == "d" + block.Head.By);
        _claimed = (Value)_model.Find(_line.Left.Name)!;
        var seen = new HashSet<string> { Walk.Canonical(_line.Sides[0]) };
        var all = new List<Mutant>();
        foreach (var (kind, sides) in Kinds())
            foreach (Expression side in sides)
                Add(library, kind, side, seen, all);
        Chosen = all;
    }

    /// <summary>The mutants.</summary>
    public IReadOnlyList<Mutant> Chosen { get; }

    /// <summary>How many changes gave what is no equation of the notation.</summary>
    public int Malformed { get; private set; }

    /// <summary>How many changes gave a text that was there already.</summary>
    public int Repeated { get; private set; }

    /// <summary>The mutants of a claim.</summary>
    public static Mutants Of(Library library, Block block) => new(library, block);

    private void Add(Library library, string kind, Expression side, HashSet<string> seen, List<Mutant> all)
    {
        if (!seen.Add(Walk.Canonical(side)))
        {
            Repeated++;
            return;
        }
        Block block = _block with { Lines = [.. _block.Lines.Select(line => ReferenceEquals(line, _line) ? _line with { Sides = [side] } : line)] };
        try
        {
            Model model = library.Resolve(block);
            all.Add(new($"{block.Head.Id} {kind} {all.Count(mutant => mutant.Kind == kind) + 1}", kind, block, side, model));
        }
        catch (NotationException)
        {
            Malformed++;
        }
    }

    private IEnumerable<(string Kind, IEnumerable<Expression> Sides)> Kinds()
    {
        Expression side = _line.Sides[0];
        string[] sizes = [.. _model.Parameters.Where(parameter => parameter.IsWhole && parameter.Least > 0).Select(parameter => parameter.Name), .. _model.Sizes.Select(size => size.Name)];
        yield return ("two indices swapped", Everywhere(side, Swapped));
        yield return ("index shifted by one", Everywhere(side, Shifted));
        yield return ("index counted backwards", Lengths(side).SelectMany(index => Everywhere(side, each => each is Element element ? Reversed(element, index.Name, index.Length) : [])));
        yield return ("factor dropped", Everywhere(side, each => each is Operation { Operator: Operator.Multiply } product ? [product.Left, product.Right] : []));
        yield return ("summed index dropped", Everywhere(side, each => each is Reduction reduction ? Narrowed(reduction) : []));
        yield return ("last or first term of a sum left out", Everywhere(side, each => each is Reduction reduction ? Shortened(reduction) : []));
        yield return ("sum over a free index added", _line.Left.Indices.Select(index => new Reduction(ReductionKind.Sum, [index], null, side)));
        yield return ("sign flipped", Everywhere(side, SignFlipped).Append(new Negation(side)));
        yield return ("divisor dropped", Everywhere(side, each => each is Operation { Operator: Operator.Divide } quotient ? [quotient.Left] : []));
        yield return ("divided by a size", sizes.Select(size => new Operation(Operator.Divide, side, new Symbol(size))));
        yield return ("multiplied by a size", sizes.Select(size => new Operation(Operator.Multiply, new Symbol(size), side)));
        yield return ("doubled", [new Operation(Operator.Multiply, Number.Of(2), side)]);
        yield return ("stride for dilation", Renamed(side, ("sh", "eh"), ("sw", "ew")));
        yield return ("rows for columns", Renamed(side, ("sh", "sw"), ("eh", "ew"), ("ph", "pw"), ("R", "S"), ("H", "W"), ("P", "Q")));
        yield return ("sign of the padding flipped", Everywhere(side, each => IsPadding(each) ? [Turned((Operation)each)] : []));
        yield return ("padding left out", Everywhere(side, each => IsPadding(each) ? [((Operation)each).Left] : []));
        yield return ("another tensor of that shape", Everywhere(side, each => each is Element element ? Replaced(element) : []));
        yield return ("bracket or condition dropped", Everywhere(side, Unconditional));
        yield return ("relation changed", Everywhere(side, Related));
        yield return ("exponent changed", Everywhere(side, Powered));
        // Ways to write the same again: one of each for a claim, so that the checker has something to uphold.
        yield return ("the same, factors exchanged", Everywhere(side, each => each is Operation { Operator: Operator.Multiply } product
            ? [product with { Left = product.Right, Right = product.Left }] : []).Take(1));
        yield return ("the same, sum from the last term to the first", Everywhere(side, each => each is Reduction reduction ? Backwards(reduction) : []).Take(1));
        yield return ("the same, sum from 1 to the length", Everywhere(side, each => each is Reduction reduction ? FromOne(reduction) : []).Take(1));
        yield return ("floor or mod dropped", Everywhere(side, each => each is Application { Function: Function.Floor or Function.Mod } function ? [function.Arguments[0]] : []));
    }

    /// <summary>The expression with one node replaced, for each node and each replacement of it.</summary>
    private static IEnumerable<Expression> Everywhere(Expression expression, Func<Expression, IEnumerable<Expression>> change)
    {
        foreach (Expression changed in change(expression))
            yield return changed;
        var children = new List<Expression>();
        Walk.Map(expression, child =>
        {
            children.Add(child);
            return child;
        });
        for (int k = 0; k < children.Count; k++)
            foreach (Expression changed in Everywhere(children[k], change))
            {
                int at = 0;
                yield return Walk.Map(expression, child => at++ == k ? changed : child);
            }
    }

    private static IEnumerable<Expression> Swapped(Expression expression)
    {
        if (expression is not Element element)
            yield break;
        for (int a = 0; a < element.Indices.Count; a++)
            for (int b = a + 1; b < element.Indices.Count; b++)
                yield return element with { Indices = [.. element.Indices.Select((index, d) => d == a ? element.Indices[b] : d == b ? element.Indices[a] : index)] };
    }

    private static IEnumerable<Expression> Shifted(Expression expression)
    {
        if (expression is not Element element)
            yield break;
        for (int a = 0; a < element.Indices.Count; a++)
            foreach (Operator sign in new[] { Operator.Add, Operator.Subtract })
                yield return element with { Indices = [.. element.Indices.Select((index, d) => d == a ? new Operation(sign, index, Number.Of(1)) : index)] };
    }

    private IEnumerable<(string Name, Expression Length)> Lengths(Expression side) =>
        Walk.All(side).OfType<Reduction>().SelectMany(reduction => reduction.Binders).Concat(_line.Left.Indices)
            .Where(binder => binder is { From: null, Bound: not null }).Select(binder => (binder.Name, binder.Bound!)).DistinctBy(index => index.Name);

    private static IEnumerable<Expression> Reversed(Element element, string name, Expression length)
    {
        if (element.Indices.SelectMany(Walk.All).Any(each => each is Symbol symbol && symbol.Name == name))
            yield return element with
            {
                Indices = [.. element.Indices.Select(index => Walk.Substitute(index, new Dictionary<string, Expression>
                {
                    [name] = new Operation(Operator.Subtract, new Operation(Operator.Subtract, length, Number.Of(1)), new Symbol(name)),
                }))],
            };
    }

    // Without its index the sum's body speaks of a whole parameter of that name; with 0 for it, of the first term.
    private static IEnumerable<Expression> Narrowed(Reduction reduction)
    {
        foreach (Binder binder in reduction.Binders)
        {
            Binder[] others = [.. reduction.Binders.Where(other => other != binder)];
            Expression left = others.Length > 0 ? reduction with { Binders = others } : reduction.Where is null ? reduction.Body : new Operation(Operator.Multiply, new Bracket(reduction.Where), reduction.Body);
            yield return left;
            yield return Walk.Substitute(left, new Dictionary<string, Expression> { [binder.Name] = Number.Of(0) });
        }
    }

    private static IEnumerable<Expression> Shortened(Reduction reduction)
    {
        for (int b = 0; b < reduction.Binders.Count; b++)
            if (reduction.Binders[b] is { From: null, Bound: { } count } binder)
            {
                var last = new Operation(Operator.Subtract, count, Number.Of(1));
                foreach (Binder shorter in new[] { binder with { Bound = last }, binder with { From = Number.Of(1), Bound = last } })
                    yield return reduction with { Binders = [.. reduction.Binders.Select((other, i) => i == b ? shorter : other)] };
            }
    }

    private static IEnumerable<Expression> Backwards(Reduction reduction) => reduction.Binders.Where(binder => binder is { From: null, Bound: not null }).Take(1)
        .Select(binder => Reindexed(reduction, binder.Name, new Operation(Operator.Subtract, new Operation(Operator.Subtract, binder.Bound!, Number.Of(1)), new Symbol(binder.Name))));

    private static IEnumerable<Expression> FromOne(Reduction reduction) => reduction.Binders.Where(binder => binder is { From: null, Bound: not null }).Take(1).Select(binder =>
        Reindexed(reduction, binder.Name, new Operation(Operator.Subtract, new Symbol(binder.Name), Number.Of(1))) with
        {
            Binders = [.. reduction.Binders.Select(other => other == binder ? binder with { From = Number.Of(1) } : other)],
        });

    private static Reduction Reindexed(Reduction reduction, string name, Expression index)
    {
        var put = new Dictionary<string, Expression> { [name] = index };
        return reduction with
        {
            Where = reduction.Where is null ? null : Walk.Map(reduction.Where, side => Walk.Substitute(side, put)),
            Body = Walk.Substitute(reduction.Body, put),
        };
    }

    private static bool IsPadding(Expression expression) =>
        expression is Operation { Operator: Operator.Add or Operator.Subtract, Right: Symbol { Name: "ph" or "pw" } };

    private static Operation Turned(Operation sum) => sum with { Operator = sum.Operator == Operator.Add ? Operator.Subtract : Operator.Add };

    private static IEnumerable<Expression> SignFlipped(Expression expression) => expression switch
    {
        Operation { Operator: Operator.Add or Operator.Subtract } sum when !IsPadding(sum) => [Turned(sum)],
        Negation negation => [negation.Operand],
        _ => [],
    };

    private static IEnumerable<Expression> Renamed(Expression side, params (string A, string B)[] pairs) => pairs.SelectMany(pair => Everywhere(side, each =>
        each is not Symbol symbol ? [] : symbol.Name == pair.A ? [new Symbol(pair.B)] : symbol.Name == pair.B ? [new Symbol(pair.A)] : []));

    private IEnumerable<Expression> Replaced(Element element)
    {
        static string Shape(Tensor tensor) => string.Join(',', tensor.Shape);
        string? shape = _model.Find(element.Tensor) is { } tensor ? Shape(tensor) : null;
        return _model.Givens.Cast<Tensor>().Concat(_model.Values)
            .Where(other => other.Name != element.Tensor && other.Name != _claimed.Name && Shape(other) == shape)
            .Select(other => element with { Tensor = other.Name });
    }

    private static IEnumerable<Expression> Unconditional(Expression expression) => expression switch
    {
        Operation { Operator: Operator.Multiply, Left: Bracket } product => [product.Right],
        Operation { Operator: Operator.Multiply, Right: Bracket } product => [product.Left],
        Reduction { Where: { } where } reduction => [reduction with { Where = null },
            .. where.Any.Count == 1 && where.Any[0].Count > 1
                ? where.Any[0].Select((_, i) => reduction with { Where = Condition.AllOf([.. where.Any[0].Where((_, j) => j != i)]) }) : []],
        _ => [],
    };

    private static IEnumerable<Expression> Related(Expression expression) => expression switch
    {
        Bracket bracket => Related(bracket.Condition).Select(condition => bracket with { Condition = condition }),
        Reduction { Where: { } where } reduction => Related(where).Select(condition => reduction with { Where = condition }),
        _ => [],
    };

    private static IEnumerable<Condition> Related(Condition condition)
    {
        foreach (Comparison comparison in condition.Any.SelectMany(all => all))
            foreach (Relation relation in Enum.GetValues<Relation>().Where(relation => relation != comparison.Relation))
                yield return new([.. condition.Any.Select(all => (IReadOnlyList<Comparison>)[.. all.Select(other =>
                    ReferenceEquals(other, comparison) ? comparison with { Relation = relation } : other)])]);
    }

    private static IEnumerable<Expression> Powered(Expression expression) => expression switch
    {
        Operation { Operator: Operator.Power, Right: Number exponent } power =>
            [power.Left, power with { Right = new Number(exponent.Value + exponent.Value / exponent.Value) }],
        Element element when element.Tensor[0] == 'd' => [new Operation(Operator.Power, element, Number.Of(2))],
        _ => [],
    };
}
