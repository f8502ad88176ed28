using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Derivation;
using CnnVerified.Reference.Notation.Evaluation;

namespace CnnVerified.Verification.Checking;

/// <summary>Judges typed formulas: gradients, identities, derivations (docs/notation.md, docs/checking-a-derivation.md).</summary>
/// <remarks>The truth of a gradient comes from dual numbers over the forward equations, never from a formula of the book or a symbolic
/// derivation.</remarks>
public static class Checker
{
    private const long ForData = 400_000;

    /// <summary>How much is tried: combinations of whole parameters, larger shapes, and after how many terms no more is begun. Counted,
    /// not timed: the same claim has the same verdict on a slow machine.</summary>
    private sealed record Effort(int Combinations, int Larger, long Work)
    {
        // A step of a derivation is one of many, and the claim that it leads to is checked in full.
        public static Effort For(Nature nature, bool isStep) => (nature, isStep) switch
        {
            (Nature.Rational, false) => new(12_000, 150, 2_000_000),
            (Nature.Rational, true) => new(2_000, 40, 600_000),
            (_, false) => new(3_200, 150, 1_200_000),
            _ => new(1_000, 40, 400_000),
        };
    }

    /// <summary>Checks every block of a Markdown text. The blocks may name each other and the equations of the book.</summary>
    /// <param name="text">The text.</param>
    /// <param name="settings">How to check, or null for the defaults.</param>
    /// <returns>A result for each block, in order, as it is done; malformed blocks first.</returns>
    /// <example><code>
    /// CheckResult result = Checker.CheckText("""
    ///     ```eq MY-1 = gradient of CV-F1 by b
    ///     db[k] = sum(n,i,j) dy[n,k,i,j]
    ///     ```
    ///     """).Single();
    /// Assert.True(result.Holds);
    /// </code></example>
    public static IEnumerable<CheckResult> CheckText(string text, CheckSettings? settings = null)
    {
        var malformed = new List<CheckResult>();
        var blocks = Markdown.Blocks(text, null, wrong => malformed.Add(Malformed("", wrong)));
        Library library = Book.With(blocks, (block, taken) => malformed.Add(Malformed(block.Head.Id, taken)));
        foreach (CheckResult result in malformed)
            yield return result;
        foreach (Block block in blocks.Where(block => block.Head.Kind == BlockKind.Derivation || ReferenceEquals(library.Find(block.Head.Id), block)))
            yield return Check(library, block, settings);
    }

    /// <summary>The result for a text that cannot be read.</summary>
    /// <param name="id">The id of its block, where that is known.</param>
    /// <param name="wrong">What is wrong.</param>
    public static CheckResult Malformed(string id, NotationException wrong) => new(id, Verdict.Malformed, []) { Error = wrong, Against = wrong.Message };

    /// <summary>Checks one block.</summary>
    /// <param name="library">The equations that it may name, itself included where others refer to it.</param>
    /// <param name="block">The block.</param>
    /// <param name="settings">How to check, or null for the defaults.</param>
    /// <returns>The verdict; a malformed block is one too.</returns>
    public static CheckResult Check(Library library, Block block, CheckSettings? settings = null)
    {
        settings ??= new CheckSettings();
        try
        {
            Model model = library.Resolve(block);
            if (settings.At.Keys.FirstOrDefault(name => !model.Parameters.Any(parameter => parameter.Name == name && parameter.IsWhole)) is { } unknown)
                throw new NotationException($"expected a whole parameter to fix ({string.Join(", ", model.Parameters.Where(parameter => parameter.IsWhole).Select(parameter => parameter.Name))}), got '{unknown}'.");
            if (model.Parameters.FirstOrDefault(parameter => settings.At.TryGetValue(parameter.Name, out long at) && at < parameter.Least) is { } small)
                throw new NotationException($"expected {small.Name} of at least {small.Least}, got {settings.At[small.Name]}.");
            return model.Claims.Count == 0 ? Define(model, block, settings) : Judge(library, model, block, settings);
        }
        catch (NotationException wrong)
        {
            return Malformed(block.Head.Id, wrong) with { Block = block };
        }
    }

