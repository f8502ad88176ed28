using System.Text.Json.Serialization;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Timing.Compare;

/// <summary>Which direction of a layer is timed.</summary>
public enum Pass
{
    Forward,
    BackwardData,
    BackwardWeights,
}

/// <summary>What is computed.</summary>
public enum LayerKind
{
    Convolution,
    FullyConnected,
    MaxPooling,
    MeanPooling,
    Tanh,
}

/// <summary>What is timed: a pass of an operation on given sizes.</summary>
/// <param name="Kind">What is computed.</param>
/// <param name="Name">Network and layer.</param>
/// <param name="Pass">The direction.</param>
/// <param name="Sizes">The sizes in the case syntax of a convolution. A fully connected layer is one of 1×1 maps; pooling and activations
/// have a group for each channel.</param>
public sealed record Workload(LayerKind Kind, string Name, Pass Pass, string Sizes)
{
    private static readonly Family Family = EquationTable.Find("CV-F1").Family;

    /// <summary>All workloads of a comparison: the shapes in all passes, then what is not a convolution.</summary>
    public static IReadOnlyList<Workload> All(IEnumerable<LayerShape> shapes) =>
    [
        .. shapes.SelectMany(shape => Of(LayerKind.Convolution, shape.Name, $"{shape.Case}", Enum.GetValues<Pass>())),
        .. Of(LayerKind.FullyConnected, "VGG fc7", "n256c4096h1w1-k4096r1s1", Enum.GetValues<Pass>()),
        .. Of(LayerKind.MaxPooling, "max 2x2", "n64c64h56w56-k64r2s2-sh2sw2-g64", Pass.Forward, Pass.BackwardData),
        .. Of(LayerKind.MeanPooling, "mean 2x2", "n64c64h56w56-k64r2s2-sh2sw2-g64", Pass.Forward, Pass.BackwardData),
        .. Of(LayerKind.Tanh, "tanh 16Mi", "n64c64h64w64-k64r1s1-g64", Pass.Forward, Pass.BackwardData),
    ];

    /// <summary>The sizes.</summary>
    [JsonIgnore]
    public Case Case => Case.Parse(Family, Sizes);

    /// <summary>Name and pass, which filters are matched with.</summary>
    [JsonIgnore]
    public string Title => $"{Name} {PassName(Pass)}";

    /// <summary>True where multiply-adds are counted; else bytes are.</summary>
    [JsonIgnore]
    public bool HasWeights => Kind is LayerKind.Convolution or LayerKind.FullyConnected;

    /// <summary>The unit of <see cref="Amount"/> in a nanosecond.</summary>
    [JsonIgnore]
    public string Unit => HasWeights ? "GFLOP/s" : "GB/s";

    /// <summary>What a rate counts: floating-point operations 2·N·K·(C/G)·R·S·P·Q, or compulsory bytes.</summary>
    [JsonIgnore]
    public double Amount => HasWeights ? new LayerShape(Name, Case).FloatOperations : CompulsoryBytes;

    /// <summary>Bytes that must be read or written once: the operands and the result of the equation.</summary>
    [JsonIgnore]
    public double CompulsoryBytes => sizeof(float) * (Kind == LayerKind.Tanh && Pass != Pass.Forward ? 3.0 * Count("x") : Count("x") + Count("y") + (HasWeights ? Count("w") : 0.0));

    /// <summary>The columns of the table that mean something here: weights are prepared ahead for inference, which is forward alone.</summary>
    [JsonIgnore]
    public IEnumerable<Variant> Variants => Variant.All.Where(variant => variant.Weights == Preparation.Inside || HasWeights && Pass == Pass.Forward);

    /// <summary>How a pass is written.</summary>
    public static string PassName(Pass pass) => pass switch { Pass.Forward => "forward", Pass.BackwardData => "backward data", _ => "backward weights" };

    /// <summary>Elements of x, w, b or y; dx, dw and dy have as many.</summary>
    public int Count(string operand)
    {
        Case c = Case;
        return operand switch
        {
            "x" => c["n"] * c["c"] * c["h"] * c["w"],
            "w" => c["k"] * (c["c"] / c["g"]) * c["r"] * c["s"],
            "b" => c["k"],
            _ => c["n"] * c["k"] * c.Output.P * c.Output.Q,
        };
    }

    /// <summary>The operand that the pass computes: y, x (for dx) or w (for dw).</summary>
    [JsonIgnore]
    public string Result => Pass switch { Pass.Forward => "y", Pass.BackwardData => "x", _ => "w" };

    private static IEnumerable<Workload> Of(LayerKind kind, string name, string sizes, params Pass[] passes) =>
        passes.Select(pass => new Workload(kind, name, pass, sizes));
}
