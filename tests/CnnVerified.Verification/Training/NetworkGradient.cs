using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Images;
using MathNet.Numerics.Differentiation;
using Slope = CnnVerified.Reference.Numbers.DualReal<CnnVerified.Reference.Numbers.Bounded<CnnVerified.Reference.Numbers.Binary64>>;

namespace CnnVerified.Verification.Training;

/// <summary>What was found of the gradient by one tensor of parameters: for each judge the worst difference over what it may be.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Size">Its elements.</param>
/// <param name="Sampled">Elements that dual numbers judged.</param>
/// <param name="Bound">All elements of the engine against the reference within the derived bound; null where it cannot be said.</param>
/// <param name="Vacuous">Elements whose bound is not below the tensor's largest derivative, or is none: it says little there.</param>
/// <param name="EngineDual">The sample of the engine against dual numbers over the reference's loss, within that bound and the dual numbers' own.</param>
/// <param name="ReferenceDual">The sample of the reference's gradient in binary64 against the dual numbers.</param>
/// <param name="Numeric">The first few of the sample: central differences of the reference's loss against the dual numbers.</param>
public sealed record TensorFinding(string Name, int Size, int Sampled, double? Bound, int Vacuous, double? EngineDual, double? ReferenceDual, double? Numeric)
{
    /// <summary>True where every difference is within what it may be.</summary>
    public bool Holds => new[] { Bound, EngineDual, ReferenceDual, Numeric }.All(ratio => ratio is null or <= 1);
}

/// <summary>What was found of the gradient of a network.</summary>
/// <param name="Steps">Training steps before.</param>
/// <param name="Images">Images of the batch.</param>
/// <param name="Loss">The engine's loss.</param>
/// <param name="Note">What else must be known, or nothing.</param>
/// <param name="Tensors">Each tensor.</param>
public sealed record GradientFinding(int Steps, int Images, float Loss, string Note, IReadOnlyList<TensorFinding> Tensors)
{
    /// <summary>True where all tensors hold.</summary>
    public bool Holds => Tensors.All(tensor => tensor.Holds);
}

/// <summary>Judges the gradient of whole networks.</summary>
/// <remarks>
/// The engine's gradient is compared with that of the reference over <see cref="Bounded{TFormat}"/> of binary32, element by element. The reference's own
/// gradient is compared with the slope of its loss: dual numbers over <see cref="Bounded{TFormat}"/> of binary64, for all elements of small
/// tensors and a seeded sample of large ones. The tolerance is the sum of both computations' derived errors, or a stated one where that is smaller. Central differences of the
/// loss (MathNet) must agree with the dual numbers within what a second step size says of the truncation and the bound of the loss
/// says of the rounding. Where the network says what its rectifiers and max pooling choose, steps are short enough that all points choose alike.
/// </remarks>
public static class NetworkGradient
{
    /// <summary>Training steps before the second judgement.</summary>
    public const int TrainingSteps = 10;

    private const int NumericPerTensor = 3;
    private const double NumericStep = 1.0 / (1 << 14), SmallestStep = 1.0 / (1 << 29);

    // Stated, not derived: what a derivative in binary64 may lose, of the largest of its tensor, and a loss of itself. The derived bounds are
    // smaller but for networks with batch normalisation, where the worst case of all roundings together says nothing.
    private static readonly double StatedSlope = Math.ScaleB(1, -30), StatedLoss = Math.ScaleB(1, -40);

