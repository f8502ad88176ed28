using CnnVerified.Reference.Notation;

namespace CnnVerified.Verification.Checking;

/// <summary>A way in which a claim may have gone wrong, and the claim with it mended.</summary>
/// <param name="Name">What a person would call the slip.</param>
/// <param name="Body">The mended right side.</param>
internal sealed record Slip(string Name, Expression Body);

/// <summary>The known slips: each is taken back in the claim, and whichever makes it true is the diagnosis.</summary>
internal sealed class Slips
{
    private readonly Model _model;
    private readonly Value _claimed;
    private readonly GradientClaim? _gradient;
    private readonly HashSet<string> _sizes;
    private readonly HashSet<string> _residuals;

    public Slips(Model model, Claim claim)
    {
        _model = model;
        _claimed = model.Values.First(value => value.Name == claim.Claimed);
        _gradient = claim as GradientClaim;
        _sizes = [.. model.Parameters.Where(parameter => parameter.IsWhole).Select(parameter => parameter.Name), .. model.Sizes.Select(size => size.Name)];
        _residuals = [.. model.Residuals.Values];
    }

    /// <summary>The mended claims to try, the most telling first.</summary>
    public IEnumerable<Slip> All() => Sign().Concat(Exchanged()).Concat(Terms()).Concat(Rotations()).Concat(Strides()).Concat(Masks()).Concat(Sums())
        .Concat(Transpositions()).Concat(Scales()).Concat(Residual()).Concat(Logarithms()).Concat(Exponents()).Concat(Shifts())
        .Where(slip => IsClosed(slip.Body, [.. _claimed.Indices]) && slip.Body.ToString() != _claimed.Body.ToString());

    // A mended side may have put an index outside the sum that it belongs to: that is no formula.
    private bool IsClosed(Expression expression, HashSet<string> scope)
    {
        if (expression is Symbol symbol)
            return scope.Contains(symbol.Name) || _sizes.Contains(symbol.Name) || _model.Find(symbol.Name) is not null || _model.Parameters.Any(parameter => parameter.Name == symbol.Name);
        if (expression is not Reduction reduction)
            return Walk.Children(expression).All(child => IsClosed(child, scope));
        HashSet<string> inner = [.. scope];
        foreach (Binder binder in reduction.Binders)
        {
            if (!Walk.Children(binder).All(bound => IsClosed(bound, inner)))
                return false;
            inner.Add(binder.Name);
        }
        return Walk.Children(reduction.Where).Append(reduction.Body).All(child => IsClosed(child, inner));
    }

    private Expression Body => _claimed.Body;

    // ---- whole claim

    private IEnumerable<Slip> Sign()
    {
        yield return new("the sign is wrong", new Negation(Body));
    }

    // 1 - y^2 without the 1: the residual itself is missing, or is there once too often.
    private IEnumerable<Slip> Terms()
    {
        foreach (string residual in _residuals)
            if (_model.Find(residual) is { Shape.Count: > 0 } tensor && SameShape(tensor, _claimed))
            {
                var element = new Element(residual, [.. _claimed.Indices.Select(name => (Expression)new Symbol(name))]);
                yield return new($"the term {element} is missing", new Operation(Operator.Add, Body, element));
                yield return new($"the term {element} is too much", new Operation(Operator.Subtract, Body, element));
            }
    }

    private IEnumerable<Slip> Scales()
    {
        string[] counts = [.. _sizes.Where(name => char.IsUpper(name[0]))];
        var products = new List<Expression> { Number.Of(2) };
        // Lengths that have no name, such as H - R + 1, and all elements of a tensor.
        foreach (Tensor tensor in Others())
        {
            Expression[] lengths = [.. tensor.Shape.Select(range => range.Length).OfType<Expression>()];
            products.AddRange(lengths.Where(length => length is not (Symbol or Number)));
            if (lengths.Length > 3)
                products.Add(lengths.Aggregate(Times));
        }
        for (int i = 0; i < counts.Length; i++)
        {
            products.Add(new Symbol(counts[i]));
            for (int j = i + 1; j < counts.Length; j++)
            {
                products.Add(Times(new Symbol(counts[i]), new Symbol(counts[j])));
                for (int k = j + 1; k < counts.Length; k++)
                    products.Add(Times(Times(new Symbol(counts[i]), new Symbol(counts[j])), new Symbol(counts[k])));
            }
        }
        foreach (Expression product in products.DistinctBy(product => product.ToString()).OrderBy(product => Walk.All(product).Count()))
        {
            yield return new($"too large by the factor {product}", new Operation(Operator.Divide, Body, product));
            yield return new($"too small by the factor {product}", Times(product, Body));
        }
    }

