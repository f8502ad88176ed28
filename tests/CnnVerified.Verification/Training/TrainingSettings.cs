namespace CnnVerified.Verification.Training;

/// <summary>How to train.</summary>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Batch">Images a step.</param>
/// <param name="Rate">Learning rate η.</param>
/// <param name="Momentum">Momentum μ of OP-2; 0 where the network's rule has none.</param>
/// <param name="Seed">Seed of the weights, of the order of images and of dropout.</param>
/// <param name="Network">The network: <see cref="NetworkKind.Name"/>.</param>
/// <param name="Images">How many of the first training images; 0 for all.</param>
public sealed record TrainingSettings(int Epochs = 8, int Batch = 32, float Rate = 0.01f, float Momentum = 0.9f, int Seed = 1,
    string Network = "lenet5", int Images = 0);
