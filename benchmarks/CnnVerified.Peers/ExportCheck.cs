using System.Globalization;
using CnnVerified.Onnx.Export;
using CnnVerified.Onnx.Proto;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace CnnVerified.Peers;

/// <summary>Exports the networks after a short training, runs the models on ONNX Runtime and holds its outputs to those of the engine and to the derived
/// bound.</summary>
internal static class ExportCheck
{
    private const int Trained = 2000, Bounded = 20;   // images; a bound takes the reference's time

    /// <summary>Checks, and writes a line for each network.</summary>
    /// <param name="stop">Stops between networks and training steps.</param>
    /// <returns>0 where both give every held-out image the same class and every bound holds, else 1.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static int Run(CancellationToken stop)
    {
        var (train, heldOut) = ImageSet.Embedded();
        Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}, CPU provider, all graph optimisations, 1 thread; {Trained} training and {heldOut.Count} held-out images");
        bool hold = true;
        foreach (NetworkKind kind in NetworkKind.All)
        {
            using var on = new Execution();
            var trainer = new Trainer(train.First(Trained), heldOut, "the embedded images", kind.Defaults with { Epochs = 1 }, on);
            foreach (Epoch _ in trainer.Epochs((_, _) => { }, stop))
                stop.ThrowIfCancellationRequested();
            hold &= Check(Weights.Of(trainer.Checkpoint()), heldOut, on);
        }
        return hold ? 0 : 1;
    }

    private static bool Check(Weights weights, ImageSet images, Execution on)
    {
        int N = images.Count, side = weights.Kind.Side;
        var batch = new Batches(images, N, on, side);
        batch.Select([.. Enumerable.Range(0, N)]);
        float[] x = new float[N * side * side];
        batch.X(N).FlattenTo(x);
        Network network = weights.Kind.New(N, on);
        weights.Parameters.CopyTo(network.Parameters);
        weights.State.CopyTo(network.State);
        float[] ours = network.Scores(batch.X(N)).ToArray();

        ModelProto model = NetworkExport.Model(weights);
        float[] theirs = OnRuntime(model, x, [N, 1, side, side]), alone = OnRuntime(model, x[..(side * side)], [1, 1, side, side]);
        var bounds = GraphBounds.Run(model, x.AsSpan(0, Bounded * side * side), Bounded);

        int sign = model.Graph.Output[0].Name == "distances" ? -1 : 1, classes = ours.Length / N;
        int Best(float[] scores, int n) => Enumerable.Range(0, classes).MaxBy(k => sign * scores[n * classes + k]);
        int same = Enumerable.Range(0, N).Count(n => Best(ours, n) == Best(theirs, n));
        double largest = ours.Zip(theirs, (a, b) => Math.Abs((double)a - b)).Max(), size = ours.Max(Math.Abs);
        double Worst(float[] scores) => bounds.Select((bound, i) => Math.Abs(scores[i] - bound.Value) / bound.Bound).Max();
        bool holds = same == N && Worst(ours) <= 1 && Worst(theirs) <= 1 && alone.Length == classes && largest < double.PositiveInfinity;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{weights.Kind.Name,-12} same class on {same} of {N}; outputs up to {size:G4} differ by at most {largest:G3}; on the first {Bounded} images " +
            $"the engine is within {Worst(ours):G3} of the bound, ONNX Runtime within {Worst(theirs):G3}{(holds ? "" : "  FAILED")}"));
        return holds;
    }

    private static float[] OnRuntime(ModelProto model, float[] x, long[] shape)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model.ToByteArray(), options);
        using OrtValue images = OrtValue.CreateTensorValueFromMemory(x, shape);
        using var run = new RunOptions();
        using var results = session.Run(run, [model.Graph.Input[0].Name], [images], [model.Graph.Output[0].Name]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