    // ---- one value for another

    private IEnumerable<Slip> Exchanged()
    {
        string[] used = [.. Walk.All(Body).Select(Name).OfType<string>().Distinct()];
        foreach (string name in used)
            if (_model.Find(name) is { } tensor)
                foreach (Tensor other in Others().Where(other => other.Name != name && !other.IsExact && SameShape(other, tensor) && !_residuals.Contains(other.Name) && !_residuals.Contains(name)))
                    yield return new(Exchange(name, other.Name), Renamed(Body, name, other.Name));
    }

    private IEnumerable<Tensor> Others() => [.. _model.Givens, .. _model.Values.TakeWhile(value => value.Name != _claimed.Name)];

    private string Exchange(string used, string meant)
    {
        bool IsValue(string name) => _model.Values.Any(value => value.Name == name);
        bool IsForward(string name) => _model.Values.Take(_model.ForwardCount).Any(value => value.Name == name);
        bool From(string value, string from) => IsValue(value) && Walk.All(_model.Values.First(each => each.Name == value).Body).Any(each => Name(each) == from);
        return From(used, meant) && !IsForward(used) ? $"updated {meant} used: {used} in the place of {meant}"
            : From(meant, used) && !IsForward(meant) ? $"{used} used in the place of the later {meant}"
            : IsForward(used) && From(used, meant) ? $"evaluated at the output {used}, not the pre-activation {meant}"
            : IsForward(meant) && From(meant, used) ? $"evaluated at the pre-activation {used}, not the output {meant}"
            : $"{used} in the place of {meant}";
    }

    private static Expression Renamed(Expression expression, string from, string to) => expression switch
    {
        Element element when element.Tensor == from => new Element(to, [.. element.Indices.Select(index => Renamed(index, from, to))]),
        Symbol symbol when symbol.Name == from => new Symbol(to),
        _ => Walk.Map(expression, child => Renamed(child, from, to)),
    };

    private static string? Name(Expression expression) => expression is Element element ? element.Tensor : (expression as Symbol)?.Name;

    private static bool SameShape(Tensor a, Tensor b) => a.Shape.Count == b.Shape.Count && a.Shape.Zip(b.Shape).All(pair => pair.First.ToString() == pair.Second.ToString());

    // ---- rotation, transposition, shift

    private IEnumerable<Slip> Rotations()
    {
        string[] free = [.. _claimed.Indices.TakeLast(2)];
        if (free.Length > 0)
            yield return new("the result is not rotated by 180°", Walk.Substitute(Body, free.ToDictionary(name => name, name => (Expression)Flipped(name, _claimed.Shape[_claimed.Indices.ToList().IndexOf(name)].Length ?? Number.Of(1)))));
        var ranges = Ranges();
        // A kernel w[k,c,r,s] before an image x[n,c,i+r,j+s]: rotating either mends the same slip, but people rotate kernels.
        // What is written rotated comes first of all.
        var rotations = new List<(bool IsRotated, Slip Slip)>();
        foreach (string tensor in Tensors().OrderByDescending(HasPlainIndices))
        {
            var last = Walk.All(Body).OfType<Element>().Where(element => element.Tensor == tensor).SelectMany(element => element.Indices.TakeLast(2)).ToList();
            string[] indices = [.. last.SelectMany(Walk.All).OfType<Symbol>().Select(symbol => symbol.Name).Distinct().Where(name => ranges.ContainsKey(name) && !_claimed.Indices.Contains(name))];
            if (indices.Length == 0)
                continue;
            bool isRotated = last.All(index => indices.Any(name => index.ToString().EndsWith($"- 1 - {name}", StringComparison.Ordinal)));
            var flip = indices.ToDictionary(name => name, name => (Expression)Flipped(name, ranges[name]));
            rotations.Add((isRotated, new(isRotated ? $"{tensor} is rotated by 180° and must not be" : $"{tensor} is not rotated by 180°", InElements(Body, tensor, index => Walk.Substitute(index, flip)))));
        }
        foreach (var (_, slip) in rotations.OrderByDescending(rotation => rotation.IsRotated))
            yield return slip;
    }

