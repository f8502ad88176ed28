using CnnVerified.Reference.Notation;

namespace CnnVerified.Verification.Checking;

/// <summary>Names the slip that explains why a claim is false.</summary>
internal sealed class Diagnosis(Model model, Claim claim, Shapes shapes, Survey survey, CheckSettings settings, CancellationToken stop)
{
    private const int SmallProbes = 6, LargerProbes = 8, Combinations = 1200, Larger = 40;
    private const long Work = 300_000;

    private readonly Random _random = new(1998);

    private static readonly (OtherGradient, string)[] Diagonal = [(OtherGradient.Diagonal, "only the diagonal of the Jacobian"), (OtherGradient.Function, "the function itself in the place of its derivative")];
    private static readonly (OtherGradient, string)[] Assigned = [(OtherGradient.LastOne, "= where += is meant: the last contribution alone"), (OtherGradient.FirstOne, "= where += is meant: the first contribution alone")];

    /// <summary>The slip and, where it has one, the mended right side; null where no known slip explains the difference.</summary>
    public (string Name, string? Mended)? Find(IReadOnlyList<Need> conditions)
    {
        var probes = Probes();
        if (survey.HasWrongShape)
            return ($"{claim.Name} has another shape than {(claim is GradientClaim gradient ? gradient.By : ((EqualityClaim)claim).Truth)}", null);
        if ((Held(probes) ?? Other(probes, Diagonal)) is { } question)
            return (question, null);
        var trial = Trial.Of(model, claim, settings, stop);
        trial.Prepare(probes, _random);
        foreach (Slip slip in new Slips(model, claim).All())
        {
            stop.ThrowIfCancellationRequested();
            if (trial.Holds(slip.Body) != false && Mends(slip.Body, probes))
                return (slip.Name, slip.Body.ToString());
        }
        if (Other(probes, Assigned) is { } assigned)
            return (assigned, null);
        if (claim is GradientClaim && !probes.TrueForAll(shape => trial.IsLinear(shape, _random)))
            return ($"not linear in {string.Join(", ", model.Residuals.Values)}", null);
        return conditions is [{ Condition: "G = 1" }] ? ("groups are ignored", null) : null;
    }

    private List<Shape> Probes()
    {
        // The smallest failing shapes, and some from the middle: the largest are slow and show no more.
        var failing = survey.Outcomes.Where(each => each.Outcome == Outcome.Fails).Select(each => each.Shape).Order().ToList();
        return [.. failing.Take(SmallProbes).Concat(failing.Skip(failing.Count * 3 / 4).Take(LargerProbes)).Distinct()];
    }

    // The claim is right for another question: with a value between held fixed.
    private string? Held(List<Shape> probes) => claim is not GradientClaim gradient ? null : model.Values.Take(model.ForwardCount)
        .Where(value => !value.IsExact && value.Name != gradient.By && !model.Residuals.ContainsKey(value.Name))
        .Select(value => value.Name)
        .Where(name => Passes(Trial.Of(model, claim, settings, stop, [name]), probes) && Confirmed(Trial.Of(model, claim, settings, stop, [name])))
        .Select(name => $"{name} held fixed").FirstOrDefault();

    // The claim is what a slip makes of the gradient.
    private string? Other(List<Shape> probes, (OtherGradient Gradient, string Name)[] others)
    {
        if (claim is not GradientClaim)
            return null;
        var trial = Trial.Of(model, claim, settings, stop);
        return others.Where(other => probes.Take(SmallProbes).All(shape => trial.Equals(shape, _random, other.Gradient) == Outcome.Holds)).Select(other => other.Name).FirstOrDefault();
    }

    private bool Mends(Expression body, List<Shape> probes)
    {
        Model mended = model.With(values: [.. model.Values.Select(value => value.Name == claim.Claimed ? value with { Body = body } : value)]);
        try
        {
            return Passes(Trial.Of(mended, claim, settings, stop), probes) && Confirmed(Trial.Of(mended, claim, settings, stop));
        }
        catch (NotationException)
        {
            return false;
        }
    }

    private bool Passes(Trial trial, List<Shape> probes)
    {
        bool any = false;
        foreach (Shape probe in probes)
        {
            Outcome outcome = trial.Try(probe, _random);
            if (outcome is Outcome.Fails or Outcome.WrongShape)
                return false;
            any |= outcome == Outcome.Holds;
        }
        return any;
    }

    private bool Confirmed(Trial trial) =>
        Survey.Of(trial, shapes, _random, Combinations, Larger, Work, untilFailure: true) is { FirstFailure: null, AnyNonzero: true };
}
