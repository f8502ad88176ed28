using System.Collections.Immutable;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <summary>Turns a block into a model: inherits, resolves names, infers ranges, tells whole from real numbers.</summary>
/// <remarks>It goes over the block twice: a name is whole if it stands in a size, a range or an index anywhere, and that must be
/// known before the second pass asks whether an index is real-valued.</remarks>
internal sealed class Resolver(Library library, Block block)
{
    private static readonly HashSet<string> WholeNames = ["sh", "sw", "eh", "ew"];
    private static readonly Dictionary<string, Range> NoHints = [];

    private readonly Dictionary<string, Parameter> _parameters = [];
    private bool _final;

    private readonly List<Given> _givens = [];
    private readonly List<SizeLine> _sizes = [];
    private readonly List<Assumption> _assumptions = [];
    private readonly List<Assumption> _onlyIf = [];
    private readonly List<Value> _values = [];
    private readonly List<Claim> _claims = [];
    private readonly Dictionary<string, string> _residuals = [];
    private readonly HashSet<string> _used = [];
    private readonly List<string> _results = [];
    private string? _by;
    private int _forwardCount = -1;

    /// <summary>The model of the block.</summary>
    public Model Resolve()
    {
        Pass();
        _givens.Clear();
        _sizes.Clear();
        _assumptions.Clear();
        _onlyIf.Clear();
        _values.Clear();
        _claims.Clear();
        _residuals.Clear();
        _used.Clear();
        _results.Clear();
        (_by, _forwardCount, _final) = (null, -1, true);
        Pass();
        return new()
        {
            Head = block.Head,
            Parameters = [.. _parameters.Values],
            Givens = [.. _givens],
            Sizes = [.. _sizes],
            Assumptions = [.. _assumptions],
            Values = [.. _values],
            ForwardCount = _forwardCount < 0 ? _values.Count : _forwardCount,
            Results = [.. _results],
            Residuals = _residuals.ToDictionary(),
            Claims = [.. _claims],
            OnlyIf = [.. _onlyIf],
        };
    }

    private void Pass()
    {
        Head head = block.Head;
        Block source = block;
        if (head.Kind == BlockKind.Derivation)
        {
            source = library.Find(head.Id) ?? throw new NotationException($"expected an eq block of id {head.Id} for this derivation, got none.", head.Place);
            if (source.Head.By is null)
                Include(library.Resolve(head.Id, head.Place), head.Place);
        }
        else if (head is { Of: { } same, By: null })
        {
            Include(library.Resolve(same, head.Place), head.Place);
        }
        if (source.Head is { Of: { } forward, By: { } by })
            InheritForward(library.Resolve(forward, head.Place), by, head.Place);

        IReadOnlyList<string> inherited = [.. _results];
        foreach (Line line in block.Lines)
            Read(line, inherited);
        Finish(source, inherited);
    }

    private void Finish(Block source, IReadOnlyList<string> inherited)
    {
        EquationLine? last = block.Lines.OfType<EquationLine>().LastOrDefault();
        if (last is null && !block.Lines.Any(line => line is UseLine))
            throw new NotationException("expected at least one equation in the block, got none.", block.Head.Place);
        if (!block.Lines.Any(line => line is ResultLine) && last is not null)
        {
            _results.Clear();
            _results.Add(last.Left.Name);
        }
        if (_by is not null && !_claims.OfType<GradientClaim>().Any(claim => claim.By == _by))
            throw new NotationException($"expected an equation for d{_by}, the gradient that the head claims, got none.", block.Head.Place);
        if (block.Head is { Kind: BlockKind.Equation, Of: not null, By: null } && last is not null)
            ClaimSame(last, inherited);
        if (block.Head.Kind == BlockKind.Derivation)
            CheckEnd(source);
        if (block.Head.OnlyIf is { } onlyIf)
            foreach (Condition condition in onlyIf.Any.Count == 1 ? onlyIf.Any[0].Select(comparison => Condition.AllOf([comparison])) : [onlyIf])
                _onlyIf.Add(Restrict(condition));
        var declared = block.Lines.OfType<GivenLine>().SelectMany(line => line.Declarations);
        if (declared.FirstOrDefault(given => !_used.Contains(given.Name)) is { } unused)
            throw new NotationException($"expected every given to be used, got {unused.Name}, which no line uses.", unused.Place);
        if (_parameters.Values.FirstOrDefault(parameter => Find(parameter.Name) is not null || IsSize(parameter.Name)) is { } early)
            throw new NotationException($"expected {early.Name} to be defined before it is used, got its definition after a use.", PlaceOf(early.Name));
    }