    private bool HasPlainIndices(string tensor) =>
        Walk.All(Body).OfType<Element>().Where(element => element.Tensor == tensor).All(element => element.Indices.TakeLast(2).All(index => index is Symbol));

    private static Operation Flipped(string name, Expression length) =>
        new Operation(Operator.Subtract, new Operation(Operator.Subtract, length, Number.Of(1)), new Symbol(name));

    private IEnumerable<Slip> Transpositions()
    {
        foreach (string tensor in Tensors())
        {
            int rank = _model.Find(tensor)!.Shape.Count;
            for (int a = 0; a < rank; a++)
                for (int b = a + 1; b < rank; b++)
                {
                    int first = a, second = b;
                    yield return new(rank == 2 ? $"{tensor} is not transposed" : $"indices {a + 1} and {b + 1} of {tensor} are exchanged", Replaced(Body, each => each is Element element && element.Tensor == tensor
                        ? element with { Indices = [.. element.Indices.Select((index, d) => d == first ? element.Indices[second] : d == second ? element.Indices[first] : index)] }
                        : null));
                }
        }
    }

    private IEnumerable<Slip> Shifts()
    {
        var ranges = Ranges();
        foreach (string tensor in Tensors())
        {
            // dy[u+r] where dy[u-r] is meant.
            string[] added = [.. Walk.All(Body).OfType<Element>().Where(element => element.Tensor == tensor).SelectMany(element => element.Indices).Where(index => index is Operation)
                .SelectMany(Walk.All).OfType<Symbol>().Select(symbol => symbol.Name).Where(name => ranges.ContainsKey(name) && !_claimed.Indices.Contains(name)).Distinct()];
            if (added.Length > 0)
                yield return new($"the sign of {string.Join(" and ", added)} in the index of {tensor} is wrong",
                    InElements(Body, tensor, index => index is Operation ? Walk.Substitute(index, added.ToDictionary(name => name, name => (Expression)new Negation(new Symbol(name)))) : index));
        }
        foreach (string tensor in Tensors())
            for (int d = 0; d < _model.Find(tensor)!.Shape.Count; d++)
                foreach (int by in new[] { 1, -1 })
                {
                    int dimension = d;
                    yield return new($"index {d + 1} of {tensor} is shifted by {-by}", Replaced(Body, each => each is Element element && element.Tensor == tensor
                        ? element with { Indices = [.. element.Indices.Select((index, i) => i == dimension ? new Operation(Operator.Add, index, Number.Of(by)) : index)] }
                        : null));
                }
    }

    // ---- stride, dilation, padding

