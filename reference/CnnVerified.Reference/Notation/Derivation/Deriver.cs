using CnnVerified.Reference.Numbers;

namespace CnnVerified.Reference.Notation.Derivation;

/// <summary>Derives gradients: chain rule, derivatives as Iverson brackets, brackets solved for the summed indices, like terms gathered.</summary>
public sealed class Deriver
{
    private readonly Model _model;
    private readonly string _by;
    private readonly IndexAlgebra _indices;
    private readonly Letters _letters;

    private Deriver(Model model, string by)
    {
        (_model, _by) = (model, by);
        _indices = new(model);
        _letters = new(model);
    }

    /// <summary>The gradient of the loss by a variable of a forward equation, given the derivatives dy by its results y.</summary>
    /// <param name="forward">The forward equation.</param>
    /// <param name="by">A given, a parameter or a value; real-valued.</param>
    /// <param name="id">The id of the new block.</param>
    /// <returns>The gradient and its derivation; every side of it is true, and where it cannot be simplified further it stops.</returns>
    /// <exception cref="NotationException">There is no such variable, the results do not depend on it, or they cannot be differentiated.</exception>
    public static DerivedGradient Gradient(Model forward, string by, string id) => new Deriver(forward, by).Derive(id);

    private DerivedGradient Derive(string id)
    {
        bool isReal = _model.Find(_by) is { } variable ? !variable.IsExact : _model.Parameters.Any(parameter => parameter.Name == _by && !parameter.IsWhole);
        if (!isReal)
            throw new NotationException($"expected a real-valued variable of {_model.Head.Id}, got '{_by}'.", _model.Head.Place);

        // What lies between the variable and the loss: it depends on the one and the other depends on it.
        var after = new List<Value>();
        foreach (Value value in _model.Values)
            if (value.Name != _by && (Uses(value, _by) || after.Any(each => Uses(value, each.Name))))
                after.Add(value);
        var before = new List<Value>();
        foreach (Value value in Enumerable.Reverse(after))
            if (_model.Results.Contains(value.Name) || before.Any(each => Uses(each, value.Name)))
                before.Insert(0, value);
        if (before.Count == 0 || _model.Results.Contains(_by))
            throw new NotationException($"expected a result that depends on {_by}, got {string.Join(", ", _model.Results)}.", _model.Head.Place);

        var equations = new List<DerivedEquation>();
        var zero = new List<string>();
        foreach (string name in Enumerable.Reverse(before).Select(value => value.Name).Append(_by))
        {
            if (_model.Results.Contains(name))
            {
                if (before.Any(value => Uses(value, name)))
                    throw new NotationException($"expected results that no other result is computed from, got {name}.", _model.Head.Place);
                continue;
            }
            if (_model.Find($"d{name}") is not null)
                throw new NotationException($"expected the name d{name} to be free for the derivative by {name}, got a value of that name.", _model.Head.Place);
            DerivedEquation equation = Adjoint(name, before, zero);
            // What reaches the loss through this value adds up to nothing (the largest logit of a softmax): it needs no line.
            if (equation.Formula is Number && name != _by)
            {
                zero.Add(name);
                before.RemoveAll(value => value.Name == name);
            }
            else
            {
                equations.Add(equation);
            }
        }
        return new(id, _model.Head.Id, _by, equations);
    }

    private bool Uses(Value value, string name) => Differentiation.Mentions(value.Body, name, _model.Find(name)?.Shape.Count ?? 0);

