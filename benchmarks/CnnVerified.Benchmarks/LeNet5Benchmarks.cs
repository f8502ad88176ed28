using BenchmarkDotNet.Attributes;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;

namespace CnnVerified.Benchmarks;

/// <summary>LeNet-5 on Fashion-MNIST images: a training step, and scores alone.</summary>
public class LeNet5Benchmarks
{
    private Execution _on = null!;
    private LeNet5 _network = null!;
    private Batches _batches = null!;

    [Params(1, 64)]
    public int Batch { get; set; }

    [ParamsSource(typeof(ThreadCounts), nameof(ThreadCounts.OneAndAll))]
    public int Threads { get; set; }

    /// <summary>Two training steps of two images must stay within the derived bound of the reference, and the scores of the whole batch
    /// must be, bit for bit, those of each image alone.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _on = new Execution(threads: Threads);
        ImageSet images = ImageSet.Embedded().Test;
        foreach (LockstepStep step in Lockstep.Run(images, 2, 2, new TrainingSettings { Seed = 1989 }, _on, CancellationToken.None))
            if (!(step.WorstRatio <= 1))
                throw new InvalidOperationException($"LeNet-5 is wrong and will not be timed: step {step.Step} is {step.WorstRatio:G3} × its bound off.");

        _batches = new Batches(images, Batch, _on);
        _network = new LeNet5(Batch, _on);
        _network.Initialise(new Random(1989), LeNet5.Glorot);
        _batches.Select([.. Enumerable.Range(0, Batch)]);
        float[] together = _network.Scores(_batches.X(Batch)).ToArray();
        for (int n = 0; n < Batch; n++)
        {
            _batches.Select([n]);
            if (!_network.Scores(_batches.X(1)).SequenceEqual(together.AsSpan(n * ImageSet.Classes, ImageSet.Classes)))
                throw new InvalidOperationException($"LeNet-5 is wrong and will not be timed: image {n} of {Batch} has other scores when it is alone.");
        }
        _batches.Select([.. Enumerable.Range(0, Batch)]);
    }

    [GlobalCleanup]
    public void Cleanup() => _on.Dispose();

    /// <summary>Forward, backward and update with learning rate 0: the same arithmetic at every call. A network that learns one batch
    /// by heart would soon be timed on gradients that underflow.</summary>
    [Benchmark]
    public float Step() => _network.Step(_batches.X(Batch), _batches.H(Batch), eta: 0, mu: 0.9f);

    [Benchmark]
    public float Scores() => _network.Scores(_batches.X(Batch))[0];
}