    private Place PlaceOf(string name) => block.Lines.SelectMany(line => line switch
    {
        GivenLine given => given.Declarations.Where(each => each.Name == name).Select(each => each.Place),
        EquationLine equation when equation.Left.Name == name => [equation.Place],
        SizeLine size when size.Name == name => [size.Place],
        _ => [],
    }).FirstOrDefault(block.Head.Place);

    // ---- inheritance

    private void InheritForward(Model forward, string by, Place place)
    {
        Include(forward, place);
        _forwardCount = _values.Count;
        _by = by;
        CheckVariable(by, place);
        foreach (string result in forward.Results)
        {
            Tensor tensor = forward.Find(result)!;
            if (tensor.IsExact)
                throw new NotationException($"expected a forward equation of real numbers, got {result}, which is whole-numbered.", place);
            string residual = "d" + result;
            NewName(residual, place);
            _residuals[result] = residual;
            // A scalar L is the loss itself.
            if (result == "L" && tensor.Shape.Count == 0)
                _values.Add(new(residual, [], [], Number.Of(1), false));
            else
                _givens.Add(new(residual, tensor.Shape, null, false));
        }
        if (_values.Count > _forwardCount)
            _forwardCount = _values.Count;
        _results.Clear();
    }

    private void CheckVariable(string by, Place place)
    {
        bool isReal = Find(by) is { } tensor ? !tensor.IsExact : _parameters.TryGetValue(by, out Parameter? parameter) && !parameter.IsWhole;
        if (!isReal)
            throw new NotationException(Find(by) is null && !_parameters.ContainsKey(by)
                ? $"expected a variable of the forward equation, got '{by}', which it does not have ({string.Join(", ", _givens.Select(given => given.Name))})."
                : $"expected a real-valued variable, got '{by}', which is whole-numbered and has no derivative.", place);
    }

    private void Include(Model model, Place place, HashSet<string>? replaced = null)
    {
        foreach (Parameter parameter in model.Parameters)
            Register(parameter.Name, parameter.IsWhole, parameter.Least);
        foreach (Given given in model.Givens.Where(given => replaced is null || !replaced.Contains(given.Name)))
        {
            if (_givens.FirstOrDefault(each => each.Name == given.Name) is { } twice && Text(twice) == Text(given))
                continue;
            NewName(given.Name, place);
            _givens.Add(given);
        }
        foreach (SizeLine size in model.Sizes)
        {
            if (_sizes.Any(each => each.Name == size.Name && each.Value.IsSameAs(size.Value)))
                continue;
            NewName(size.Name, place);
            _sizes.Add(size);
        }
        foreach (Assumption assumption in model.Assumptions.Where(assumption => !_assumptions.Any(each => each.ToString() == assumption.ToString())))
            _assumptions.Add(assumption);
        foreach (Value value in model.Values)
        {
            NewName(value.Name, place);
            _values.Add(value);
        }
        foreach (var (result, residual) in model.Residuals)
            _residuals[result] = residual;
        _results.Clear();
        _results.AddRange(model.Results);
    }

    private static string Text(Given given) => $"{given.Name}[{string.Join(',', given.Shape)}] {given.Domain}";

    // ---- lines

