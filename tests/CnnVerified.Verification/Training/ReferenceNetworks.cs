using System.Numerics.Tensors;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Equations;
using Reference1998 = CnnVerified.Reference.Networks.LeNet5Of1998;
using Reference5 = CnnVerified.Reference.Networks.LeNet5;
using ReferenceModernNetwork = CnnVerified.Reference.Networks.Modern;
using ReferenceVgg = CnnVerified.Reference.Networks.SmallVgg;

namespace CnnVerified.Verification.Training;

/// <summary>A network of the reference in training, over binary32.</summary>
/// <param name="fresh">Makes the engine's network, whose weights a run begins with: draws are data.</param>
/// <param name="parameterShapes">Shapes of the parameters.</param>
/// <param name="stateShapes">Shapes of the state.</param>
internal abstract class ReferenceNetwork(Func<ITrainable> fresh, IReadOnlyList<nint[]> parameterShapes, IReadOnlyList<nint[]> stateShapes) : ITrainable
{
    protected Tensor<float>[] P { get; private set; } = [];

    protected Tensor<float>[] S { get; private set; } = [];

    public float[] Parameters => Flat.Join(P);

    public float[] State => Flat.Join(S);

    public void Initialise(int seed)
    {
        ITrainable network = fresh();
        network.Initialise(seed);
        Restore(network.Parameters, network.State);
    }

    public void Restore(ReadOnlySpan<float> parameters, ReadOnlySpan<float> state) =>
        (P, S) = (Flat.Split(parameters, parameterShapes, value => value), Flat.Split(state, stateShapes, value => value));

    public virtual void BeforeStep(Batches images, ReadOnlySpan<int> rest, int step) { }

    public abstract float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step);

    public abstract int[] Classes(Batches batch, int N);

    protected void Replace(int from, Tensor<float>[] tensors) => tensors.CopyTo(S, from);
}

internal sealed class ReferenceLeNet5(Execution on) :
    ReferenceNetwork(() => new EngineLeNet5(1, on), Reference5.ParameterShapes, Reference5.ParameterShapes)
{
    public override float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step) =>
        Reference5.Step(P, S, Flat.Copy(batch.X(N), value => value), Flat.Copy(batch.H(N), value => value), settings.Rate, settings.Momentum);

    public override int[] Classes(Batches batch, int N) => Scores.Best([.. Reference5.Scores(P, Flat.Copy(batch.X(N), value => value))], N, 1);
}

internal sealed class ReferenceLeNet5Of1998(Execution on) :
    ReferenceNetwork(() => new EngineLeNet5Of1998(1, on), Reference1998.ParameterShapes, Reference1998.ParameterShapes)
{
    private static float J => Optimized.Networks.LeNet5Of1998.Rubbish;

    public override void BeforeStep(Batches images, ReadOnlySpan<int> rest, int step)
    {
        int patterns = LevenbergMarquardtSchedule.Patterns(step, rest.Length);
        if (patterns == 0)
            return;
        float[] sum = new float[State.Length];
        for (int start = 0; start < patterns; start += images.MaxBatch)
        {
            int N = Math.Min(images.MaxBatch, patterns - start);
            images.Select(rest.Slice(start, N));
            float[] second = Flat.Join(Reference1998.SecondDerivatives(P, Flat.Copy(images.X(N), value => value), Flat.Copy(images.Labels(N)), J));
            for (int i = 0; i < sum.Length; i++)
                sum[i] += (float)N / patterns * second[i];
        }
        Restore(Parameters, sum);
    }

    public override float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step) =>
        Reference1998.Step(P, S, Flat.Copy(batch.X(N), value => value), Flat.Copy(batch.Labels(N)), J,
            LevenbergMarquardtSchedule.Rate(settings.Rate, epoch), LevenbergMarquardtSchedule.Mu);

    public override int[] Classes(Batches batch, int N) => Scores.Best([.. Reference1998.Distances(P, Flat.Copy(batch.X(N), value => value))], N, -1);
}

internal sealed class ReferenceModern(Execution on) : ReferenceNetwork(() => new EngineModern(1, on), ReferenceModernNetwork.ParameterShapes,
    [.. ReferenceModernNetwork.ParameterShapes, .. ReferenceModernNetwork.ParameterShapes, [16], [16], [32], [32]])
{
    private readonly Execution _on = on;

    public override float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step)
    {
        float[] u = new float[N * Optimized.Networks.Modern.Dropped];
        Dropout.Draw((ulong)settings.Seed, (ulong)step, new TensorSpan<float>(u), _on);   // what is drawn is data
        Tensor<float>[] m = S[..8], v = S[8..16], r = S[16..];
        float loss = ReferenceModernNetwork.Step(P, m, v, r, Flat.Copy(batch.X(N), value => value), Flat.Copy(batch.H(N), value => value),
            Tensor.Create(u, [N, Optimized.Networks.Modern.Dropped]), settings.Rate, step);
        Replace(0, [.. m, .. v, .. r]);
        return loss;
    }

    public override int[] Classes(Batches batch, int N) =>
        Scores.Best([.. ReferenceModernNetwork.Scores(P, S[16..], Flat.Copy(batch.X(N), value => value))], N, 1);
}

internal sealed class ReferenceSmallVgg(Execution on) :
    ReferenceNetwork(() => new EngineSmallVgg(1, on), ReferenceVgg.ParameterShapes, ReferenceVgg.ParameterShapes)
{
    public override float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step) =>
        ReferenceVgg.Step(P, S, Flat.Copy(batch.X(N), value => value), Flat.Copy(batch.H(N), value => value), settings.Rate, settings.Momentum);

    public override int[] Classes(Batches batch, int N) => Scores.Best([.. ReferenceVgg.Scores(P, Flat.Copy(batch.X(N), value => value))], N, 1);
}

/// <summary>Tensors and the flat memory of an engine.</summary>
internal static class Flat
{
    public static Tensor<T>[] Split<T>(ReadOnlySpan<float> all, IReadOnlyList<nint[]> shapes, Func<float, T> convert)
    {
        var parts = new Tensor<T>[shapes.Count];
        int start = 0;
        for (int l = 0; l < parts.Length; l++)
        {
            int size = (int)TensorPrimitives.Product<nint>(shapes[l]);
            parts[l] = Tensor.Create([.. all.Slice(start, size).ToArray().Select(convert)], shapes[l]);
            start += size;
        }
        return parts;
    }

    public static T[] Join<T>(IEnumerable<Tensor<T>> tensors) => [.. tensors.SelectMany(tensor => tensor)];

    public static Tensor<T> Copy<T>(in ReadOnlyTensorSpan<float> values, Func<float, T> convert)
    {
        var floats = new float[values.FlattenedLength];
        values.FlattenTo(floats);
        return Tensor.Create([.. floats.Select(convert)], values.Lengths);
    }

    public static Tensor<int> Copy(in ReadOnlyTensorSpan<int> values)
    {
        var labels = new int[values.FlattenedLength];
        values.FlattenTo(labels);
        return Tensor.Create(labels, values.Lengths);
    }
}
