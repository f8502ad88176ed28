using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification.Images;
using Reference5 = CnnVerified.Reference.Networks.LeNet5;

namespace CnnVerified.Verification.Training;

/// <summary>Trains LeNet-5 on both implementations side by side. Each step starts both from the same weights and velocities, so the
/// bound is that of one step.</summary>
/// <remarks>The reference runs over <see cref="Bounded{TFormat}"/>: its values are those of binary64, and beside each stands how far
/// a computation in binary32 may be off, derived through all layers, the gradient and the update. The weights begin small,
/// as LeNet-5's did in 1998 (IT-1): a bound that assumes the worst in every layer grows with the product of the layers' sums of
/// absolute weights, and on the larger weights of IT-2 it still holds but says little of the loss.</remarks>
public static class Lockstep
{
    /// <summary>Runs a number of steps.</summary>
    /// <param name="train">Training images; the first ones are used, in order.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="settings">Learning rate, momentum and seed.</param>
    /// <param name="on">Where the engine computes.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>Each step as it is done.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<LockstepStep> Run(ImageSet train, int steps, int batch, TrainingSettings settings, Execution on, CancellationToken cancel)
    {
        var batches = new Batches(train, batch, on);
        var network = new LeNet5(batch, on);
        network.Initialise(new Random(settings.Seed), LeNet5.LeCun);
        for (int step = 1; step <= steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            batches.Select([.. Enumerable.Range(0, batch).Select(n => ((step - 1) * batch + n) % batches.Count)]);
            var p = Flat.Split(network.Parameters, Reference5.ParameterShapes, Bound);
            var v = Flat.Split(network.Velocities, Reference5.ParameterShapes, Bound);
            float loss = network.Step(batches.X(batch), batches.H(batch), settings.Rate, settings.Momentum);
            var expected = Reference5.Step(p, v, Flat.Copy(batches.X(batch), Bound), Flat.Copy(batches.H(batch), Bound),
                Bound(settings.Rate), Bound(settings.Momentum));
            yield return Compare(step, loss, expected, network.Parameters, p, network.Velocities, v);
        }
    }

    private static Bounded<Binary32> Bound(float value) => new(value);

    private static LockstepStep Compare(int step, float loss, Bounded<Binary32> expectedLoss, ReadOnlySpan<float> parameters,
        Tensor<Bounded<Binary32>>[] p, ReadOnlySpan<float> velocities, Tensor<Bounded<Binary32>>[] v)
    {
        double lossDifference = Math.Abs(loss - expectedLoss.Value);
        var weights = Worst(parameters, p);
        return new(step, loss, lossDifference, expectedLoss.Error, weights.Difference, weights.Bound,
            Math.Max(lossDifference / expectedLoss.Error, Math.Max(weights.Ratio, Worst(velocities, v).Ratio)));
    }

    // The element whose difference is the largest part of its bound.
    private static (double Difference, double Bound, double Ratio) Worst(ReadOnlySpan<float> got, Tensor<Bounded<Binary32>>[] wanted)
    {
        (double Difference, double Bound, double Ratio) worst = (0, 0, -1);
        int i = 0;
        foreach (Bounded<Binary32> element in wanted.SelectMany(tensor => tensor))
        {
            double difference = Math.Abs(got[i++] - element.Value);
            double ratio = difference == 0 ? 0 : double.IsNaN(difference) ? double.PositiveInfinity : difference / element.Error;
            if (ratio > worst.Ratio)
                worst = (difference, element.Error, ratio);
        }
        return worst;
    }
}