    private static CheckResult Judge(Library library, Model model, Block block, CheckSettings settings)
    {
        var findings = new List<Finding>();
        foreach (Claim claim in model.Claims)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(settings.Stop);
            stop.CancelAfter(settings.Timeout);
            Finding finding;
            try
            {
                finding = new ClaimCheck(library, model, claim, settings, stop.Token).Run();
            }
            catch (OperationCanceledException) when (!settings.Stop.IsCancellationRequested)
            {
                finding = new(claim.Name, Verdict.Undecided) { Reason = $"the time limit of {settings.Timeout.TotalSeconds:0.###} s ran out" };
            }
            catch (OverflowException)
            {
                finding = new(claim.Name, Verdict.Undecided) { Reason = "index arithmetic went beyond 64 bits" };
            }
            findings.Add(finding with { Place = claim.Place });
            // Behind a false step of a derivation nothing follows.
            if (finding.Verdict > Verdict.Defined && block.Head.Kind == BlockKind.Derivation)
                break;
        }
        Verdict verdict = findings.FirstOrDefault(finding => finding.Verdict > Verdict.Defined)?.Verdict ?? findings.Max(finding => finding.Verdict);
        string? against = Against(block.Head, verdict, findings);
        return new(block.Head.Id, verdict, findings) { Block = block, IsAsStated = against is null, Against = against };
    }

    private static string? Against(Head head, Verdict verdict, List<Finding> findings)
    {
        if (head.Refuted is not null)
            return verdict is Verdict.Refuted or Verdict.HoldsOnlyIf ? null
                : verdict <= Verdict.Defined ? "the block says that it is refuted, and it holds" : "the block says that it is refuted, and that was not found";
        if (head.OnlyIf is not null)
            return verdict == Verdict.HoldsOnlyIf && findings.All(finding => finding.Reason is null) ? null
                : verdict <= Verdict.Defined ? "the block says that it holds only under a condition, and it holds without"
                : findings.Select(finding => finding.Reason).FirstOrDefault(reason => reason is not null) ?? "it does not hold under the condition that the block states";
        return verdict <= Verdict.Defined ? null : verdict.ToString();
    }

    // A definition evaluates if some point of its domain gives it a value.
    private static CheckResult Define(Model model, Block block, CheckSettings settings)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(settings.Stop);
        stop.CancelAfter(settings.Timeout);
        Random random = settings.Source();
        string why = "no point of its domain was found";
        try
        {
            var shapes = new Shapes(model, null, settings.At, stop.Token);
            var program = new Program<Estimate>(model, new Estimates()) { Meter = new Meter(stop.Token) };
            var filler = new Filler<Estimate>(program, Kinds.Estimates());
            int defined = 0;
            foreach (Shape shape in shapes.Small(500).Take(60).Concat(shapes.Larger(20, random)))
            {
                if (program.NewFrame(shape.Whole) is not { } frame || !filler.Draw(frame, random) || !program.Run(frame))
                    continue;
                if (model.Results.All(result => !Enumerable.Range(0, program.Count(frame, result)).Any(element => program.IsUndefined(frame, result, element))))
                    defined++;
                else
                    why = "it is undefined at every point that was tried";
            }
            if (defined > 0)
                return new(block.Head.Id, Verdict.Defined, []) { Block = block, IsAsStated = true };
        }
        catch (OperationCanceledException) when (!settings.Stop.IsCancellationRequested)
        {
            why = $"the time limit of {settings.Timeout.TotalSeconds:0.###} s ran out";
        }
        catch (OverflowException)
        {
            why = "index arithmetic went beyond 64 bits";
        }
        return new(block.Head.Id, Verdict.Undecided, [new(block.Head.Id, Verdict.Undecided) { Reason = why }]) { Block = block, Against = why };
    }

    /// <summary>The check of one claim.</summary>
    private sealed class ClaimCheck(Library library, Model model, Claim claim, CheckSettings settings, CancellationToken stop)
    {
        private readonly Random _random = settings.Source();

        public Finding Run()
        {
            if (model.OnlyIf.Count > 0)
                return Conditional();
            var trial = Trial.Of(model, claim, settings, stop);
            var shapes = new Shapes(model, claim, settings.At, stop);
            Effort effort = Effort.For(trial.Nature, isStep: model.Head.Kind == BlockKind.Derivation);
            var survey = Survey.Of(trial, shapes, _random, effort.Combinations, effort.Larger, effort.Work, untilFailure: !settings.Explain);
            return survey.FirstFailure is null ? Holds(trial, survey) : Refuted(trial, shapes, survey);
        }

        private Finding Holds(Trial trial, Survey survey)
        {
            if (survey.Points == 0)
                return new(claim.Name, Verdict.Undecided) { Reason = survey.NotJudged > 0 ? "every point that was drawn lay at a kink or was too ill-conditioned to judge" : "no point of the domain was found", Evidence = survey.Evidence };
            var evidence = survey.Evidence with { Branches = trial.Branches };
            if (!survey.AnyNonzero)
                return new(claim.Name, Verdict.Vacuous) { Reason = "both sides were zero everywhere", Evidence = evidence };
            if (trial.Branches.FirstOrDefault(branch => branch is { GuardsTerms: true, Held: 0 }) is { } never)
                return new(claim.Name, Verdict.Vacuous) { Reason = $"the condition {never.Comparison} never held", Evidence = evidence };
            return trial.Nature switch
            {
                Nature.Rational => new(claim.Name, Verdict.HoldsExactly) { Evidence = evidence with { FalseWithProbability = DegreeBound.Of(model, claim, survey.SmallShapes, stop) } },
                Nature.Choice => new(claim.Name, Verdict.HoldsAtPoints) { Evidence = evidence },
                _ => new(claim.Name, Verdict.HoldsNumerically) { Evidence = evidence with { LargestErrorOverBound = trial.Worst.OverBound, LargestRelativeError = trial.Worst.Relative } },
            };
        }

        private Finding Refuted(Trial trial, Shapes shapes, Survey survey)
        {
            var finding = new Finding(claim.Name, Verdict.Refuted) { Evidence = survey.Evidence };
            if (!settings.Explain)
                return finding;
            try
            {
                var (shape, data) = Smallest(trial, survey);
                finding = finding with { Counterexample = CounterexampleReport.Of(trial, shapes, shape, data, Derived(), stop) };
                var conditions = new Conditions(trial, shapes, survey, _random).Find();
                finding = finding with { Verdict = conditions.Count > 0 ? Verdict.HoldsOnlyIf : Verdict.Refuted, Conditions = conditions };
                var diagnosis = new Diagnosis(model, claim, shapes, survey, settings, stop).Find(conditions);
                finding = finding with { Diagnosis = diagnosis?.Name, Mended = diagnosis?.Mended };
            }
            catch (OperationCanceledException) when (!settings.Stop.IsCancellationRequested)
            {
                // Refuted all the same; only the explanation ran out of time.
            }
            return finding;
        }

        // The gradient as a formula, where one line says it.
        private Value? Derived()
        {
            if (claim is not GradientClaim gradient || library.Find(model.Head.Id)?.Head.Of is not { } forward)
                return null;
            try
            {
                return Deriver.Gradient(library.Resolve(forward, default), gradient.By, "gradient").Equations is [var only]
                    ? new Value(gradient.Name, [.. only.Left.Indices.Select(index => index.Name)], model.Find(gradient.By)?.Shape ?? [], only.Formula, false)
                    : null;
            }
            catch (NotationException)
            {
                return null;   // it cannot be derived: the chain rule's terms are shown
            }
        }

        // Random data may pass at a shape that well chosen data refute, where a choice is rarely made: smaller shapes are searched too.
        private (Shape, SmallData?) Smallest(Trial trial, Survey survey)
        {
            Shape first = survey.FirstFailure!;
            bool complete = survey.SmallShapes.Contains(first);
            if (trial.Nature != Nature.Rational && !survey.HasWrongShape)
            {
                long start = trial.Work;
                foreach (Shape shape in survey.SmallShapes.Where(shape => shape.CompareTo(first) < 0).Order())
                {
                    if (!(complete &= trial.Work - start < ForData))
                        break;
                    if (trial.Smallest(shape, _random, ForData / 10) is { } smaller)
                        return (shape, smaller);
                }
            }
            SmallData? data = trial.Smallest(first, _random, ForData);
            return (first, data is null ? null : data with { IsSmallest = data.IsSmallest && complete });
        }

        // The block states its condition: the claim must hold under it, and each part must be needed.
        private Finding Conditional()
        {
            var stated = model.OnlyIf;
            if (Under(stated) is { FirstFailure: { } shape } failing)
                return new(claim.Name, Verdict.Refuted) { Evidence = failing.Evidence, Reason = $"it is false where the stated condition holds, at {At(shape)}" };
            if (Under([]) is { FirstFailure: null, Points: > 0 } all)
                return Holds(Trial.Of(model, claim, settings, stop), all);
            var needs = new List<Need>();
            foreach (Assumption part in stated)
            {
                if (Under([.. stated.Where(other => other != part)]).FirstFailure is not { } without)
                    return new(claim.Name, Verdict.HoldsOnlyIf) { Conditions = [.. stated.Select(each => new Need(each.ToString(), ""))], Reason = $"the part {part} of the stated condition is not needed" };
                needs.Add(new(part.ToString(), At(without)));
            }
            var survey = Under(stated);
            return survey.AnyNonzero
                ? new(claim.Name, Verdict.HoldsOnlyIf) { Conditions = needs, Evidence = survey.Evidence }
                : new(claim.Name, Verdict.Vacuous) { Reason = "under the stated condition both sides were zero everywhere", Evidence = survey.Evidence };
        }

        private string At(Shape shape) => Conditions.Text(new Shapes(model, claim, settings.At, stop), model, shape);

        private Survey Under(IReadOnlyList<Assumption> assumptions)
        {
            Symmetry? symmetry = assumptions.Select(Symmetry.Of).FirstOrDefault(each => each is not null);
            Model under = model.With(assumptions: [.. model.Assumptions, .. assumptions.Where(each => Symmetry.Of(each) is null)]);
            var trial = Trial.Of(under, claim, settings, stop);
            Effort effort = Effort.For(Nature.Choice, isStep: false);
            return Survey.Of(trial, new Shapes(under, claim, settings.At, stop), _random, effort.Combinations, effort.Larger / 2, effort.Work / 2, untilFailure: true, symmetry);
        }
    }
}
