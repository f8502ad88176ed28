using System.Collections.Immutable;

namespace CnnVerified.Reference.Notation;

/// <content>Names, ranges and kinds of numbers in an expression.</content>
internal sealed partial class Resolver
{
    // ---- names

    private Tensor? Find(string name) => (Tensor?)_givens.FirstOrDefault(given => given.Name == name) ?? _values.FirstOrDefault(value => value.Name == name);

    private bool IsSize(string name) => _sizes.Any(size => size.Name == name);

    private void NewName(string name, Place place)
    {
        if (Find(name) is not null || IsSize(name))
            throw new NotationException($"expected a new name, got {name}, which is defined already.", place);
    }

    private void Register(string name, bool isWhole, int least)
    {
        isWhole |= char.IsUpper(name[0]) || WholeNames.Contains(name);
        if (char.IsUpper(name[0]) || WholeNames.Contains(name))
            least = 1;
        _parameters[name] = _parameters.TryGetValue(name, out Parameter? known)
            ? known with { IsWhole = known.IsWhole || isWhole, Least = Math.Max(known.Least, least) }
            : new(name, isWhole, least);
    }

    // ---- ranges

    private static Binder AsBinder(string name, Range range) => range.Length is { } length ? new(name, null, length) : new(name, range.From, range.To);

    private Range FillRange(Binder binder, ImmutableHashSet<string> bound)
    {
        Expression Whole(Expression end)
        {
            Expression filled = Fill(end, bound, true);
            return _final && !IsExact(filled, bound) ? throw new NotationException($"expected a whole-numbered range of {binder.Name}, got the real value {end}.", binder.Place) : filled;
        }

        return binder.From is null ? Range.Count(Whole(binder.Bound!)) : new(Whole(binder.From), Whole(binder.Bound!));
    }

    private Range Infer(Binder binder, IEnumerable<Expression> within)
    {
        var found = within.SelectMany(each => Dimensions(binder.Name, each)).DistinctBy(dimension => dimension.Range.ToString()).ToList();
        return found.Count switch
        {
            1 => found[0].Range,
            0 => throw new NotationException($"expected a range for the index {binder.Name}, such as {binder.Name}:N; no tensor is indexed by {binder.Name} alone.", binder.Place),
            _ => throw new NotationException($"expected a range for the index {binder.Name}: it runs over {string.Join(" and ", found.Select(each => $"{each.Range} in {each.Tensor}"))}.", binder.Place),
        };
    }

    private List<(string Tensor, Range Range)> Dimensions(string index, Expression expression)
    {
        var found = new List<(string, Range)>();
        void Look(Expression each)
        {
            if (each is Reduction reduction && reduction.Binders.Any(binder => binder.Name == index))
                return;
            if (each is Element element && Find(element.Tensor) is { } tensor)
                for (int d = 0; d < Math.Min(element.Indices.Count, tensor.Shape.Count); d++)
                    if (element.Indices[d] is Symbol symbol && symbol.Name == index)
                        found.Add((tensor.Name, tensor.Shape[d]));
            foreach (Expression child in Walk.Children(each))
                Look(child);
        }

        Look(expression);
        return found;
    }

    private static Expression ShapeOnly(Expression expression, string what) =>
        Walk.All(expression).FirstOrDefault(each => each is Element or Derivative) is { } data
            ? throw new NotationException($"expected sizes alone in {what}, got {data}.", data.Place)
            : expression;

    // ---- expressions

    private Condition FillCondition(Condition condition, ImmutableHashSet<string> bound, bool whole) => new([.. condition.Any.Select(all =>
        (IReadOnlyList<Comparison>)[.. all.Select(comparison =>
        {
            bool isWhole = whole || IsAboutIndices(comparison, bound);
            return comparison with { Left = Fill(comparison.Left, bound, isWhole), Right = Fill(comparison.Right, bound, isWhole) };
        })])]);

    // i*sh - ph = u speaks of positions, so ph is whole even where it stands in no index.
    private bool IsAboutIndices(Comparison comparison, ImmutableHashSet<string> bound)
    {
        var all = Walk.All(comparison.Left).Concat(Walk.All(comparison.Right)).ToList();
        return all.OfType<Symbol>().Any(symbol => bound.Contains(symbol.Name))
            && all.All(each => each is not (Pi or Derivative or Application { Function: not (Function.Floor or Function.Ceil or Function.Mod or Function.Max or Function.Min or Function.Abs or Function.Sign) })
                && (each is not Element element || Find(element.Tensor)?.IsExact == true)
                && (each is not Symbol symbol || bound.Contains(symbol.Name) || Find(symbol.Name)?.IsExact != false));
    }

    private Expression Fill(Expression expression, ImmutableHashSet<string> bound, bool whole)
    {
        switch (expression)
        {
            case Symbol symbol:
                FillSymbol(symbol, bound, whole);
                return symbol;
            case Element element:
                return FillElement(element, bound);
            case Reduction reduction:
                return FillReduction(reduction, bound, whole);
            case Bracket bracket:
                return bracket with { Condition = FillCondition(bracket.Condition, bound, whole) };
            case Derivative derivative:
                return FillDerivative(derivative, bound);
            case Matrix matrix:
                throw new NotationException("expected a matrix only as a whole right side with two free indices.", matrix.Place);
            case Operation { Operator: Operator.Divide } quotient when whole:
                Divides(quotient.Right, bound);
                break;
            case Application { Function: Function.Mod } remainder when whole:
                Divides(remainder.Arguments[1], bound);
                break;
        }
        return Walk.Map(expression, child => Fill(child, bound, whole));
    }

