using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Evaluation;

namespace CnnVerified.Verification.Checking;

/// <summary>How likely it is that a false identity of rational functions held at a random point modulo a random prime.</summary>
internal static class DegreeBound
{
    // At least this many primes lie between 2⁶⁰ and 2⁶¹ (by the prime number theorem with the bounds of Rosser and Schoenfeld 1962:
    // π(2x) − π(x) > 3x/(5 ln x) for x ≥ 20.5).
    private static readonly double Primes = 0.6 * Math.ScaleB(1, 60) / (60 * Math.Log(2));

    /// <summary>The bound, the largest over the shapes.</summary>
    /// <remarks>The difference of both sides is a fraction whose numerator, if it is not zero, has a degree and whole coefficients that
    /// <see cref="Degrees"/> bounds. It vanishes modulo p if p divides all coefficients: a number of b bits has at most b/60 prime
    /// factors of that size. Otherwise it vanishes at a random point with at most degree/p (Schwartz 1980, Zippel 1979). Points
    /// where a denominator vanishes are drawn again, which at most doubles both.</remarks>
    public static double? Of(Model model, Claim claim, IReadOnlyList<Shape> shapes, CancellationToken stop)
    {
        var experiment = new Experiment<Degree>(model, claim, new NumberKind<Degree>(new Degrees(), limits => _ => limits.OneOf is null ? Degree.Variable : new(0, 0, 8, 8), _ => Degree.Variable), stop);
        var random = new Random(0);
        double worst = 0;
        foreach (Shape shape in shapes)
        {
            if (experiment.Try(shape, random) == Outcome.Outside)
                return null;
            foreach (var (claimed, truth) in experiment.Pairs)
            {
                Degree difference = experiment.Kind.Arithmetic.Subtract(claimed, truth);
                worst = Math.Max(worst, 2 * (Math.Max(0, difference.Top) / Math.ScaleB(1, 60) + difference.TopBits / 60 / Primes));
            }
        }
        return worst;
    }
}
