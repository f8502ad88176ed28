using CnnVerified.Reference.Notation.Evaluation;

namespace CnnVerified.Verification.Checking;

/// <summary>A claim tried at all small shapes and at some larger ones.</summary>
internal sealed class Survey
{
    private readonly List<(Shape Shape, Outcome Outcome)> _outcomes = [];
    private bool _fails;
    private string _reach = "";
    private int _larger;

    private Survey()
    {
    }

    /// <summary>Each shape with what its points said: the worst of them.</summary>
    public IReadOnlyList<(Shape Shape, Outcome Outcome)> Outcomes => _outcomes;

    /// <summary>The small shapes at which a point was judged.</summary>
    public IReadOnlyList<Shape> SmallShapes { get; private set; } = [];

    /// <summary>The smallest shape at which the claim fails, or null.</summary>
    public Shape? FirstFailure { get; private set; }

    /// <summary>True where the claimed value has a wrong shape somewhere.</summary>
    public bool HasWrongShape => _outcomes.Exists(each => each.Outcome == Outcome.WrongShape);

    /// <summary>Points that were judged.</summary>
    public int Points { get; private set; }

    /// <summary>Points at kinks, or too ill-conditioned.</summary>
    public int NotJudged { get; private set; }

    /// <summary>True where some point had a side that is not 0.</summary>
    public bool AnyNonzero { get; private set; }

    /// <summary>What was tried.</summary>
    public Evidence Evidence => new(SmallShapes.Count, _reach, _larger, Points) { NotJudged = NotJudged };

    /// <summary>Tries a claim.</summary>
    /// <param name="trial">The claim.</param>
    /// <param name="shapes">The shapes.</param>
    /// <param name="random">The source of data.</param>
    /// <param name="combinations">How many combinations of whole parameters to go through.</param>
    /// <param name="larger">How many larger shapes.</param>
    /// <param name="work">After this many terms a sum of parameters that is begun is still finished, but no larger one begun.</param>
    /// <param name="untilFailure">True to stop at the first failure.</param>
    /// <param name="symmetry">A symmetry that the data have.</param>
    public static Survey Of(Trial trial, Shapes shapes, Random random, int combinations, int larger, long work, bool untilFailure, Symmetry? symmetry = null)
    {
        long start = trial.Work;
        var survey = new Survey();
        List<Shape> small = shapes.Small(combinations);
        var judged = new List<Shape>();
        // By the sum of parameters, so that what was tried when the effort is spent is all shapes up to a sum.
        long lastSum = shapes.Least - 1;
        bool complete = true;
        foreach (var sameSum in small.GroupBy(shape => shape.Sum).OrderBy(group => group.Key))
        {
            // What is false needs no more evidence, only enough shapes to look for conditions in.
            if (survey._fails && (untilFailure || trial.Work - start > work / 2) || trial.Work - start > work && judged.Count > 0)
            {
                complete = false;
                break;
            }
            foreach (Shape shape in sameSum)
                if (survey.Try(trial, shape, random, trial.Nature == Nature.Rational ? 1 : 3, symmetry))
                    judged.Add(shape);
            lastSum = sameSum.Key;
        }
        survey.SmallShapes = judged;
        survey._reach = Reach(shapes, complete ? shapes.Least + shapes.Excess : lastSum);
        foreach (Shape shape in shapes.Larger(larger, random))
        {
            if (trial.Work - start > 2 * work || survey._fails && (untilFailure || trial.Work - start > work))
                break;
            if (survey.Try(trial, shape, random, 1, symmetry))
                survey._larger++;
        }
        // A wrong shape is wrong whatever the data, so it is told first.
        bool wrongShape = survey.HasWrongShape;
        survey.FirstFailure = survey._outcomes.Where(each => wrongShape ? each.Outcome == Outcome.WrongShape : each.Outcome == Outcome.Fails).Select(each => each.Shape).Min();
        return survey;
    }

    /// <summary>True for outcomes that show a claim to be false.</summary>
    public static bool IsFailure(Outcome outcome) => outcome is Outcome.Fails or Outcome.WrongShape;

    private static string Reach(Shapes shapes, long sum) => shapes.Names.Count == 0 ? "no whole parameters"
        : shapes.Excess == 0 ? "the sizes given"
        : $"{string.Join(" + ", shapes.Names)} <= {sum}{(shapes.TooLarge is null ? "" : $" and tensors of at most {Program<double>.MostElements} elements")}";

    private bool Try(Trial trial, Shape shape, Random random, int points, Symmetry? symmetry)
    {
        bool judged = false;
        Outcome worst = Outcome.Outside;
        for (int tries = 0, done = 0; done < points && tries < 4 * points; tries++)
        {
            Outcome outcome = trial.Try(shape, random, symmetry);
            if (outcome == Outcome.NotJudged)
                NotJudged++;
            if (outcome is Outcome.Outside or Outcome.NotJudged)
                continue;
            done++;
            Points++;
            judged = true;
            AnyNonzero |= outcome != Outcome.HoldsAtZero;
            if (worst == Outcome.Outside || IsFailure(outcome) || worst == Outcome.HoldsAtZero)
                worst = outcome;
            if (IsFailure(outcome))
                break;
        }
        _fails |= IsFailure(worst);
        if (judged)
            _outcomes.Add((shape, worst));
        return judged;
    }
}
