using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;

namespace CnnVerified.Verification.Checking;

/// <summary>What one point says of a claim.</summary>
internal enum Outcome
{
    /// <summary>Both sides agree and are not both 0.</summary>
    Holds,

    /// <summary>Both sides are 0.</summary>
    HoldsAtZero,

    /// <summary>The sides differ.</summary>
    Fails,

    /// <summary>The claimed value has another shape than the true one.</summary>
    WrongShape,

    /// <summary>Outside the domain.</summary>
    Outside,

    /// <summary>At a kink or a tie, or too ill-conditioned to tell.</summary>
    NotJudged,
}

/// <summary>What a slip makes of a gradient.</summary>
internal enum OtherGradient
{
    /// <summary>Each element of the variable only through the result at the same place.</summary>
    Diagonal,

    /// <summary>The last contribution alone.</summary>
    LastOne,

    /// <summary>The first contribution alone.</summary>
    FirstOne,

    /// <summary>The residual times the result, not times its derivative.</summary>
    Function,
}

/// <summary>A claim, ready to be tried at points: the claimed value is evaluated, the truth comes from dual numbers over the forward
/// equations, or from the other value of an equality.</summary>
internal sealed class Experiment<T>
{
    private readonly Claim _claim;
    private readonly Slopes<T>? _slopes;
    private readonly string[] _results;
    private Slopes<T>? _everything;

    public Experiment(Model model, Claim claim, NumberKind<T> kind, CancellationToken stop, IReadOnlyList<string>? held = null)
    {
        (Model, _claim, Kind) = (model, claim, kind);
        _results = claim is GradientClaim ? [.. model.Residuals.Keys.Where(model.Values.Select(value => value.Name).Contains)] : [];
        string[] wanted = claim switch
        {
            GradientClaim gradient => [claim.Claimed, gradient.By, .. model.Residuals.Values, .. _results],
            EqualityClaim equality => [claim.Claimed, equality.Truth],
            _ => throw new InvalidOperationException($"unknown claim {claim.GetType().Name}."),
        };
        Program = new Program<T>(model, kind.Arithmetic, wanted) { Meter = new Meter(stop) };
        Filler = new Filler<T>(Program, kind);
        if (claim is GradientClaim)
            _slopes = new Slopes<T>(Program, _results, held);
    }

    public Model Model { get; }

    public NumberKind<T> Kind { get; }

    public Program<T> Program { get; }

    public Filler<T> Filler { get; }

    public Claim Claim => _claim;

    /// <summary>The choices of claimed value and truth alike, with their counts so far.</summary>
    public IEnumerable<Choice> Choices => Program.Choices;

    /// <summary>The largest difference over its bound, and relative to the larger side, over all points that hold.</summary>
    public (double OverBound, double Relative) Worst { get; private set; }

    /// <summary>The numbers that were compared at the last point.</summary>
    public List<(T Claimed, T True)> Pairs { get; } = [];

    private Arithmetic<T> Arithmetic => Kind.Arithmetic;

    /// <summary>Tries the claim at a shape with random data.</summary>
    public Outcome Try(Shape shape, Random random, Symmetry? symmetry = null)
    {
        if (Program.NewFrame(shape.Whole) is not { } frame || !Filler.Draw(frame, random, symmetry))
            return Outcome.Outside;
        return Judge(frame, random);
    }

    /// <summary>Tries the claim at data that are filled in. A gradient is tried along one random direction, which shows a wrong
    /// element except with the probability that a random number hits the one bad value.</summary>
    public Outcome Judge(Frame<T> frame, Random random)
    {
        Arithmetic.Kink = false;
        Pairs.Clear();
        if (!Program.Run(frame))
            return Outcome.Outside;
        Outcome outcome = _claim is GradientClaim gradient ? JudgeGradient(frame, gradient, random) : JudgeEquality(frame, (EqualityClaim)_claim);
        return outcome == Outcome.Fails && Program.NeedsOrder && IsAtTie(frame, random) ? Outcome.NotJudged : outcome;
    }

    // Two numbers that are compared and equal, and would not be if the data moved a little: a tie by accident, which is not judged.
    // That a window's largest element equals the maximum is no accident: both move alike.
    private bool IsAtTie(Frame<T> frame, Random random)
    {
        _everything ??= new Slopes<T>(Program, [_claim.Claimed, .. _claim is EqualityClaim equality ? [equality.Truth] : _results]);
        _everything.Kink = false;
        _everything.Along(frame, name => Filler.Names.Contains(name) && !Filler.IsExact(name)
            ? [.. Enumerable.Range(0, Program.Count(frame, name)).Select(_ => Kind.DrawDirection(random))]
            : null);
        bool tie = _everything.Kink;
        _everything.Kink = false;
        return tie;
    }