    /// <summary>Judges a network's gradient.</summary>
    /// <param name="kind">The network.</param>
    /// <param name="images">Where its images come from: the first ones are the batch, those after it are trained on.</param>
    /// <param name="N">Images of the batch.</param>
    /// <param name="sample">Elements of each tensor that are judged by dual numbers: all where it has no more.</param>
    /// <param name="seed">Seed of weights, sample and dropout.</param>
    /// <param name="steps">Training steps before.</param>
    /// <param name="on">Where the engine computes.</param>
    /// <param name="stop">Stops between elements.</param>
    /// <param name="fault">Changes the engine's gradient before it is judged: for a test of the judge.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static GradientFinding Check(NetworkKind kind, ImageSet images, int N, int sample, int seed, int steps, Execution on, CancellationToken stop,
        Action<float[]>? fault = null)
    {
        GradientSubject subject = GradientSubject.Of(kind, N, on);
        subject.Begin(images, seed, steps);
        var (loss, engine) = subject.OfEngine();
        fault?.Invoke(engine);
        var (findings, note) = Judge(subject, engine, sample, seed, stop);
        return new(steps, N, loss, note, [.. findings, .. subject.SecondOrder()]);
    }

    private static (List<TensorFinding>, string) Judge(GradientSubject subject, float[] engine, int sample, int seed, CancellationToken stop)
    {
        EngineBound bound = subject.Bound();
        var exact = subject.OfReference(value => new Bounded<Binary64>(value));
        var slopes = subject.Convert(value => new Slope(new(value), default));
        var points = subject.Convert(value => (double)value);
        int[] choices = subject.Choices(points);
        var random = new Random(seed);
        var findings = new List<TensorFinding>();
        int at = 0;
        for (int l = 0; l < exact.Length; l++)
        {
            Bounded<Binary32>[] wanted = [.. bound.Gradient[l]];
            Bounded<Binary64>[] reference = [.. exact[l]];
            float[] got = engine[at..(at + wanted.Length)];
            at += wanted.Length;
            bool sure = l >= bound.Unsure;
            int[] drawn = [.. Enumerable.Range(0, wanted.Length).ToArray()];
            if (wanted.Length > sample)
                random.Shuffle(drawn);
            drawn = drawn[..Math.Min(sample, wanted.Length)];
            var duals = new (double Engine, double Reference, double? Numeric)[drawn.Length];
            int tensor = l;
            double stated = StatedSlope * reference.Max(element => Math.Abs(element.Value));
            Parallel.For(0, drawn.Length, new ParallelOptions { MaxDegreeOfParallelism = subject.Threads, CancellationToken = stop }, s =>
            {
                int i = drawn[s];
                Slope loss = subject.Loss(With(slopes, tensor, i, element => element with { Slope = new(1) }));
                Bounded<Binary64> slope = loss.Slope;
                double? numeric = s < NumericPerTensor ? Numeric(subject, points, choices, tensor, i, loss, stated) : null;
                duals[s] = (Over(got[i] - slope.Value, wanted[i].Error + slope.Error), Over(reference[i].Value - slope.Value, Least(reference[i].Error + slope.Error, stated)), numeric);
            });
            TensorFinding all = EngineBound.Judge(subject.Names[l], got, wanted);
            findings.Add(all with
            {
                Sampled = drawn.Length,
                Bound = sure ? all.Bound : null,
                Vacuous = sure ? all.Vacuous : all.Size,
                EngineDual = sure && !bound.InParts && drawn.Length > 0 ? duals.Max(dual => dual.Engine) : null,
                ReferenceDual = drawn.Length > 0 ? duals.Max(dual => dual.Reference) : null,
                Numeric = drawn.Length > 0 ? duals.Max(dual => dual.Numeric) : null,
            });
        }
        findings.AddRange(bound.Links);
        return (findings, bound.Choices == 0 ? "" : $"; {bound.Choices} choices of rectifiers and max pooling differ from the reference's within rounding: no bound holds for what lies before them");
    }

    // The truncation of a step is about a third of what a step twice as long differs by: the whole difference is allowed. A kink between the
    // points shows in it too, unless there are many.
    private static double? Numeric(GradientSubject subject, Tensor<double>[] points, int[] choices, int tensor, int i, Slope loss, double stated)
    {
        Tensor<double>[] At(double value) => With(points, tensor, i, _ => value);
        double at = points[tensor].ElementAt(i), step = NumericStep;
        while (choices.Length > 0 && !new[] { -2, -1, 1, 2 }.All(side => choices.SequenceEqual(subject.Choices(At(at + side * step)))))
            if ((step /= 8) < SmallestStep)
                return null;   // a kink too near

        double Difference(double step)
        {
            var derivative = new NumericalDerivative(points: 3, center: 1) { StepType = StepType.Absolute, StepSize = step };
            return derivative.EvaluateDerivative(value => subject.Loss(At(value)), at, 1);
        }

        double near = Difference(step), far = Difference(2 * step);
        return Over(near - loss.Slope.Value, Math.Abs(near - far) +
            2 * Least(loss.Value.Error, StatedLoss * Math.Abs(loss.Value.Value)) / step + Least(loss.Slope.Error, stated));
    }

    private static double Least(double derived, double stated) => derived < stated ? derived : stated;

    // A bound that is none allows everything: the element is counted as vacuous.
    internal static double Over(double difference, double allowed) =>
        difference == 0 || double.IsNaN(allowed) ? 0 : double.IsNaN(difference) ? double.PositiveInfinity : Math.Abs(difference) / allowed;

    // One element of one tensor replaced.
    private static Tensor<T>[] With<T>(Tensor<T>[] tensors, int tensor, int i, Func<T, T> change)
    {
        T[] elements = [.. tensors[tensor]];
        elements[i] = change(elements[i]);
        Tensor<T>[] with = [.. tensors];
        with[tensor] = Tensor.Create(elements, tensors[tensor].Lengths);
        return with;
    }
}