    private void Read(Line line, IReadOnlyList<string> inherited)
    {
        switch (line)
        {
            case GivenLine given:
                foreach (Declaration declaration in given.Declarations)
                    Declare(declaration);
                break;
            case WhereLine where:
                _assumptions.Add(Restrict(where.Condition));
                break;
            case SizeLine size:
                NewName(size.Name, size.Place);
                _sizes.Add(size with { Value = ShapeOnly(Fill(size.Value, [], true), $"the size {size.Name}") });
                break;
            case UseLine use:
                Use(use);
                break;
            case EquationLine equation:
                Define(equation, inherited);
                break;
            case ClaimLine claim:
                foreach (string name in new[] { claim.Left, claim.Right })
                    if (!_values.Any(value => value.Name == name))
                        throw new NotationException($"expected a value of the block, got '{name}'.", claim.Place);
                _claims.Add(new EqualityClaim($"{claim.Left} = {claim.Right}", claim.Left, claim.Right) { Place = claim.Place });
                break;
            case ResultLine result:
                if (result.Names.FirstOrDefault(name => !_values.Any(value => value.Name == name)) is { } unknown)
                    throw new NotationException($"expected a value of the block, got '{unknown}'.", result.Place);
                _results.Clear();
                _results.AddRange(result.Names);
                break;
        }
    }

    private void Declare(Declaration declaration)
    {
        if (_givens.Any(given => given.Name == declaration.Name) && block.Head.Kind == BlockKind.Derivation)
            return;
        NewName(declaration.Name, declaration.Place);
        var shape = declaration.Shape.Select(length => Range.Count(ShapeOnly(Fill(length, [], true), $"the shape of {declaration.Name}"))).ToArray();
        Domain? domain = declaration.Domain switch
        {
            WholeRange range => new WholeRange(ShapeOnly(Fill(range.First, [], true), "a range"), ShapeOnly(Fill(range.Last, [], true), "a range")),
            Interval interval => interval with { Low = ShapeOnly(Fill(interval.Low, [], true), "an interval"), High = ShapeOnly(Fill(interval.High, [], true), "an interval") },
            var other => other,
        };
        bool isExact = domain is WholeRange || domain is OneOf values && values.Values.All(value => value.Denominator == 1);
        _givens.Add(new(declaration.Name, shape, domain, isExact));
    }

    private void Use(UseLine use)
    {
        Model model = library.Resolve(use.Id, use.Place);
        var replaced = new HashSet<string>();
        foreach (EquationLine with in use.With)
        {
            Given given = model.Givens.FirstOrDefault(given => given.Name == with.Left.Name)
                ?? throw new NotationException($"expected a given of {use.Id}, got '{with.Left.Name}'.", with.Place);
            if (with.Left.Indices.Count != given.Shape.Count)
                throw new NotationException($"expected {given.Shape.Count} indices of {given.Name}, got {with.Left.Indices.Count}.", with.Place);
            replaced.Add(given.Name);
            foreach (Parameter parameter in model.Parameters)
                Register(parameter.Name, parameter.IsWhole, parameter.Least);
            foreach (SizeLine size in model.Sizes.Where(size => !_sizes.Any(each => each.Name == size.Name)))
                _sizes.Add(size);
            AddValue(with.Left, with.Sides[0], given.Shape, given.Name, with.Place);
        }
        Include(model, use.Place, replaced);
    }

