using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;

namespace CnnVerified.Verification.Checking;

/// <summary>Finds under which conditions a false claim holds: the weakest conjunction of at most three conditions on sizes, or one
/// symmetry of a tensor.</summary>
internal sealed class Conditions(Trial trial, Shapes shapes, Survey survey, Random random)
{
    private const int MostNeeds = 3, Pool = 1500, Confirmations = 40, Probes = 30, LeastSupport = 5;

    private readonly List<(Shape Shape, Outcome Outcome)> _outcomes = [.. survey.Outcomes];

    private readonly List<Atom> _atoms = [];
    private readonly List<Atom[]> _covers = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>A condition on sizes, and at which shapes it holds.</summary>
    private sealed record Atom(string Text, bool IsOfParameters, Func<Shape, bool> Holds)
    {
        public Marks At { get; init; } = new([]);
    }

    /// <summary>The conditions, each with a place that shows it necessary; empty where none were found.</summary>
    public IReadOnlyList<Need> Find()
    {
        foreach (SymmetryKind kind in new[] { SymmetryKind.Rotation, SymmetryKind.Transposition, SymmetryKind.RowsSumToOne })
            if (Symmetric(kind) is { } symmetry)
                return symmetry;
        if (OfSizes() is { Count: > 0 } needs)
            return needs;
        return Symmetric(SymmetryKind.Constant) ?? [];
    }

    /// <summary>The sizes of a shape, those at their least left out.</summary>
    public static string Text(Shapes shapes, Model model, Shape shape)
    {
        var least = model.Parameters.Where(parameter => parameter.IsWhole).ToDictionary(parameter => parameter.Name, parameter => (long)parameter.Least);
        string[] large = [.. shapes.Names.Zip(shape.Whole).Where(pair => pair.Second != least[pair.First]).Select(pair => $"{pair.First} = {pair.Second}")];
        return large.Length == 0 ? "all sizes at their least" : string.Join(", ", large);
    }

    private IReadOnlyList<Need>? Symmetric(SymmetryKind kind)
    {
        // Of the shapes that fail, small and large ones: where the symmetry heals them all, it is the condition.
        var failing = _outcomes.Where(each => Survey.IsFailure(each.Outcome)).Select(each => each.Shape).ToList();
        var probes = failing.Take(Probes / 2).Concat(failing.TakeLast(Probes / 2)).Distinct().ToList();
        foreach (Given given in trial.Model.Givens.Where(given => !given.IsExact && given.Shape.Count >= (kind == SymmetryKind.Transposition ? 2 : 1)))
        {
            var symmetry = new Symmetry(given.Name, kind);
            int held = 0;
            bool fails = false;
            foreach (Shape probe in probes)
            {
                Outcome outcome = trial.Try(probe, random, symmetry);
                held += outcome == Outcome.Holds ? 1 : 0;
                if (fails = Survey.IsFailure(outcome))
                    break;
            }
            if (!fails && held >= LeastSupport)
                return [new(symmetry.ToString(), Text(shapes, trial.Model, survey.FirstFailure!))];
        }
        return null;
    }

    private IReadOnlyList<Need> OfSizes()
    {
        Enlarge();
        Shape[] at = [.. _outcomes.Select(each => each.Shape)];
        var failing = new Marks(_outcomes.Select(each => Survey.IsFailure(each.Outcome)));
        var holding = new Marks(_outcomes.Select(each => each.Outcome == Outcome.Holds));
        foreach (Atom atom in Atoms())
        {
            var marks = new Marks(at.Select(atom.Holds));
            // Conditions that no shape tells apart are one; the first stands for all.
            if (marks.CountWith(holding) >= LeastSupport && !marks.Contains(failing) && !_atoms.Exists(other => other.At.Equals(marks)))
                _atoms.Add(atom with { At = marks });
        }
        // Where k conditions do, k + 1 weaker ones may do as well; more are not looked for.
        bool found = false;
        for (int most = 1; most <= MostNeeds; most++)
        {
            Cover(failing, failing, holding, most);
            if (found)
                break;
            found = _covers.Count > 0;
        }
        var best = _covers
            .OrderByDescending(cover => cover.All(atom => atom.IsOfParameters))
            .ThenByDescending(cover => Satisfying(cover, holding).Indices.Sum(i => at[i].Product))   // one output pixel hides much
            .ThenBy(cover => cover.Length);
        foreach (Atom[] cover in best.Take(8))
            if (Confirm(cover))
                return [.. cover.OrderBy(_atoms.IndexOf).Select(atom => new Need(atom.Text, Without(cover, atom, failing, at)))];
        return [];
    }

    private static Marks Satisfying(IEnumerable<Atom> cover, Marks among) => cover.Aggregate(among, (marks, atom) => marks.And(atom.At));

