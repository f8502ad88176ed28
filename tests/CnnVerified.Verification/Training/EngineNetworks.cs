using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;

namespace CnnVerified.Verification.Training;

/// <summary>A network of the optimised engine in training.</summary>
/// <typeparam name="TNetwork">Its class.</typeparam>
internal abstract class EngineNetwork<TNetwork>(TNetwork network, Func<int, int, double> range) : ITrainable where TNetwork : Network
{
    protected TNetwork Network => network;

    public float[] Parameters => network.Parameters.ToArray();

    public float[] State => network.State.ToArray();

    public void Initialise(int seed) => network.Initialise(new Random(seed), range);

    public void Restore(ReadOnlySpan<float> parameters, ReadOnlySpan<float> state)
    {
        parameters.CopyTo(network.Parameters);
        state.CopyTo(network.State);
    }

    public virtual void BeforeStep(Batches images, ReadOnlySpan<int> rest, int step) { }

    public abstract float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step);

    public int[] Classes(Batches batch, int N) => Scores.Best(network.Scores(batch.X(N)), N, Sign);

    /// <summary>−1 where the smallest number is the best.</summary>
    protected virtual int Sign => 1;
}

internal abstract class EngineMomentumNetwork(MomentumNetwork network, Func<int, int, double> range) : EngineNetwork<MomentumNetwork>(network, range)
{
    public override float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step) =>
        Network.Step(batch.X(N), batch.H(N), settings.Rate, settings.Momentum);
}

internal sealed class EngineLeNet5(int maxBatch, Execution on) : EngineMomentumNetwork(new LeNet5(maxBatch, on), Optimized.Networks.Network.Glorot);

internal sealed class EngineSmallVgg(int maxBatch, Execution on) : EngineMomentumNetwork(new SmallVgg(maxBatch, on), Optimized.Networks.Network.He);

internal sealed class EngineLeNet5Of1998(int maxBatch, Execution on) : EngineNetwork<LeNet5Of1998>(new(maxBatch, on), Optimized.Networks.Network.LeCun)
{
    protected override int Sign => -1;

    public override void BeforeStep(Batches images, ReadOnlySpan<int> rest, int step)
    {
        int patterns = LevenbergMarquardtSchedule.Patterns(step, rest.Length);
        if (patterns == 0)
            return;
        Network.Curvature.Clear();
        for (int start = 0; start < patterns; start += images.MaxBatch)
        {
            int N = Math.Min(images.MaxBatch, patterns - start);
            images.Select(rest.Slice(start, N));
            Network.AddCurvature(images.X(N), images.Labels(N), (float)N / patterns);
        }
    }

    public override float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step) =>
        Network.Step(batch.X(N), batch.Labels(N), LevenbergMarquardtSchedule.Rate(settings.Rate, epoch), LevenbergMarquardtSchedule.Mu);
}

internal sealed class EngineModern(int maxBatch, Execution on) : EngineNetwork<Modern>(new(maxBatch, on), Optimized.Networks.Network.LeCun)
{
    public override float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step) =>
        Network.Step(batch.X(N), batch.H(N), settings.Rate, (ulong)settings.Seed, step);
}

/// <summary>The settings of the stochastic diagonal Levenberg-Marquardt method in LeCun, Bottou, Bengio and Haffner (1998), sections III.B and III.C.</summary>
internal static class LevenbergMarquardtSchedule
{
    /// <summary>μ: keeps a step finite where the loss is flat.</summary>
    public const float Mu = 0.02f;

    // Of the first rate: of 0.0005 the published 0.0005 (twice), 0.0002 (three times), 0.0001 (three times), 0.00005 (four times), 0.00001.
    private static readonly double[] Shares = [1, 1, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.02];

    /// <summary>Patterns that the second derivatives are averaged over before a step of a pass: 500 before the first, as published, and 100 before every
    /// hundredth. From the small first weights the curvature grows a thousandfold within hundreds of steps, and an estimate that is a
    /// pass old lets them blow up.</summary>
    public static int Patterns(int step, int rest) => Math.Min(step == 0 ? 500 : step % 100 == 0 ? 100 : 0, rest);

    /// <summary>The rate of a pass.</summary>
    public static float Rate(float first, int epoch) => (float)(first * Shares[Math.Min(epoch, Shares.Length) - 1]);
}

/// <summary>Rows of scores.</summary>
internal static class Scores
{
    /// <summary>The best class of each row; ties go to the smaller class.</summary>
    public static int[] Best(ReadOnlySpan<float> scores, int N, int sign)
    {
        var best = new int[N];
        for (int n = 0; n < N; n++)
        {
            ReadOnlySpan<float> row = scores.Slice(n * ImageSet.Classes, ImageSet.Classes);
            for (int k = 1; k < row.Length; k++)
                if (sign * row[k] > sign * row[best[n]])
                    best[n] = k;
        }
        return best;
    }
}
