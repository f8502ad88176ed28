namespace CnnVerified.Verification.Training;

/// <summary>One step of the lockstep: both implementations took it from the same weights.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Loss">The engine's loss.</param>
/// <param name="LossDifference">|engine − reference| of the loss.</param>
/// <param name="LossBound">What it may be.</param>
/// <param name="WeightDifference">|engine − reference| after the step, of the weight or bias where it is the largest part of its bound.</param>
/// <param name="WeightBound">That weight's bound.</param>
/// <param name="WorstRatio">The largest difference over its bound, of the loss, all weights and biases, and their velocities.</param>
public sealed record LockstepStep(int Step, double Loss, double LossDifference, double LossBound, double WeightDifference, double WeightBound, double WorstRatio);

/// <summary>A lockstep of reference and engine.</summary>
/// <param name="Batch">Images a step.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Steps">The steps.</param>
public sealed record LockstepRun(int Batch, string Engine, IReadOnlyList<LockstepStep> Steps)
{
    /// <summary>True where no difference left its bound.</summary>
    public bool Holds => Steps.All(step => step.WorstRatio <= 1);
}

/// <summary>One epoch of training.</summary>
/// <param name="Number">The epoch, from 1.</param>
/// <param name="Loss">Mean loss over its training steps.</param>
/// <param name="Accuracy">Share of the held-out images that were recognised after it.</param>
/// <param name="ImagesPerSecond">Training images a second, evaluation not counted.</param>
public sealed record Epoch(int Number, double Loss, double Accuracy, double ImagesPerSecond);

/// <summary>A training run of the engine.</summary>
/// <param name="Images">Training images.</param>
/// <param name="HeldOut">Held-out images.</param>
/// <param name="Data">Where they come from.</param>
/// <param name="Batch">Images a step.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="Momentum">Momentum.</param>
/// <param name="Seed">Seed of the weights and of the order of images.</param>
/// <param name="Engine">Vector width and threads.</param>
/// <param name="Epochs">The epochs that were finished.</param>
/// <param name="Losses">Loss of every step.</param>
public sealed record TrainingRun(int Images, int HeldOut, string Data, int Batch, float Rate, float Momentum, int Seed, string Engine,
    IReadOnlyList<Epoch> Epochs, IReadOnlyList<float> Losses);