    private DerivedEquation Adjoint(string name, List<Value> between, List<string> zero)
    {
        IReadOnlyList<Binder> free = _letters.For(name);
        var paths = between.Where(value => Uses(value, name)).Reverse().Select(value => new Path(value, Renamed(value, free))).ToList();
        var at = free.Select(binder => (Expression)new Symbol(binder.Name)).ToArray();
        Expression element = Reference(name, at);
        string[] outside = [.. free.Select(binder => binder.Name)];
        var steps = new List<DerivationStep>();

        void Say(Expression side, string comment)
        {
            Expression shown = _letters.Unshadowed(side, outside);
            if (steps.Count == 0 || Walk.Canonical(steps[^1].Side) != Walk.Canonical(shown))
                steps.Add(new(shown, comment));
        }

        var chain = paths.Select(path => Chained(path, new Derivative(path.Reference, element, Held(path.Value, name, between)))).ToList();
        Say(Algebra.Sum(chain), $"chain rule: {name} reaches the loss through every {string.Join(" and every ", paths.Select(path => path.Value.Name))}");

        var terms = paths.SelectMany(path => Differentiated(path, name, at, outside)).ToList();
        string ways = string.Join(" and ", paths.Select(path => path.Value.Name));
        List<string> idle = [.. zero.Where(each => Uses(_model.Values.Single(value => value.Name == each), name))];
        Say(Algebra.Sum(terms), $"derivative of {ways} by {element}{(terms.Any(term => term.Where.Count > 0) ? ": brackets say which elements are meant" : "")}" +
            (idle.Count == 0 ? "" : $"; what goes through {string.Join(" and ", idle)} adds up to 0"));

        var solver = new BracketSolver(_model, _indices, free);
        var digits = new Digits(_indices, _letters, free);
        terms = Solve(terms, solver.SolveNamed, (side, notes) => Say(side, notes.Count == 0 ? "what always holds is left out" : $"the brackets pick {string.Join(", ", notes)}"));
        terms = Solve(terms, digits.Split, (side, notes) => Say(side, $"{string.Join(", ", notes)}: the digits of an index"));
        terms = Solve(terms, solver.SolveLinear, (side, notes) => Say(side, notes.Count == 0
            ? "with the brackets used"
            : $"the brackets give {string.Join(", ", notes)}" + (notes.Any(note => note.Split(" = ")[^1].Length > 2) ? "; an index outside its shape or not whole gives 0" : "")));
        terms = Solve(terms, (term, _) => Gathering.Cancelled(term), (side, _) => Say(side, "a sum divided by itself is 1"));
        terms = Solve(terms, (term, _) => Gathering.Recognised(term, _model, free), (side, _) => Say(side, "values written by their names"));
        Say(Algebra.SumPulled(terms), "what does not depend on the summed indices, before the sum");
        Say(Gathering.Common(terms.Select(Algebra.Pull)), "common factors taken out");
        return new(new LeftSide($"d{name}", free), steps) { IsSolved = !terms.SelectMany(term => term.Where).Any(IsAboutPositions) };
    }

    // A condition on indices and sizes alone; one on labels or on a connection table is about data.
    private bool IsAboutPositions(Comparison comparison) => _indices.IsExact(comparison.Left) && _indices.IsExact(comparison.Right)
        && !Walk.All(comparison.Left).Concat(Walk.All(comparison.Right)).Any(each => each is Element);

    private static List<Term> Solve(List<Term> terms, Func<Term, ICollection<string>, Term> solve, Action<Expression, IReadOnlyList<string>> say)
    {
        var notes = new List<string>();
        List<Term> solved = [.. Algebra.Gather(terms.Select(term => solve(term, notes)))];
        say(Algebra.Sum(solved), [.. notes.Distinct()]);
        return solved;
    }

    // D holds what has a line of its own.
    private List<string> Held(Value of, string by, IReadOnlyList<Value> between)
    {
        var through = new List<Value>();
        foreach (Value value in _model.Values.Where(value => value != of && value.Name != by))
            if (Uses(value, by) || through.Any(each => Uses(value, each.Name)))
                through.Add(value);
        var held = new List<Value>();
        foreach (Value value in Enumerable.Reverse(through))
            if (Uses(of, value.Name) || held.Any(each => Uses(each, value.Name)))
                held.Insert(0, value);
        return [.. held.Where(between.Contains).Select(value => value.Name)];
    }

    private static Term Chained(Path path, Expression derivative) =>
        Term.Of(path.Adjoint).Times(Term.Of(derivative)).Within(path.Indices, []);

    private IEnumerable<Term> Differentiated(Path path, string name, IReadOnlyList<Expression> at, IReadOnlyCollection<string> outside)
    {
        var symbols = path.Value.Indices.Zip(path.Indices).Where(pair => pair.First != pair.Second.Name)
            .ToDictionary(pair => pair.First, pair => (Expression)new Symbol(pair.Second.Name));
        Expression body = _letters.Unshadowed(Walk.Substitute(path.Value.Body, symbols), [.. outside, .. path.Indices.Select(binder => binder.Name)]);
        var terms = new Differentiation(name, at, _letters.Taken).Of(body, path.Reference);
        Term adjoint = IsLoss(path.Value) ? Term.Of(new Rational(1, 1)) : Term.Of(path.Adjoint);
        return terms.Select(term => adjoint.Times(Gathering.Reuse(term, body, path.Reference)).Within(path.Indices, []));
    }

    private bool IsLoss(Value value) => value is { Name: "L", Shape.Count: 0 } && _model.Results.Contains("L");

    private List<Binder> Renamed(Value value, IReadOnlyList<Binder> free) => [.. value.Indices.Zip(value.Shape, (index, range) =>
        Letters.AsBinder(free.Any(binder => binder.Name == index) ? Walk.Fresh(index, _letters.Taken) : index, range))];

    private static Expression Reference(string name, Expression[] at) => at.Length == 0 ? new Symbol(name) : new Element(name, at);

    // One value through which the variable reaches the loss, with the indices that run over it.
    private sealed record Path(Value Value, IReadOnlyList<Binder> Indices)
    {
        public Expression Reference => Deriver.Reference(Value.Name, At);

        public Expression Adjoint => Deriver.Reference($"d{Value.Name}", At);

        private Expression[] At => [.. Indices.Select(binder => (Expression)new Symbol(binder.Name))];
    }
}