    private void Define(EquationLine equation, IReadOnlyList<string> inherited)
    {
        string name = equation.Left.Name;
        bool isDerivation = block.Head.Kind == BlockKind.Derivation;
        if (equation.Sides.Count > 1 && !isDerivation)
            throw new NotationException("expected one right side, got a chain of them; a chain stands in a derivation block.", equation.Sides[1].Place);
        string? by = _by is not null && name.Length > 1 && name[0] == 'd' && !_residuals.ContainsValue(name) && IsVariable(name[1..]) ? name[1..] : null;
        IReadOnlyList<Range>? shape = by is null ? null : Find(by)?.Shape ?? [];
        bool restates = by is null && isDerivation && _values.Any(value => value.Name == name)
            || by is null && block.Head is { Kind: BlockKind.Equation, Of: not null, By: null } && inherited.Contains(name) && ReferenceEquals(equation, block.Lines.OfType<EquationLine>().Last());
        if (restates)
            shape = Find(name)!.Shape;

        string previous = name;
        for (int i = 0; i < equation.Sides.Count; i++)
        {
            string own = i == 0 && !restates ? name : $"{name}, step {i + 1}";
            AddValue(equation.Left, equation.Sides[i], shape, own, i == 0 ? equation.Place : equation.Sides[i].Place);
            string step = equation.Sides.Count == 1 ? name : $"{name}, step {i + 1} of {equation.Sides.Count}";
            if (i == 0 && by is not null)
                _claims.Add(new GradientClaim(step, own, by) { Place = equation.Place });
            else if (i > 0 || restates && isDerivation)
                _claims.Add(new EqualityClaim(step, own, previous) { Place = equation.Sides[i].Place });
            previous = own;
        }
    }

    private bool IsVariable(string name) => Find(name) is { IsExact: false } || _parameters.TryGetValue(name, out Parameter? parameter) && !parameter.IsWhole;

    private void ClaimSame(EquationLine last, IReadOnlyList<string> inherited)
    {
        string claimed = inherited.Contains(last.Left.Name) ? $"{last.Left.Name}, step 1" : last.Left.Name;
        if (inherited.Count != 1)
            throw new NotationException($"expected one result of {block.Head.Of} to compare with, got {inherited.Count}.", block.Head.Place);
        _claims.Add(new EqualityClaim(last.Left.Name, claimed, inherited[0]) { Place = last.Place });
    }

    private void CheckEnd(Block source)
    {
        EquationLine last = block.Lines.OfType<EquationLine>().Last();
        EquationLine? wanted = source.Lines.OfType<EquationLine>().LastOrDefault(line => line.Left.Name == last.Left.Name);
        if (wanted is null)
            throw new NotationException($"expected a derivation of {source.Lines.OfType<EquationLine>().Last().Left.Name}, got one of {last.Left.Name}.", last.Place);
        Value end = _values.Last(value => value.Place == last.Sides[^1].Place || value.Name == last.Left.Name);
        var names = wanted.Left.Indices.Zip(last.Left.Indices).ToDictionary(pair => pair.First.Name, pair => (Expression)new Symbol(pair.Second.Name));
        Expression filled = FillSide(wanted.Sides[^1], [.. last.Left.Indices.Select(index => index.Name)], names);
        if (Walk.Canonical(filled) != Walk.Canonical(end.Body))
            throw new NotationException($"expected the derivation to end with the right side of {source.Head.Id}, {wanted.Sides[^1]}, got {last.Sides[^1]}.", last.Sides[^1].Place);
    }

    private Expression FillSide(Expression side, ImmutableHashSet<string> bound, Dictionary<string, Expression> names)
    {
        try
        {
            return Fill(Walk.Substitute(side, names), bound, false);
        }
        catch (NotationException)
        {
            return side;   // it names helpers that this derivation does not define: not the same formula
        }
    }