    /// <summary>True where the claimed value has the shape that it must have.</summary>
    public bool HasRightShape(Frame<T> frame) => Program.Lengths(frame, _claim.Claimed).SequenceEqual(Program.Lengths(frame, TruthName))
        && Program.Origins(frame, _claim.Claimed).SequenceEqual(Program.Origins(frame, TruthName));

    /// <summary>What the claimed value must be shaped like.</summary>
    public string TruthName => _claim is GradientClaim gradient ? gradient.By : ((EqualityClaim)_claim).Truth;

    /// <summary>The true value, element by element, after <see cref="Judge"/>.</summary>
    public T[] Truth(Frame<T> frame)
    {
        if (_claim is EqualityClaim equality)
            return Program.Elements(frame, equality.Truth);
        return Gradient(frame, (result, jacobian, row, column, columns) => jacobian[row * columns + column]);
    }

    /// <summary>The derivatives of a result by the variable, row-major.</summary>
    public T[] Jacobian(Frame<T> frame, string result) => _slopes!.Jacobian(frame, result, ((GradientClaim)_claim).By).Entries;

    /// <summary>The results of the forward equation.</summary>
    public IReadOnlyList<string> Results => _results;

    /// <summary>The sum over all results of the residual times an entry that is made from the Jacobian.</summary>
    public T[] Gradient(Frame<T> frame, Func<string, T[], int, int, int, T> entry)
    {
        int columns = Program.Count(frame, ((GradientClaim)_claim).By);
        var gradient = new T[columns];
        Array.Fill(gradient, Arithmetic.Zero);
        foreach (string result in _results)
        {
            T[] jacobian = Jacobian(frame, result), residual = Program.Elements(frame, Model.Residuals[result]);
            for (int row = 0; row < residual.Length; row++)
                for (int column = 0; column < columns; column++)
                    gradient[column] = Arithmetic.Add(gradient[column], Arithmetic.Multiply(residual[row], entry(result, jacobian, row, column, columns)));
        }
        return gradient;
    }

    /// <summary>Compares the claimed gradient, element by element, with what a slip would give.</summary>
    public Outcome TryOther(Shape shape, Random random, OtherGradient other)
    {
        if (Program.NewFrame(shape.Whole) is not { } frame || !Filler.Draw(frame, random) || !Program.Run(frame) || !HasRightShape(frame))
            return Outcome.Outside;
        T[] claimed = Program.Elements(frame, _claim.Claimed);
        T[]? slipped = other switch
        {
            OtherGradient.Diagonal => Diagonal(frame, claimed.Length),
            OtherGradient.Function => Function(frame, claimed.Length),
            _ => OneContribution(frame, claimed.Length, last: other == OtherGradient.LastOne),
        };
        if (slipped is null)
            return Outcome.Outside;
        for (int i = 0; i < claimed.Length; i++)
            if (!Arithmetic.AreEqual(claimed[i], slipped[i]))
                return Outcome.Fails;
        return Outcome.Holds;
    }

    /// <summary>True where doubling the residuals doubles the claimed gradient.</summary>
    public bool IsLinear(Shape shape, Random random)
    {
        if (Program.NewFrame(shape.Whole) is not { } frame || !Filler.Draw(frame, random) || !Program.Run(frame))
            return true;
        T[] once = [.. Program.Elements(frame, _claim.Claimed)];
        bool any = false;
        foreach (string residual in Model.Residuals.Values.Where(name => Model.Givens.Any(given => given.Name == name)))
        {
            T[] elements = Program.Reals(frame, residual);
            for (int i = 0; i < elements.Length; i++)
                elements[i] = Arithmetic.Add(elements[i], elements[i]);
            any = true;
        }
        Program.Run(frame);
        T[] twice = Program.Elements(frame, _claim.Claimed);
        return !any || once.Zip(twice).All(pair => Arithmetic.AreEqual(Arithmetic.Add(pair.First, pair.First), pair.Second));
    }