    private IEnumerable<Slip> Strides()
    {
        if (Swapped(("sh", "eh"), ("sw", "ew")) is { } swapped)
            yield return new("stride and dilation are swapped", swapped);
        if (Swapped(("sh", "sw"), ("ph", "pw"), ("eh", "ew")) is { } columns)
            yield return new("rows and columns are swapped", columns);
        if (Swapped(("R", "S")) is { } window)
            yield return new("R and S are swapped", window);
        foreach (string tensor in Tensors())
        {
            int rank = _model.Find(tensor)!.Shape.Count;
            int[] spatial = rank == 1 ? [0] : [rank - 2, rank - 1];
            foreach (var (rows, columnsBy, name) in new[] { ("sh", "sw", "stride"), ("eh", "ew", "dilation"), ("R", "S", "window size") })
            {
                string[] by = rank == 1 ? [rows] : [rows, columnsBy];
                if (!by.All(_sizes.Contains))
                    continue;
                // i + r becomes i*sh + r; u + ph - r becomes (u + ph - r)/sh.
                var indices = spatial.Select(d => Walk.All(Body).OfType<Element>().Where(element => element.Tensor == tensor).Select(element => element.Indices[d])
                    .SelectMany(Additive).OfType<Symbol>().Select(symbol => symbol.Name).Where(name => !_sizes.Contains(name)).Distinct().ToArray()).ToArray();
                for (int choice = 0; choice < indices.Max(each => each.Length); choice++)
                {
                    var times = new Dictionary<string, Expression>();
                    for (int k = 0; k < spatial.Length; k++)
                        if (choice < indices[k].Length)
                            times[indices[k][choice]] = Times(new Symbol(indices[k][choice]), new Symbol(by[k]));
                    string where = name == "stride" ? "stride missing in the window position" : $"{name} missing in the index of {tensor}";
                    yield return new(where, InElements(Body, tensor, index => Walk.Substitute(index, times)));
                }
                yield return new(name == "stride" ? $"{tensor} is not spread by the stride" : $"{name} missing as a divisor in the index of {tensor}", Replaced(Body, each => each is Element element && element.Tensor == tensor
                    ? element with { Indices = [.. element.Indices.Select((index, d) => Array.IndexOf(spatial, d) is var k and >= 0 ? new Operation(Operator.Divide, index, new Symbol(by[k])) : index)] }
                    : null));
            }
            string[] padding = rank == 1 ? ["ph"] : ["ph", "pw"];
            if (padding.All(_sizes.Contains))
                foreach (var (sign, factor, name) in new[] { (Operator.Add, 1, "missing"), (Operator.Subtract, 1, "missing"), (Operator.Add, 2, "of the wrong sign"), (Operator.Subtract, 2, "of the wrong sign") })
                    yield return new($"padding {name} in the index of {tensor}", Replaced(Body, each => each is Element element && element.Tensor == tensor
                        ? element with { Indices = [.. element.Indices.Select((index, d) => Array.IndexOf(spatial, d) is var k and >= 0 ? Padded(index, sign, Times(Number.Of(factor), new Symbol(padding[k]))) : index)] }
                        : null));
        }
    }

    private static Operation Padded(Expression index, Operator sign, Expression padding) => index is Operation { Operator: Operator.Divide } quotient
        ? quotient with { Left = new Operation(sign, quotient.Left, padding) }
        : new Operation(sign, index, padding);

    private Expression? Swapped(params (string A, string B)[] pairs)
    {
        var swap = pairs.Where(pair => _sizes.Contains(pair.A) && _sizes.Contains(pair.B))
            .SelectMany(pair => new[] { (pair.A, pair.B), (pair.B, pair.A) }).ToDictionary(pair => pair.Item1, pair => (Expression)new Symbol(pair.Item2));
        return swap.Count == 0 ? null : Walk.Substitute(Body, swap);
    }

    // The terms of a sum that stand with a plus and no factor.
    private static IEnumerable<Expression> Additive(Expression expression) => expression switch
    {
        Operation { Operator: Operator.Add or Operator.Subtract } sum => [.. Additive(sum.Left), .. Additive(sum.Right)],
        Operation { Operator: Operator.Divide } quotient => Additive(quotient.Left),
        _ => [expression],
    };

    // ---- masks, sums, residual

    private IEnumerable<Slip> Masks()
    {
        foreach (Value value in _model.Values.Take(_model.ForwardCount))
        {
            // The brackets of the forward equation, spoken of the claim's free indices where the shapes agree.
            if (value.Shape.Count == _claimed.Shape.Count && value.Shape.Zip(_claimed.Shape).All(pair => pair.First.ToString() == pair.Second.ToString()))
            {
                var names = value.Indices.Zip(_claimed.Indices).ToDictionary(pair => pair.First, pair => (Expression)new Symbol(pair.Second));
                foreach (Bracket bracket in Walk.All(value.Body).OfType<Bracket>())
                    yield return new("mask missing", Times(Walk.Substitute(bracket, names), Body));
            }
            // A maximum lets the residual through to where it was found.
            if (value.Body is Reduction { Kind: ReductionKind.Max or ReductionKind.Min } && _gradient is not null && _model.Find(_gradient.By) is { } variable && variable.Shape.Count == _claimed.Indices.Count)
                foreach (Element residual in Walk.All(Body).OfType<Element>().Where(element => element.Tensor == "d" + value.Name).DistinctBy(element => element.ToString()))
                {
                    var mask = new Bracket(Condition.AllOf([new(new Element(_gradient.By, [.. _claimed.Indices.Select(name => (Expression)new Symbol(name))]), Relation.Equal, residual with { Tensor = value.Name })]));
                    yield return new("mask missing: the residual goes to the whole window, not to the maximum alone", Replaced(Body, each => each is Element element && element.ToString() == residual.ToString() ? Times(mask, element) : null));
                }
        }
    }