    private void FillSymbol(Symbol symbol, ImmutableHashSet<string> bound, bool whole)
    {
        if (bound.Contains(symbol.Name) || IsSize(symbol.Name))
            return;
        if (Find(symbol.Name) is { } tensor)
        {
            _used.Add(symbol.Name);
            if (tensor.Shape.Count > 0)
                throw new NotationException($"expected {Count(tensor.Shape.Count, "index", "indices")} of {symbol.Name}[{string.Join(',', tensor.Shape)}], got none.", symbol.Place);
            return;
        }
        if (Parser.IsReserved(symbol.Name))
            throw new NotationException($"expected a value, got '{symbol.Name}', which the notation keeps for itself.", symbol.Place);
        // A block that inherits says what it adds; anything else that is new to it is a slip of the pen.
        if (Inherits && !_parameters.ContainsKey(symbol.Name))
            throw new NotationException($"expected a name that is known, got '{symbol.Name}' ({Known()}); a new one is declared by a given line.", symbol.Place);
        Register(symbol.Name, whole, 0);
    }

    private bool Inherits => block.Head.Of is not null || block.Head.Kind == BlockKind.Derivation;

    private Element FillElement(Element element, ImmutableHashSet<string> bound)
    {
        Tensor tensor = Find(element.Tensor) ?? throw new NotationException(
            IsSize(element.Tensor) || bound.Contains(element.Tensor) || _parameters.ContainsKey(element.Tensor)
                ? $"expected a tensor before '[', got '{element.Tensor}', which has no indices."
                : $"expected a tensor that is given or defined before, got '{element.Tensor}' ({Known()}).", element.Place);
        _used.Add(element.Tensor);
        if (tensor.Shape.Count != element.Indices.Count)
            throw new NotationException($"expected {Count(tensor.Shape.Count, "index", "indices")} of {element.Tensor}{(tensor.Shape.Count > 0 ? $"[{string.Join(',', tensor.Shape)}]" : "")}, got {element.Indices.Count}.", element.Place);
        var indices = element.Indices.Select(index =>
        {
            // x[i] with no i around it: an index that was forgotten, not a parameter.
            if (index is Symbol alone && !bound.Contains(alone.Name) && !IsSize(alone.Name) && Find(alone.Name) is null && char.IsLower(alone.Name[0]))
                throw new NotationException($"expected {alone.Name} to be a free index on the left side or an index of a sum, got neither.", alone.Place);
            Expression filled = Fill(index, bound, true);
            return _final && !IsExact(filled, bound)
                ? throw new NotationException($"expected a whole-numbered index of {element.Tensor}, got the real value {index}.", index.Place == default ? element.Place : index.Place)
                : filled;
        }).ToArray();
        return element with { Indices = indices };
    }

    private string Known()
    {
        string[] names = [.. _givens.Select(given => given.Name), .. _values.Select(value => value.Name).Where(name => !name.Contains(',', StringComparison.Ordinal))];
        return names.Length == 0 ? "none is" : $"known: {string.Join(", ", names.Take(12))}{(names.Length > 12 ? ", …" : "")}";
    }

    private static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    private Reduction FillReduction(Reduction reduction, ImmutableHashSet<string> bound, bool whole)
    {
        var binders = new List<Binder>();
        ImmutableHashSet<string> inner = bound;
        foreach (Binder binder in reduction.Binders)
        {
            if (binders.Any(each => each.Name == binder.Name))
                throw new NotationException($"expected each bound index once, got {binder.Name} twice.", binder.Place);
            Range range = binder.Bound is not null ? FillRange(binder, inner) : Infer(binder, [.. Walk.Children(reduction.Where), reduction.Body]);
            binders.Add(AsBinder(binder.Name, range) with { Place = binder.Place });
            inner = inner.Add(binder.Name);
        }
        return reduction with
        {
            Binders = binders,
            Where = reduction.Where is null ? null : FillCondition(reduction.Where, inner, false),
            Body = Fill(reduction.Body, inner, whole),
        };
    }

    private Derivative FillDerivative(Derivative derivative, ImmutableHashSet<string> bound)
    {
        string of = NameOf(derivative.Of), by = NameOf(derivative.By);
        if (!_values.Any(value => value.Name == of))
            throw new NotationException($"expected a value that is defined before, got '{of}'.", derivative.Place);
        if (_final && Find(of)!.IsExact)
            throw new NotationException($"expected a real value to derive, got '{of}', which is whole-numbered.", derivative.Place);
        Expression filledOf = Fill(derivative.Of, bound, false), filledBy = Fill(derivative.By, bound, false);
        if (_final)
            CheckVariable(by, derivative.Place);
        if (derivative.Held.FirstOrDefault(name => !_values.Any(value => value.Name == name)) is { } unknown)
            throw new NotationException($"expected a value to hold fixed, got '{unknown}'.", derivative.Place);
        return derivative with { Of = filledOf, By = filledBy };
    }

    private static string NameOf(Expression reference) => reference is Element element ? element.Tensor : ((Symbol)reference).Name;

    // A parameter that divides is at least 1.
    private void Divides(Expression divisor, ImmutableHashSet<string> bound)
    {
        if (divisor is Operation { Operator: Operator.Multiply } product)
        {
            Divides(product.Left, bound);
            Divides(product.Right, bound);
        }
        else if (divisor is Symbol symbol && !bound.Contains(symbol.Name) && !IsSize(symbol.Name) && Find(symbol.Name) is null)
        {
            Register(symbol.Name, true, 1);
        }
    }

    private bool IsExact(Expression expression, ImmutableHashSet<string> bound) => new Exactness(Find, name => bound.Contains(name) || IsSize(name)
        || Find(name) is null && _parameters.TryGetValue(name, out Parameter? parameter) && parameter.IsWhole).IsExact(expression);
}
