using System.Collections.Immutable;
using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation;

/// <summary>Turns a block into a model: inherits, resolves names, infers ranges, tells whole from real numbers.</summary>
/// <remarks>It goes over the block twice: a name is whole if it stands in a size, a range or an index anywhere, and that must be
/// known before the second pass asks whether an index is real-valued.</remarks>
internal sealed partial class Resolver(Library library, Block block)
{
    private static readonly HashSet<string> WholeNames = ["sh", "sw", "eh", "ew", "ed"];

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
        if (last is null && (block.Head.Kind == BlockKind.Derivation || !block.Lines.Any(line => line is UseLine)))
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
            CheckEnd(source, last!);
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

    private void CheckEnd(Block source, EquationLine last)
    {
        EquationLine? wanted = source.Lines.OfType<EquationLine>().LastOrDefault(line => line.Left.Name == last.Left.Name);
        if (wanted is null)
            throw new NotationException($"expected a derivation of {source.Lines.OfType<EquationLine>().LastOrDefault()?.Left.Name ?? $"an equation that {source.Head.Id} has, which has none of its own"}, got one of {last.Left.Name}.", last.Place);
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
}
