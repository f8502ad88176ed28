using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using CnnVerified.Optimized;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Images;

namespace CnnVerified.Verification.Training;

/// <summary>Trains a network. On the engine the same settings give the same bits, whatever the machine's vectors and threads.</summary>
public sealed class Trainer
{
    private readonly TrainingSettings _settings;
    private readonly Batches _train, _heldOut;
    private readonly ITrainable _network;
    private readonly string _data, _engine;
    private readonly ulong _images;
    private readonly List<Epoch> _epochs = [];
    private readonly List<float> _losses = [];
    private int _done, _steps;

    /// <summary>A network with fresh weights on the engine.</summary>
    /// <param name="train">Training images.</param>
    /// <param name="heldOut">Images that it is judged on.</param>
    /// <param name="data">Where they come from.</param>
    /// <param name="settings">Which network, and how to train it.</param>
    /// <param name="on">Where to compute; the caller disposes it.</param>
    /// <exception cref="InputException">There is no such network.</exception>
    public Trainer(ImageSet train, ImageSet heldOut, string data, TrainingSettings settings, Execution on)
        : this(train, heldOut, data, settings, on, NetworkKind.Find(settings.Network).OnEngine(Largest(settings, train, heldOut), on),
            $"{EngineList.NameOf(on.Width)}, {on.Threads} {(on.Threads == 1 ? "thread" : "threads")}")
    {
    }

    private Trainer(ImageSet train, ImageSet heldOut, string data, TrainingSettings settings, Execution on, ITrainable network, string engine)
    {
        (_settings, _data, _network, _engine) = (settings, data, network, engine);
        int side = NetworkKind.Find(settings.Network).Side, largest = Largest(settings, train, heldOut);
        (_train, _heldOut) = (new Batches(train, largest, on, side), new Batches(heldOut, largest, on, side));
        _images = Fingerprint(train);
        _network.Initialise(settings.Seed);
    }

    /// <summary>A network with fresh weights on the reference over binary32: the same weights as on the engine.</summary>
    /// <param name="train">Training images.</param>
    /// <param name="heldOut">Images that it is judged on.</param>
    /// <param name="data">Where they come from.</param>
    /// <param name="settings">Which network, and how to train it.</param>
    /// <param name="on">Where to prepare the data; the caller disposes it.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="InputException">There is no such network.</exception>
    public static Trainer OfReference(ImageSet train, ImageSet heldOut, string data, TrainingSettings settings, Execution on) =>
        new(train, heldOut, data, settings, on, NetworkKind.Find(settings.Network).OnReference(on), "reference");

    /// <summary>Goes on from a checkpoint.</summary>
    /// <param name="checkpoint">The state after a number of epochs.</param>
    /// <exception cref="InputException">It is of another network or of other training images.</exception>
    public void Resume(Checkpoint checkpoint)
    {
        if (checkpoint.Settings.Network != _settings.Network)
            throw new InputException($"expected a checkpoint of {_settings.Network}, got one of {checkpoint.Settings.Network}.");
        if (checkpoint.Images != _images)
            throw new InputException($"expected the training images that the checkpoint's run began with, got others ({_train.Count:N0} from {_data}).");
        _network.Restore(checkpoint.Parameters, checkpoint.State);
        (_done, _steps) = (checkpoint.Epochs, checkpoint.Steps);
    }

    /// <summary>Takes weights in the place of those that were drawn.</summary>
    /// <param name="weights">Weights of the settings' network.</param>
    /// <exception cref="InputException">They are of another network.</exception>
    public void Begin(Weights weights)
    {
        if (weights.Kind.Name != _settings.Network)
            throw new InputException($"expected weights of {_settings.Network}, got those of {weights.Kind.Name}.");
        _network.Restore(weights.Parameters, weights.State);
    }

    /// <summary>The state after the epochs so far.</summary>
    /// <returns>A checkpoint.</returns>
    public Checkpoint Checkpoint() => new(_done, _steps, _settings, _images, _network.Parameters, _network.State);

    /// <summary>What has been run so far.</summary>
    public TrainingRun Run => new(_train.Count, _heldOut.Count, _data, _settings.Batch, _settings.Rate, _settings.Momentum, _settings.Seed,
        _engine, [.. _epochs], [.. _losses]);

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
                _network.BeforeStep(_train, order.AsSpan(start), start / _settings.Batch);
                _train.Select(order.AsSpan(start, N));
                float loss = _network.Step(_train, N, _settings, _done + 1, ++_steps);
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

    /// <summary>Share of the held-out images that get their class.</summary>
    /// <returns>0 to 1.</returns>
    public double Accuracy()
    {
        int right = 0;
        int[] images = new int[_heldOut.MaxBatch];
        for (int start = 0; start < _heldOut.Count; start += images.Length)
        {
            int N = Math.Min(images.Length, _heldOut.Count - start);
            for (int n = 0; n < N; n++)
                images[n] = start + n;
            _heldOut.Select(images.AsSpan(0, N));
            int[] classes = _network.Classes(_heldOut, N);
            for (int n = 0; n < N; n++)
                right += classes[n] == _heldOut.Label(start + n) ? 1 : 0;
        }
        return (double)right / _heldOut.Count;
    }

    // No more memory than the images fill; at least 32 images a pass of evaluation.
    private static int Largest(TrainingSettings settings, ImageSet train, ImageSet heldOut) =>
        Math.Min(Math.Max(settings.Batch, 32), Math.Max(train.Count, heldOut.Count));

    private static ulong Fingerprint(ImageSet images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(images.Pixels);
        hash.AppendData(images.Labels);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
    }

    private static int HashCode(int seed, int epoch) => unchecked(seed * 1_000_003 + epoch);
}