    // Through the results, or through a value between that has the shape of the variable.
    private T[]? Diagonal(Frame<T> frame, int count)
    {
        string by = ((GradientClaim)_claim).By;
        foreach (Value value in Model.Values.Take(Model.ForwardCount).Where(value => !value.IsExact && value.Name != by))
        {
            if (Program.Count(frame, value.Name) != count || !Program.Lengths(frame, value.Name).SequenceEqual(Program.Lengths(frame, by)) || !Program.Computes(value.Name))
                continue;
            T[] jacobian = new Slopes<T>(Program, [value.Name]).Jacobian(frame, value.Name, by).Entries;
            // A diagonal Jacobian explains nothing.
            if (Enumerable.Range(0, count).All(row => Enumerable.Range(0, count).All(column => row == column || Arithmetic.AreEqual(jacobian[row * count + column], Arithmetic.Zero))))
                continue;
            T[] through = GradientBy(frame, value.Name);
            return [.. Enumerable.Range(0, count).Select(i => Arithmetic.Multiply(through[i], jacobian[i * count + i]))];
        }
        return null;
    }

    private T[] GradientBy(Frame<T> frame, string name)
    {
        if (Model.Residuals.TryGetValue(name, out string? own))
            return Program.Elements(frame, own);
        int count = Program.Count(frame, name);
        var gradient = new T[count];
        Array.Fill(gradient, Arithmetic.Zero);
        foreach (string result in _results)
        {
            T[] jacobian = _slopes!.Jacobian(frame, result, name).Entries, residual = Program.Elements(frame, Model.Residuals[result]);
            for (int row = 0; row < residual.Length; row++)
                for (int column = 0; column < count; column++)
                    gradient[column] = Arithmetic.Add(gradient[column], Arithmetic.Multiply(residual[row], jacobian[row * count + column]));
        }
        return gradient;
    }

    private T[]? Function(Frame<T> frame, int count) => _results.Length == 1 && Program.Count(frame, _results[0]) == count && count > 0
        ? [.. Program.Elements(frame, _results[0]).Zip(Program.Elements(frame, Model.Residuals[_results[0]]), Arithmetic.Multiply)]
        : null;

    private T[] OneContribution(Frame<T> frame, int count, bool last)
    {
        var kept = new T[count];
        bool[] taken = new bool[count];
        Array.Fill(kept, Arithmetic.Zero);
        _ = Gradient(frame, (result, jacobian, row, column, columns) =>
        {
            T slope = jacobian[row * columns + column];
            if (!Arithmetic.AreEqual(slope, Arithmetic.Zero) && (last || !taken[column]))
            {
                kept[column] = Arithmetic.Multiply(Program.Elements(frame, Model.Residuals[result])[row], slope);
                taken[column] = true;
            }
            return slope;
        });
        return kept;
    }

    private Outcome JudgeGradient(Frame<T> frame, GradientClaim gradient, Random random)
    {
        var direction = Direction(frame, gradient, random);
        if (Slope(frame, gradient, direction, out T truth) is { } outcome)
            return outcome;
        if (!HasRightShape(frame))
            return Outcome.WrongShape;
        T[] elements = Program.Elements(frame, gradient.Claimed);
        bool zero = true;
        for (int i = 0; i < elements.Length; i++)
        {
            if (Program.IsUndefined(frame, gradient.Claimed, i))
                return Outcome.Fails;
            zero &= Arithmetic.AreEqual(elements[i], Arithmetic.Zero);
        }
        return Compare(Product(elements, direction), truth, zero);
    }

    private T[] Direction(Frame<T> frame, GradientClaim gradient, Random random)
    {
        var direction = new T[Program.Count(frame, gradient.By)];
        for (int i = 0; i < direction.Length; i++)
            direction[i] = Kind.DrawDirection(random);
        return direction;
    }

    private T Product(T[] elements, T[] direction)
    {
        T product = Arithmetic.Zero;
        for (int i = 0; i < elements.Length; i++)
            product = Arithmetic.Add(product, Arithmetic.Multiply(elements[i], direction[i]));
        return product;
    }

    // The loss's derivative along a direction; an outcome where there is none.
    private Outcome? Slope(Frame<T> frame, GradientClaim gradient, T[] direction, out T slope)
    {
        _slopes!.Kink = false;
        var dual = _slopes.Along(frame, gradient.By, direction);
        slope = Arithmetic.Zero;
        foreach (string result in _results)
        {
            Jet<T>[] slopes = _slopes.Of(dual, result);
            T[] residual = Program.Elements(frame, Model.Residuals[result]);
            for (int i = 0; i < slopes.Length; i++)
            {
                if (_slopes.IsUndefined(dual, result, i) || Program.IsUndefined(frame, result, i))
                    return Outcome.Outside;
                slope = Arithmetic.Add(slope, Arithmetic.Multiply(residual[i], slopes[i].Slope));
            }
        }
        return _slopes.Kink ? Outcome.NotJudged : null;
    }

    /// <summary>A point with the truth worked out: for a gradient along a direction, for an equality element by element.</summary>
    /// <param name="Frame">The data and the values.</param>
    /// <param name="Direction">The direction, for a gradient.</param>
    /// <param name="Truth">The truth.</param>
    public sealed record Probe(Frame<T> Frame, T[]? Direction, T[] Truth);

