using System.Diagnostics;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification.Images;

namespace CnnVerified.Verification.Training;

/// <summary>How to train.</summary>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Batch">Images a step.</param>
/// <param name="Rate">Learning rate η.</param>
/// <param name="Momentum">Momentum μ.</param>
/// <param name="Seed">Seed of the weights and of the order of images.</param>
public sealed record TrainingSettings(int Epochs = 8, int Batch = 32, float Rate = 0.01f, float Momentum = 0.9f, int Seed = 1);

/// <summary>Trains LeNet-5 on the engine. The same settings give the same bits, whatever the machine's vectors and threads.</summary>
public sealed class Trainer
{
    private readonly TrainingSettings _settings;
    private readonly Execution _on;
    private readonly Batches _train, _heldOut;
    private readonly LeNet5 _network;
    private readonly string _data;
    private readonly List<Epoch> _epochs = [];
    private readonly List<float> _losses = [];
    private int _done;

    /// <summary>A network with fresh weights.</summary>
    /// <param name="train">Training images.</param>
    /// <param name="heldOut">Images that it is judged on.</param>
    /// <param name="data">Where they come from.</param>
    /// <param name="settings">How to train.</param>
    /// <param name="on">Where to compute; the caller disposes it.</param>
    public Trainer(ImageSet train, ImageSet heldOut, string data, TrainingSettings settings, Execution on)
    {
        (_settings, _on, _data) = (settings, on, data);
        (_train, _heldOut) = (new Batches(train, settings.Batch, on), new Batches(heldOut, settings.Batch, on));
        _network = new LeNet5(settings.Batch, on);
        _network.Initialise(new Random(settings.Seed), LeNet5.Glorot);
    }

    /// <summary>Goes on from a checkpoint.</summary>
    /// <param name="checkpoint">Weights and velocities after a number of epochs.</param>
    public void Resume(Checkpoint checkpoint)
    {
        checkpoint.Parameters.CopyTo(_network.Parameters);
        checkpoint.Velocities.CopyTo(_network.Velocities);
        _done = checkpoint.Epochs;
    }

    /// <summary>The state after the epochs so far.</summary>
    /// <returns>A checkpoint.</returns>
    public Checkpoint Checkpoint() => new(_done, _settings, _network.Parameters.ToArray(), _network.Velocities.ToArray());

    /// <summary>What has been run so far.</summary>
    public TrainingRun Run => new(_train.Count, _heldOut.Count, _data, _settings.Batch, _settings.Rate, _settings.Momentum, _settings.Seed,
        $"{Engines.EngineList.NameOf(_on.Width)}, {_on.Threads} {(_on.Threads == 1 ? "thread" : "threads")}", [.. _epochs], [.. _losses]);

    /// <summary>Trains to the end of the settings' epochs.</summary>
    /// <param name="progress">Told the images trained so far in the epoch.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>Each epoch as it ends.</returns>
    /// <exception cref="InputException">The loss is no longer finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the last finished epoch stands.</exception>
    public IEnumerable<Epoch> Epochs(Action<int, int> progress, CancellationToken cancel)
    {
        int[] order = new int[_train.Count];
        while (_done < _settings.Epochs)
        {
            // The order is drawn anew from seed and epoch, so that a resumed run sees the same one.
            for (int i = 0; i < order.Length; i++)
                order[i] = i;
            new Random(HashCode(_settings.Seed, _done)).Shuffle(order);
            double sum = 0;
            var clock = Stopwatch.StartNew();
            for (int start = 0; start < order.Length; start += _settings.Batch)
            {
                cancel.ThrowIfCancellationRequested();
                int N = Math.Min(_settings.Batch, order.Length - start);
                _train.Select(order.AsSpan(start, N));
                float loss = _network.Step(_train.X(N), _train.H(N), _settings.Rate, _settings.Momentum);
                if (!float.IsFinite(loss))
                    throw new InputException($"training expected a finite loss but got {loss} in epoch {_done + 1} after {start} images; " +
                        $"a rate below {_settings.Rate} may help.");
                sum += (double)loss * N;
                _losses.Add(loss);
                progress(_done + 1, start + N);
            }
            double seconds = clock.Elapsed.TotalSeconds;
            _done++;
            _epochs.Add(new Epoch(_done, sum / order.Length, Accuracy(), order.Length / seconds));
            yield return _epochs[^1];
        }
    }

    /// <summary>Share of the held-out images whose largest score is that of their class; ties go to the smaller class.</summary>
    /// <returns>0 to 1.</returns>
    public double Accuracy()
    {
        int right = 0;
        int[] images = new int[_settings.Batch];
        for (int start = 0; start < _heldOut.Count; start += _settings.Batch)
        {
            int N = Math.Min(_settings.Batch, _heldOut.Count - start);
            for (int n = 0; n < N; n++)
                images[n] = start + n;
            _heldOut.Select(images.AsSpan(0, N));
            ReadOnlySpan<float> z = _network.Scores(_heldOut.X(N));
            for (int n = 0; n < N; n++)
            {
                ReadOnlySpan<float> row = z.Slice(n * ImageSet.Classes, ImageSet.Classes);
                int best = 0;
                for (int k = 1; k < row.Length; k++)
                    if (row[k] > row[best])
                        best = k;
                right += best == _heldOut.Label(start + n) ? 1 : 0;
            }
        }
        return (double)right / _heldOut.Count;
    }

    private static int HashCode(int seed, int epoch) => unchecked(seed * 1_000_003 + epoch);
}