    // More shapes, larger ones too, so that a condition is not taken for one that small shapes cannot tell from it.
    private void Enlarge()
    {
        foreach (Shape shape in shapes.Larger(150, random))
        {
            Outcome outcome = trial.Try(shape, random);
            if (outcome is not (Outcome.Outside or Outcome.NotJudged))
                _outcomes.Add((shape, outcome));
        }
    }

    private string Without(Atom[] cover, Atom atom, Marks failing, Shape[] at) => Text(shapes, trial.Model,
        Satisfying(cover.Where(other => other != atom), failing).Indices.Select(i => at[i]).Min()!);

    // Every failing shape must violate a condition: branch on the conditions that one still uncovered violates.
    private void Cover(Marks failing, Marks uncovered, Marks holding, int most, params Atom[] chosen)
    {
        if (uncovered.First is not { } open)
        {
            // Each must be needed: without it some failing shape is not excluded. The same set comes up in several orders.
            if (_seen.Add(string.Join('&', chosen.Select(atom => _atoms.IndexOf(atom)).Order())) && chosen.All(atom => Satisfying(chosen.Where(other => other != atom), failing).First is not null))
                _covers.Add(chosen);
            return;
        }
        bool last = chosen.Length == most - 1;
        foreach (Atom atom in _atoms)
            if (chosen.Length < most && !atom.At[open] && !(last && atom.At.Meets(uncovered)) && holding.And(atom.At) is var held && held.Count >= LeastSupport)
                Cover(failing, uncovered.And(atom.At), held, most, [.. chosen, atom]);
    }

    // Shapes that satisfy the conditions, drawn anew.
    private bool Confirm(Atom[] cover)
    {
        int confirmed = 0;
        foreach (Shape shape in shapes.Larger(Pool, random))
        {
            if (!cover.All(atom => atom.Holds(shape)))
                continue;
            Outcome outcome = trial.Try(shape, random);
            if (Survey.IsFailure(outcome))
                return false;
            if (outcome == Outcome.Holds && ++confirmed == Confirmations)
                break;
        }
        return true;
    }

    private IEnumerable<Atom> Atoms()
    {
        Model model = trial.Model;
        var parameters = model.Parameters.Where(parameter => parameter.IsWhole).ToList();
        foreach (Parameter parameter in parameters)
        {
            if (parameter.Least == 0)
                yield return Equal(new Symbol(parameter.Name), Number.Of(0));
            yield return Equal(new Symbol(parameter.Name), Number.Of(1));
        }
        for (int i = 0; i < parameters.Count; i++)
            for (int j = i + 1; j < parameters.Count; j++)
                yield return Equal(new Symbol(parameters[i].Name), new Symbol(parameters[j].Name));
        foreach (Expression quotient in Quotients(model))
            yield return Equal(quotient, Number.Of(0));
        foreach (Parameter parameter in parameters)
        {
            yield return Parity(parameter.Name, 1, "odd");
            yield return Parity(parameter.Name, 0, "even");
        }
        foreach (SizeLine size in model.Sizes)
            yield return Equal(new Symbol(size.Name), Number.Of(1)) with { IsOfParameters = false };
    }

    // Where a quotient is rounded down or up, or stands in an index, there may be a remainder.
    private static IEnumerable<Expression> Quotients(Model model)
    {
        var sizes = model.Parameters.Where(parameter => parameter.IsWhole).Select(parameter => parameter.Name).Concat(model.Sizes.Select(size => size.Name)).ToHashSet();
        return model.Sizes.Select(size => size.Value).Concat(model.Values.Select(value => value.Body)).Concat(model.Values.SelectMany(value => value.Shape.Select(range => range.To)))
            .SelectMany(Walk.All).OfType<Operation>()
            .Where(operation => operation.Operator == Operator.Divide && Walk.All(operation).All(each => each is Number or Symbol or Operation or Negation && (each is not Symbol symbol || sizes.Contains(symbol.Name))))
            .Select(operation => (Expression)new Application(Function.Mod, [operation.Left, operation.Right]))
            .DistinctBy(quotient => quotient.ToString());
    }

    private Atom Equal(Expression left, Expression right)
    {
        var a = Compile(left);
        var b = Compile(right);
        return new($"{left} = {right}", true, shape => a(shape) is { } value && value == b(shape));
    }

    private Atom Parity(string name, int remainder, string word)
    {
        var value = Compile(new Symbol(name));
        return new($"{name} is {word}", true, shape => value(shape) % 2 == remainder);
    }

    // Parameters are read off; anything else is evaluated, null where it is no whole number.
    private Func<Shape, long?> Compile(Expression expression)
    {
        if (expression is Symbol symbol && shapes.Names.ToList().IndexOf(symbol.Name) is var at and >= 0)
            return shape => shape.Whole[at];
        if (expression is Number number)
            return _ => (long)number.Value.Numerator;
        var compiled = shapes.Compile(expression);
        return shape =>
        {
            Frame<double> frame = shapes.Frame(shape);
            Fraction value = compiled(frame);
            return shapes.Failed(frame) || !value.IsWhole ? null : value.Numerator;
        };
    }
}
