using CnnVerified.Timing;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Benchmarks;

/// <summary>A convolution of a real network: a row of benchmarks/shapes.csv.</summary>
/// <param name="Shape">The row.</param>
public sealed record ConvolutionLayer(LayerShape Shape) : IArithmetic
{
    public static IReadOnlyList<ConvolutionLayer> All { get; } = [.. ShapeTable.Default.Select(shape => new ConvolutionLayer(shape))];

    public string Name => Shape.Name;

    public Case Case => Shape.Case;

    /// <summary>The same kernel, stride, padding and dilation on at most 3 groups of 5 channels and 13 filters and 4×20 output pixels: small
    /// enough for the naive reference, with a row block, a vector and a group of channels that are not full.</summary>
    public Case SmallCase
    {
        get
        {
            int groups = Math.Min(3, Case["g"]);
            return Case.With("n", 2).With("g", groups).With("c", groups * Math.Min(5, Case["c"] / Case["g"])).With("k", groups * Math.Min(13, Case["k"] / Case["g"]))
                .With("h", Math.Min(Case["h"], Case["eh"] * (Case["r"] - 1) + 1 + 3 * Case["sh"])).With("w", Math.Min(Case["w"], Case["ew"] * (Case["s"] - 1) + 1 + 19 * Case["sw"]));
        }
    }

    /// <inheritdoc/>
    public double FloatOperations => Shape.FloatOperations;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A fully connected layer of a real network.</summary>
/// <param name="Name">Network and layer.</param>
/// <param name="N">Batch.</param>
/// <param name="D">Inputs.</param>
/// <param name="K">Outputs.</param>
public sealed record FullyConnectedLayer(string Name, int N, int D, int K) : IArithmetic
{
    /// <summary>LeNet's C5 read as a matrix, and the second hidden layer of AlexNet and VGG.</summary>
    public static IReadOnlyList<FullyConnectedLayer> All { get; } = [new("LeNet 400-120", 64, 400, 120), new("VGG fc7", 256, 4096, 4096)];

    /// <inheritdoc/>
    public double FloatOperations => 2.0 * N * D * K;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The thread counts that every benchmark runs on.</summary>
public static class ThreadCounts
{
    public static IEnumerable<int> OneAndAll => [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
}
