using CnnVerified.Reference.Notation;

namespace CnnVerified.Tests.Notation;

/// <summary>What the plain loops find about a claim.</summary>
/// <param name="Points">How many points were looked at.</param>
/// <param name="Counterexample">The first point at which claim and differences disagree, with both numbers; null where there is none.</param>
internal sealed record PlainFinding(int Points, string? Counterexample)
{
    public bool Differs => Counterexample is not null;
}

/// <summary>Points of a gradient claim with the true gradient at each, by differences; drawn once and used for all its mutants.</summary>
internal sealed class PlainJudge(Model truth, string by, int seed)
{
    private const int LeastPoints = 12, MostDraws = 100_000, MostElements = 120;
    private const double MostWork = 20_000;
    private readonly Random _random = new(seed);
    private readonly List<(PlainPoint Point, PlainSlope[] Slopes, bool IsTelling)> _points = [];
    private int _draws;

    /// <summary>Judges a model with this judge's forward equation: at least 12 points, and until enough of them are telling.</summary>
    /// <param name="model">The claim, perhaps with another right side.</param>
    /// <param name="telling">How many telling points there shall be before a claim passes.</param>
    public PlainFinding Judge(Model model, int telling)
    {
        int told = 0, looked = 0;
        for (int i = 0; told < telling || looked < LeastPoints; i++)
        {
            if (i == _points.Count)
                Draw();
            var (point, slopes, isTelling) = _points[i];
            PlainPoint full = point.For(model, new Random(seed + i));
            if (!full.IsIn(model))
                continue;
            looked++;
            told += isTelling ? 1 : 0;
            Table claimed = new PlainLoops(model, full).Compute(model.Values.Count)["d" + by];
            for (int e = 0; e < slopes.Length; e++)
                if (!slopes[e].Agrees(claimed.Elements[e]))
                    return new(looked, $"d{by}[{string.Join(',', claimed.Index(e))}] is {claimed.Elements[e]}, by differences {slopes[e].Value:R} ± {slopes[e].Error:E1}, at {full}");
        }
        return new(looked, null);
    }

    private void Draw()
    {
        while (++_draws < MostDraws)
        {
            if (PlainPoint.Draw(truth, _random, MostElements) is not { } point || Work(point) > MostWork)
                continue;
            PlainSlope[] slopes = PlainSlope.Gradient(truth, point, by);
            if (slopes.Any(slope => !slope.IsSmooth))
                continue;   // a kink nearby: the differences say nothing here
            int nonZero = slopes.Count(slope => Math.Abs(slope.Value) > slope.Error);
            int large = point.Wholes.Count(name => point.Scalars[name].Whole > 1);
            _points.Add((point, slopes, nonZero >= Math.Min(2, slopes.Length) && nonZero * 4 >= slopes.Length && large * 2 >= point.Wholes.Count));
            return;
        }
        throw new InvalidOperationException($"{truth.Head.Id}: {MostDraws} draws gave {_points.Count} points, {_points.Count(each => each.IsTelling)} of them telling.");
    }

    // Elements of the variable times the terms of one forward pass, about.
    private double Work(PlainPoint point)
    {
        var sizes = new PlainLoops(truth, point);
        double terms = truth.Values.Take(truth.ForwardCount).Sum(value => sizes.Empty(value.Shape)!.Elements.Length
            * Walk.All(value.Body).OfType<Reduction>().SelectMany(reduction => reduction.Binders)
                .Aggregate(1.0, (product, binder) => product * Math.Max(1, binder is { From: null, Bound: { } count } ? sizes.Evaluate(count).Value : 4)));
        return terms * (truth.Find(by) is { } tensor ? sizes.Empty(tensor.Shape)!.Elements.Length : 1);
    }
}
