using CnnVerified.Verification;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Benchmarks;

/// <summary>A parameter that knows how much arithmetic one call does, for the GFLOP/s column.</summary>
public interface IArithmetic
{
    /// <summary>Floating-point operations of one call; a multiply-add is two.</summary>
    double FloatOperations { get; }
}

/// <summary>A convolution of a real network. Names are kept for ever; another shape gets another name.</summary>
/// <param name="Name">Network and layer.</param>
/// <param name="Text">The sizes in the case syntax of the command line.</param>
public sealed record ConvolutionLayer(string Name, string Text) : IArithmetic
{
    public static IReadOnlyList<ConvolutionLayer> All { get; } =
    [
        new("LeNet C1", "n64c1h32w32-k6r5s5"),
        new("LeNet C3", "n64c6h14w14-k16r5s5"),
        new("LeNet C5", "n64c16h5w5-k120r5s5"),
        new("Fashion", "n64c32h14w14-k64r3s3-ph1pw1"),
        new("AlexNet c1", "n8c3h227w227-k96r11s11-sh4sw4"),
        new("AlexNet c2", "n8c96h27w27-k256r5s5-ph2pw2"),
        new("VGG 1_1", "n4c3h224w224-k64r3s3-ph1pw1"),
        new("VGG 3_2", "n4c256h56w56-k256r3s3-ph1pw1"),
    ];

    public Case Case { get; } = Case.Parse(EquationTable.Find("CV-F1").Family, Text);

    /// <summary>The same kernel, stride and padding on 5 channels, 13 filters and 4×20 output pixels at most: small enough for the
    /// naive reference, with a row block, a vector and a group of channels that are not full.</summary>
    public Case SmallCase => Case.With("n", 2).With("c", Math.Min(5, Case["c"])).With("k", Math.Min(13, Case["k"]))
        .With("h", Math.Min(Case["h"], Case["r"] + 3 * Case["sh"])).With("w", Math.Min(Case["w"], Case["s"] + 19 * Case["sw"]));

    /// <inheritdoc/>
    public double FloatOperations => 2.0 * Case["n"] * Case["k"] * (Case["c"] / Case["g"]) * Case["r"] * Case["s"] * Case.Output.P * Case.Output.Q;

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