    private IEnumerable<Slip> Sums()
    {
        foreach (Reduction reduction in Walk.All(Body).OfType<Reduction>().Where(reduction => reduction.Kind == ReductionKind.Sum))
        {
            // One sum too many: its index is meant to be a free one.
            foreach (Binder binder in reduction.Binders)
                foreach (string free in _claimed.Indices.Where((name, d) => _claimed.Shape[d].ToString() == binder.Bound?.ToString() || binder.From is null && binder.Bound!.ToString() == _claimed.Shape[d].Length?.ToString()))
                {
                    Reduction rest = reduction with { Binders = [.. reduction.Binders.Where(other => other != binder)] };
                    Expression inner = Walk.Substitute(rest.Binders.Count == 0 ? rest.Body : rest, new Dictionary<string, Expression> { [binder.Name] = new Symbol(free) });
                    yield return new($"summed over {binder.Name}, which is {free}", Put(reduction, inner));
                    break;
                }
        }
        // A sum missing: an index stands still at a number, or keeps every R-th element of a block.
        foreach (string tensor in Tensors())
        {
            Tensor shape = _model.Find(tensor)!;
            for (int d = 0; d < shape.Shape.Count; d++)
            {
                int dimension = d;
                if (shape.Shape[d].Length is not { } length || !Walk.All(Body).OfType<Element>().Any(element => element.Tensor == tensor && element.Indices[dimension] is Number))
                    continue;
                string index = Walk.Fresh("n", Taken());
                yield return new($"the sum over index {d + 1} of {tensor} is missing", Summed(Replaced(Body, each => each is Element element && Fixed(element, length) is { } at
                    ? element with { Indices = [.. element.Indices.Select((old, i) => i == at ? new Symbol(index) : old)] }
                    : null), (index, length)));
            }
            if (shape.Shape.Count >= 2 && Blocks(tensor) is { } blocks)
                yield return new($"the sum over the block is missing: only one element of {tensor} in each is kept", blocks);
        }
    }

    private int? Fixed(Element element, Expression length)
    {
        Tensor tensor = _model.Find(element.Tensor)!;
        for (int d = 0; d < element.Indices.Count; d++)
            if (element.Indices[d] is Number && tensor.Shape[d].Length?.ToString() == length.ToString())
                return d;
        return null;
    }

    // dy[u*R,v*S] becomes the sum of dy[u*R+r,v*S+s] over r and s.
    private Reduction? Blocks(string tensor)
    {
        var added = new List<(string, Expression)>();
        HashSet<string> taken = Taken();
        Expression body = Replaced(Body, each =>
        {
            if (each is not Element element || element.Tensor != tensor)
                return null;
            added.Clear();
            return element with
            {
                Indices = [.. element.Indices.Select(index =>
                {
                    if (index is not Operation { Operator: Operator.Multiply, Right: Symbol size } || !_sizes.Contains(size.Name))
                        return index;
                    string name = Walk.Fresh(size.Name.ToLowerInvariant(), taken);
                    added.Add((name, size));
                    return (Expression)new Operation(Operator.Add, index, new Symbol(name));
                })],
            };
        });
        return added.Count == 0 ? null : Summed(body, [.. added]);
    }

    private IEnumerable<Slip> Residual()
    {
        if (_gradient is null || Walk.All(Body).Any(each => Name(each) is { } name && _residuals.Contains(name)))
            yield break;
        var ranges = Ranges();
        foreach (string residual in _residuals)
        {
            Tensor tensor = _model.Find(residual)!;
            if (tensor.Shape.Count == 0)
                continue;
            // An index in scope for each dimension, by its range.
            var choices = tensor.Shape.Select(range => ranges.Where(each => each.Value.ToString() == range.Length?.ToString()).Select(each => each.Key).Take(3).ToArray()).ToArray();
            foreach (string[] indices in Combinations(choices, 0).Take(12))
            {
                var element = new Element(residual, [.. indices.Select(name => (Expression)new Symbol(name))]);
                Expression body = Body is Reduction { Kind: ReductionKind.Sum } sum ? sum with { Body = Times(element, sum.Body) } : Times(element, Body);
                yield return new($"the residual {residual} is missing", body);
            }
        }
    }

