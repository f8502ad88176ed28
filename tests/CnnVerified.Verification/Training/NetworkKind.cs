using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;

namespace CnnVerified.Verification.Training;

/// <summary>A network that can be trained: its name, what it wants, and how each engine makes one.</summary>
/// <param name="Name">As --network names it.</param>
/// <param name="Title">As sentences name it.</param>
/// <param name="Side">Rows and columns of its images.</param>
/// <param name="LargestBatch">The largest batch whose memory one array holds.</param>
/// <param name="Parameters">Floats of its parameters.</param>
/// <param name="State">Floats of what else training keeps.</param>
/// <param name="Defaults">Settings that train well.</param>
/// <param name="New">Makes the engine's network for a largest batch, with zero weights.</param>
/// <param name="OnEngine">Makes one on the engine for a largest batch.</param>
/// <param name="OnReference">Makes one on the reference over binary32.</param>
public sealed record NetworkKind(string Name, string Title, int Side, int LargestBatch, int Parameters, int State, TrainingSettings Defaults,
    Func<int, Execution, Network> New, Func<int, Execution, ITrainable> OnEngine, Func<Execution, ITrainable> OnReference)
{
    /// <summary>All networks.</summary>
    public static IReadOnlyList<NetworkKind> All { get; } =
    [
        new("lenet5", "LeNet-5", 32, 65536, 61_706, 61_706, new(),
            (maxBatch, on) => new LeNet5(maxBatch, on), (maxBatch, on) => new EngineLeNet5(maxBatch, on), on => new ReferenceLeNet5(on)),
        new("lenet5-1998", "LeNet-5 of 1998", 32, 16384, 60_900, 60_900, new(Epochs: 8, Batch: 1, Rate: 0.00005f, Momentum: 0, Network: "lenet5-1998"),
            (maxBatch, on) => new LeNet5Of1998(maxBatch, on), (maxBatch, on) => new EngineLeNet5Of1998(maxBatch, on), on => new ReferenceLeNet5Of1998(on)),
        new("modern", "the modern network", 28, 16384, 20_538, 2 * 20_538 + 96, new(Epochs: 8, Batch: 32, Rate: 0.001f, Momentum: 0, Network: "modern"),
            (maxBatch, on) => new Modern(maxBatch, on), (maxBatch, on) => new EngineModern(maxBatch, on), on => new ReferenceModern(on)),
        new("vgg", "the small VGG-like network", 28, 16384, 218_490, 218_490, new(Epochs: 8, Batch: 32, Rate: 0.01f, Momentum: 0.9f, Network: "vgg"),
            (maxBatch, on) => new SmallVgg(maxBatch, on), (maxBatch, on) => new EngineSmallVgg(maxBatch, on), on => new ReferenceSmallVgg(on)),
    ];

    /// <summary>The names of all, as a sentence lists them.</summary>
    public static string Names => string.Join(", ", All.SkipLast(1).Select(kind => kind.Name)) + " or " + All[^1].Name;

    /// <summary>Name, shape and place of each tensor of the parameters.</summary>
    public IReadOnlyList<ParameterTensor> Tensors
    {
        get
        {
            using var on = new Execution(VectorWidth.Scalar, 1);
            return New(1, on).Tensors;
        }
    }

    /// <summary>Name, shape and place of each tensor of the state that inference needs too: running means and variances.</summary>
    public IReadOnlyList<ParameterTensor> Statistics => Name != "modern" ? [] :
    [
        new("N1.ma", [16], 2 * Parameters, 16, 0), new("N1.va", [16], 2 * Parameters + 16, 16, 0),
        new("N3.ma", [32], 2 * Parameters + 32, 32, 0), new("N3.va", [32], 2 * Parameters + 64, 32, 0),
    ];

    /// <summary>The network of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InputException">There is none.</exception>
    public static NetworkKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new InputException($"--network expected {Names}, got '{name}'.");
}

/// <summary>A network in training, on whichever engine.</summary>
public interface ITrainable
{
    /// <summary>A copy of all parameters.</summary>
    float[] Parameters { get; }

    /// <summary>A copy of what else training keeps: the state of the update rule, running statistics.</summary>
    float[] State { get; }

    /// <summary>Draws fresh weights and clears the state.</summary>
    /// <param name="seed">The same seed gives the same network, on every engine.</param>
    void Initialise(int seed);

    /// <summary>Takes parameters and state, which another engine may have written.</summary>
    /// <param name="parameters">As <see cref="Parameters"/>.</param>
    /// <param name="state">As <see cref="State"/>.</param>
    void Restore(ReadOnlySpan<float> parameters, ReadOnlySpan<float> state);

    /// <summary>What is done before a step; batches may be selected.</summary>
    /// <param name="images">The training images.</param>
    /// <param name="rest">Those of the pass that are left, in their order.</param>
    /// <param name="step">The step of this pass, from 0.</param>
    void BeforeStep(Batches images, ReadOnlySpan<int> rest, int step);

    /// <summary>One training step on the selected batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="N">Its images.</param>
    /// <param name="settings">Rates and seed.</param>
    /// <param name="epoch">The pass, from 1.</param>
    /// <param name="step">The step of the whole run, from 1.</param>
    /// <returns>The loss before the step.</returns>
    float Step(Batches batch, int N, TrainingSettings settings, int epoch, int step);

    /// <summary>The classes that the network gives to the selected batch; ties go to the smaller class.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="N">Its images.</param>
    /// <returns>N classes.</returns>
    int[] Classes(Batches batch, int N);
}