    /// <summary>Points at which other right sides can be tried fast.</summary>
    public List<Probe> Probes(IEnumerable<Shape> shapes, Random random)
    {
        var probes = new List<Probe>();
        foreach (Shape shape in shapes)
        {
            if (Program.NewFrame(shape.Whole) is not { } frame || !Filler.Draw(frame, random) || !Program.Run(frame) || !HasRightShape(frame))
                continue;
            if (_claim is EqualityClaim equality)
                probes.Add(new(frame, null, Program.Elements(frame, equality.Truth)));
            else if (Direction(frame, (GradientClaim)_claim, random) is var direction && Slope(frame, (GradientClaim)_claim, direction, out T truth) is null)
                probes.Add(new(frame, direction, [truth]));
        }
        return probes;
    }

    /// <summary>Whether another right side is true at all probes; null where this arithmetic cannot compute it.</summary>
    /// <param name="body">The right side.</param>
    /// <param name="probes">The points.</param>
    public bool? Holds(Expression body, IReadOnlyList<Probe> probes)
    {
        Model other = Model.With(values: [.. Model.Values.Select(value => value.Name == _claim.Claimed ? value with { Body = body } : value)]);
        // What is computed already is taken over as it is.
        HashSet<string> known = [.. Model.Values.Select(value => value.Name).Where(name => name != _claim.Claimed && Program.Computes(name))];
        var program = new Program<T>(other, Arithmetic, [_claim.Claimed], known) { Meter = Program.Meter };
        if (program.NeedsFunctions && !Program.NeedsFunctions || program.NeedsOrder && !Program.NeedsOrder)
            return null;
        foreach (Probe probe in probes)
        {
            Frame<T> frame = program.NewFrame(Program.Wholes(probe.Frame))!;
            foreach (string name in Filler.Names.Concat(known))
                if (Model.Find(name) is { IsExact: true })
                    Program.Exacts(probe.Frame, name).CopyTo(program.Exacts(frame, name), 0);
                else
                    Program.Reals(probe.Frame, name).CopyTo(program.Reals(frame, name), 0);
            program.Run(frame);
            T[] elements = program.Elements(frame, _claim.Claimed);
            T[] claimed = probe.Direction is null ? elements : [Product(elements, probe.Direction)];
            for (int i = 0; i < claimed.Length; i++)
                if (!Arithmetic.AreEqual(claimed[i], probe.Truth[i]))
                    return false;
        }
        return true;
    }

    private Outcome JudgeEquality(Frame<T> frame, EqualityClaim equality)
    {
        if (Arithmetic.Kink)
            return Outcome.NotJudged;
        T[] truth = Program.Elements(frame, equality.Truth), claimed = Program.Elements(frame, equality.Claimed);
        for (int i = 0; i < truth.Length; i++)
            if (Program.IsUndefined(frame, equality.Truth, i))
                return Outcome.Outside;
        if (!HasRightShape(frame))
            return Outcome.WrongShape;
        Outcome all = Outcome.HoldsAtZero;
        for (int i = 0; i < truth.Length; i++)
        {
            if (Program.IsUndefined(frame, equality.Claimed, i))
                return Outcome.Fails;
            Outcome one = Compare(claimed[i], truth[i], Arithmetic.AreEqual(claimed[i], Arithmetic.Zero));
            if (one is Outcome.Fails or Outcome.NotJudged)
                return one;
            if (one == Outcome.Holds)
                all = one;
        }
        return all;
    }

    private Outcome Compare(T claimed, T truth, bool claimedIsZero)
    {
        Pairs.Add((claimed, truth));
        if (!Arithmetic.AreEqual(claimed, truth))
            return Outcome.Fails;
        if (claimed is Estimate a && truth is Estimate b)
        {
            double bound = a.Error + b.Error, size = Math.Max(Math.Abs(a.Value), Math.Abs(b.Value)), difference = Math.Abs(a.Value - b.Value);
            // A bound that lets a thousandth pass would let an error pass.
            if (bound > size / 1000 && size > 0)
                return claimedIsZero ? Outcome.HoldsAtZero : Outcome.NotJudged;
            if (bound > 0)
                Worst = (Math.Max(Worst.OverBound, difference / bound), Math.Max(Worst.Relative, size > 0 ? difference / size : 0));
        }
        return claimedIsZero && Arithmetic.AreEqual(truth, Arithmetic.Zero) ? Outcome.HoldsAtZero : Outcome.Holds;
    }
}
