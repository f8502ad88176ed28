namespace CnnVerified.Optimized.Networks;

/// <summary>One tensor of a network's parameters.</summary>
/// <param name="Name">Layer and letter, such as C1.w.</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="At">Where it begins in the network's parameters.</param>
/// <param name="Count">Its elements.</param>
/// <param name="Trained">How many of them are trained: fewer where a connection table leaves pairs of maps out.</param>
public sealed record ParameterTensor(string Name, IReadOnlyList<nint> Shape, int At, int Count, int Trained);