    private void AddValue(LeftSide left, Expression side, IReadOnlyList<Range>? hint, string name, Place place)
    {
        NewName(name, place);
        if (left.Indices.GroupBy(index => index.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new NotationException($"expected each free index once, got {twice.Key} twice.", place);
        ImmutableHashSet<string> bound = [.. left.Indices.Select(index => index.Name)];
        var shape = new List<Range>();
        for (int d = 0; d < left.Indices.Count; d++)
        {
            Binder index = left.Indices[d];
            Range? range = index.Bound is not null ? FillRange(index, [])
                : hint is not null && d < hint.Count ? hint[d]
                : null;
            shape.Add(range ?? Infer(index, [side]));
            foreach (Expression end in new[] { shape[d].From, shape[d].To })
                ShapeOnly(end, $"the range of {index.Name}");
        }
        bool isSize = left.Indices.Count == 0 && char.IsUpper(left.Name[0]) && left.Name != "L" && !Walk.All(side).Any(each => each is Element);
        Expression body = side is Matrix matrix ? FillMatrix(matrix, shape, place) : Fill(side, bound, isSize);
        _values.Add(new(name, [.. left.Indices.Select(index => index.Name)], shape, body, IsExact(body, bound)) { Place = place });
    }

    private static Matrix FillMatrix(Matrix matrix, List<Range> shape, Place place)
    {
        if (shape.Count != 2)
            throw new NotationException($"expected two free indices for a matrix, got {shape.Count}.", place);
        foreach (var (range, length, what) in new[] { (shape[0], matrix.Rows.Count, "rows"), (shape[1], matrix.Rows[0].Count, "columns") })
            if (range.Length is null || Constants.Value(range.Length) is not { } wanted || wanted != new Rational(length, 1))
                throw new NotationException($"expected {range} {what} as the left side says, got {length}.", place);
        if (matrix.Rows.SelectMany(row => row).FirstOrDefault(entry => Constants.Value(entry) is null) is { } variable)
            throw new NotationException($"expected numbers in a matrix, got {variable}.", variable.Place);
        return matrix;
    }

    private Assumption Restrict(Condition condition)
    {
        // A name that indexes a dimension alone, and means nothing else, is an index: the condition is asked for all its values.
        IEnumerable<string> Indices(Expression each, ImmutableHashSet<string> bound)
        {
            if (each is Reduction reduction)
                bound = bound.Union(reduction.Binders.Select(binder => binder.Name));
            var own = each is Element element ? element.Indices.OfType<Symbol>().Select(symbol => symbol.Name).Except(bound) : [];
            return [.. own, .. Walk.Children(each).SelectMany(child => Indices(child, bound))];
        }

        var free = Walk.Children(condition).SelectMany(side => Indices(side, []))
            .Where(name => Find(name) is null && !IsSize(name) && !_parameters.ContainsKey(name)).Distinct().ToList();
        var sides = Walk.Children(condition).ToArray();
        var forAll = free.Select(name => AsBinder(name, Infer(new Binder(name, null, null), sides))).ToList();
        return new(forAll, FillCondition(condition, [.. free], false));
    }

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

    private bool IsExact(Expression expression, ImmutableHashSet<string> bound) => expression switch
    {
        Number => true,
        Pi or Derivative => false,
        Symbol symbol => bound.Contains(symbol.Name) || IsSize(symbol.Name)
            || (Find(symbol.Name) is { } scalar ? scalar.IsExact : _parameters.TryGetValue(symbol.Name, out Parameter? parameter) && parameter.IsWhole),
        Element element => Find(element.Tensor)!.IsExact,
        Application { Function: Function.Floor or Function.Ceil or Function.Mod or Function.Abs or Function.Sign or Function.Max or Function.Min } application =>
            application.Arguments.All(argument => IsExact(argument, bound)),
        Application => false,
        Bracket => true,
        Reduction reduction => IsExact(reduction.Body, bound.Union(reduction.Binders.Select(binder => binder.Name))),
        Negation negation => IsExact(negation.Operand, bound),
        Operation { Operator: Operator.Power } power => IsExact(power.Left, bound) && IsExact(power.Right, bound) && IsWhole(power.Right),
        Operation operation => IsExact(operation.Left, bound) && IsExact(operation.Right, bound),
        Matrix => false,
        _ => throw new InvalidOperationException($"unknown expression {expression.GetType().Name}."),
    };

    private static bool IsWhole(Expression expression) => expression switch
    {
        Application { Function: Function.Floor or Function.Ceil } => true,
        Operation { Operator: Operator.Divide } => false,
        Number number => number.Value.Denominator == 1,
        _ => Walk.Children(expression).All(IsWhole),
    };
}