    private static IEnumerable<string[]> Combinations(string[][] choices, int d) => d == choices.Length
        ? [[]]
        : choices[d].SelectMany(first => Combinations(choices, d + 1).Select(rest => (string[])[first, .. rest]));

    // ---- functions

    private IEnumerable<Slip> Logarithms()
    {
        // log of a sum where the sum of logs is meant: log(sum t*f) for sum t*log(f), often with the sign lost on the way.
        foreach (Application log in Walk.All(Body).OfType<Application>().Where(application => application is { Function: Function.Log }))
            if (log.Arguments[0] is Reduction { Kind: ReductionKind.Sum, Body: Operation { Operator: Operator.Multiply or Operator.Divide } term } sum && First(term) is var (weight, rest))
            {
                Expression apart = sum with { Body = Times(weight, new Application(Function.Log, [rest])) };
                yield return new("logarithm of a sum in the place of a sum of logarithms", Put(log, apart));
                yield return new("logarithm of a sum in the place of a sum of logarithms, and the sign is wrong", new Negation(Put(log, apart)));
            }
    }

    // The first factor of a product and what it multiplies.
    private static (Expression Weight, Expression Others)? First(Expression term) => term switch
    {
        Operation { Operator: Operator.Multiply or Operator.Divide } operation when First(operation.Left) is var (weight, rest) => (weight, operation with { Left = rest }),
        Operation { Operator: Operator.Multiply } product => (product.Left, product.Right),
        _ => null,
    };

    private IEnumerable<Slip> Exponents()
    {
        foreach (Operation power in Walk.All(Body).OfType<Operation>().Where(operation => operation is { Operator: Operator.Power, Right: Number }))
            foreach (int by in new[] { 1, -1 })
                yield return new($"the exponent of {power} is wrong", Put(power, power with { Right = new Number(((Number)power.Right).Value + new Reference.Numbers.Rational(by, 1)) }));
        foreach (Application exp in Walk.All(Body).OfType<Application>().Where(application => application.Function == Function.Exp))
            yield return new($"the sign in {exp} is wrong", Put(exp, exp with { Arguments = [new Negation(exp.Arguments[0])] }));
    }

    // ---- rebuilding

    private static Operation Times(Expression a, Expression b) => new(Operator.Multiply, a, b);

    private static Reduction Summed(Expression body, params (string Index, Expression Length)[] over) =>
        new(ReductionKind.Sum, [.. over.Select(each => new Binder(each.Index, null, each.Length))], null, body);

    // What the claim speaks of: the forward equation's tensors and the residual, not the claim's own helpers.
    private string[] Tensors() => [.. Walk.All(Body).OfType<Element>().Select(element => element.Tensor).Distinct()
        .Where(name => _gradient is null || _model.Givens.Any(given => given.Name == name) || _model.Values.Take(_model.ForwardCount).Any(value => value.Name == name))];

    private HashSet<string> Taken() => [.. Walk.All(Body).Select(Name).OfType<string>(), .. Walk.All(Body).OfType<Reduction>().SelectMany(reduction => reduction.Binders).Select(binder => binder.Name), .. _claimed.Indices, .. _sizes];

    // Bound and free indices that count from 0, with their lengths.
    private Dictionary<string, Expression> Ranges()
    {
        var ranges = new Dictionary<string, Expression>();
        foreach (var (name, range) in _claimed.Indices.Zip(_claimed.Shape))
            if (range.Length is { } length)
                ranges[name] = length;
        foreach (Binder binder in Walk.All(Body).OfType<Reduction>().SelectMany(reduction => reduction.Binders))
            if (binder.From is null)
                ranges[binder.Name] = binder.Bound!;
        return ranges;
    }

    private Expression Put(Expression old, Expression with) => Replaced(Body, each => ReferenceEquals(each, old) ? with : null);

    private static Expression InElements(Expression expression, string tensor, Func<Expression, Expression> change) =>
        Replaced(expression, each => each is Element element && element.Tensor == tensor ? element with { Indices = [.. element.Indices.Select(change)] } : null);

    private static Expression Replaced(Expression expression, Func<Expression, Expression?> change) =>
        change(expression) ?? Walk.Map(expression, child => Replaced(child, change));
}
