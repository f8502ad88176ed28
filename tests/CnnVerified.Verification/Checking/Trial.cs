using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;

namespace CnnVerified.Verification.Checking;

/// <summary>What kind of identity a claim is; it decides what numbers it is judged with.</summary>
internal enum Nature
{
    /// <summary>Both sides are rational functions of the data: a prime field.</summary>
    Rational,

    /// <summary>With choices between real numbers: exact fractions.</summary>
    Choice,

    /// <summary>With exp, log and the like: doubles with running error bounds.</summary>
    Transcendental,
}

/// <summary>Tries a claim at shape after shape, whatever numbers it needs.</summary>
internal abstract class Trial
{
    /// <summary>The claim and the model it stands in.</summary>
    public required Model Model { get; init; }

    /// <summary>The claim.</summary>
    public required Claim Claim { get; init; }

    /// <summary>What numbers it needs.</summary>
    public required Nature Nature { get; init; }

    /// <summary>Makes the trial that a claim needs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="claim">One of its claims.</param>
    /// <param name="settings">The seed of the prime.</param>
    /// <param name="stop">Ends a computation.</param>
    /// <param name="held">Values that the truth holds fixed: for a diagnosis.</param>
    public static Trial Of(Model model, Claim claim, CheckSettings settings, CancellationToken stop, IReadOnlyList<string>? held = null)
    {
        switch (NatureOf(model, claim))
        {
            case Nature.Rational:
                ulong prime = PrimeField.Draw(settings.Source());
                return new Trial<ulong>(new Experiment<ulong>(model, claim, Kinds.Residues(prime), stop, held)) { Model = model, Claim = claim, Nature = Nature.Rational };
            case Nature.Choice:
                return new Trial<Reference.Numbers.Rational>(new Experiment<Reference.Numbers.Rational>(model, claim, Kinds.Rationals(), stop, held)) { Model = model, Claim = claim, Nature = Nature.Choice };
            default:
                return new Trial<Estimate>(new Experiment<Estimate>(model, claim, Kinds.Estimates(), stop, held)) { Model = model, Claim = claim, Nature = Nature.Transcendental };
        }
    }

    /// <summary>What kind of identity a claim is.</summary>
    public static Nature NatureOf(Model model, Claim claim)
    {
        string[] wanted = claim is GradientClaim gradient ? [claim.Claimed, gradient.By, .. model.Residuals.Keys] : [claim.Claimed, ((EqualityClaim)claim).Truth];
        var program = new Program<double>(model, new Doubles(), wanted);
        return program.NeedsFunctions || program.DomainNeedsFunctions ? Nature.Transcendental
            : program.NeedsOrder || program.DomainNeedsOrder ? Nature.Choice : Nature.Rational;
    }

    /// <summary>Tries the claim once.</summary>
    public abstract Outcome Try(Shape shape, Random random, Symmetry? symmetry = null);

    /// <summary>How many terms were evaluated so far.</summary>
    public abstract long Work { get; }

    /// <summary>Works out the truth at some shapes, for <see cref="Holds"/>.</summary>
    public abstract void Prepare(IEnumerable<Shape> shapes, Random random);

    /// <summary>Whether another right side is true at the shapes that were prepared; null where it needs other numbers than the claim.</summary>
    public abstract bool? Holds(Expression body);

    /// <summary>Compares the claimed gradient with what a known slip would give.</summary>
    public abstract Outcome Equals(Shape shape, Random random, OtherGradient other);

    /// <summary>True where doubling the residual doubles the claimed gradient.</summary>
    public abstract bool IsLinear(Shape shape, Random random);

    /// <summary>Comparisons of real numbers and how often each went which way.</summary>
    public abstract IReadOnlyList<Branch> Branches { get; }

    /// <summary>The largest difference over its bound, and relative to the larger side.</summary>
    public abstract (double OverBound, double Relative) Worst { get; }

    /// <summary>The smallest data at a shape where the claim fails, or null where none were found within a number of terms.</summary>
    public abstract SmallData? Smallest(Shape shape, Random random, long work);
}

/// <summary>Tries a claim with numbers of one type.</summary>
internal sealed class Trial<T>(Experiment<T> experiment) : Trial
{
    public override IReadOnlyList<Branch> Branches => [.. experiment.Choices.Select(choice => new Branch(choice.Text, choice.Held, choice.Failed, choice.GuardsTerms))];

    public override (double OverBound, double Relative) Worst => experiment.Worst;

    public override Outcome Try(Shape shape, Random random, Symmetry? symmetry = null) => experiment.Try(shape, random, symmetry);

    public override Outcome Equals(Shape shape, Random random, OtherGradient other) => experiment.TryOther(shape, random, other);

    public override bool IsLinear(Shape shape, Random random) => experiment.IsLinear(shape, random);

    private List<Experiment<T>.Probe> _probes = [];

    public override void Prepare(IEnumerable<Shape> shapes, Random random) => _probes = experiment.Probes(shapes, random);

    public override bool? Holds(Expression body) => _probes.Count == 0 ? null : experiment.Holds(body, _probes);

    public override long Work => experiment.Program.Meter.Steps;

    public override SmallData? Smallest(Shape shape, Random random, long work) =>
        new CounterexampleSearch<T>(experiment, shape, random, work).Find();
}
