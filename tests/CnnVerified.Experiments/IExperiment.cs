using CnnVerified.Optimized;
using CnnVerified.Verification;

namespace CnnVerified.Experiments;

/// <summary>A question that a reader asked, and the run that measures its answer.</summary>
public interface IExperiment
{
    /// <summary>As the command names it.</summary>
    string Name { get; }

    /// <summary>The question, one sentence.</summary>
    Said Question { get; }

    /// <summary>How far the numbers are the same on every machine.</summary>
    Said Repeatability { get; }

    /// <summary>Measures.</summary>
    /// <param name="conditions">Seed and extent, and where to compute.</param>
    /// <returns>Tables, sentences and the picture.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    ExperimentRecord Run(Conditions conditions);
}

/// <summary>How much is run.</summary>
public enum Extent
{
    /// <summary>What docs/experiments records.</summary>
    Full,

    /// <summary>The same run on few images, for trying it out; its numbers answer nothing.</summary>
    Small,
}

/// <summary>What a run is given.</summary>
/// <param name="Seed">Seed of weights and of the order of images.</param>
/// <param name="Extent">How much is run.</param>
/// <param name="On">Where the engine computes.</param>
/// <param name="Progress">Told what is being measured.</param>
/// <param name="Stop">Stops between steps.</param>
public sealed record Conditions(int Seed, Extent Extent, Execution On, Action<string> Progress, CancellationToken Stop)
{
    /// <summary>One of two sizes.</summary>
    internal T Either<T>(T full, T small) => Extent == Extent.Full ? full : small;
}

/// <summary>All experiments.</summary>
public static class ExperimentList
{
    /// <summary>In the order of the list that the command prints.</summary>
    public static IReadOnlyList<IExperiment> All { get; } =
    [
        new UpdateOrder(), new InputScale(), new Vanishing(), new GaussianAsConvolution(), new LeastSquares(), new PoolingKinds(), new LearningRate(), new WrongGradients(),
    ];

    /// <summary>The experiment of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The experiment.</returns>
    /// <exception cref="InputException">There is none.</exception>
    public static IExperiment Find(string name) => All.FirstOrDefault(experiment => experiment.Name == name)
        ?? throw new InputException($"experiment expected {string.Join(", ", All.SkipLast(1).Select(each => each.Name))} or {All[^1].Name}, got '{name}'.");
}
