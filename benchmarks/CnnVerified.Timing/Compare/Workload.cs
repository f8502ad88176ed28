using System.Text.Json.Serialization;
using CnnVerified.Optimized.Networks;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;

namespace CnnVerified.Timing.Compare;

/// <summary>Which direction of a layer is timed.</summary>
public enum Pass
{
    Forward,
    BackwardData,
    BackwardWeights,

    /// <summary>A whole training step: forward, backward, update.</summary>
    Step,
}

/// <summary>What is computed.</summary>
public enum LayerKind
{
    Convolution,
    FullyConnected,
    MaxPooling,
    MeanPooling,
    Tanh,
    LeNet5,
}

/// <summary>What is timed: a pass of an operation on given sizes.</summary>
/// <param name="Kind">What is computed.</param>
/// <param name="Name">Network and layer.</param>
/// <param name="Pass">The direction.</param>
/// <param name="Sizes">The sizes in the case syntax of a convolution. A fully connected layer is one of 1×1 maps; pooling and activations
/// have a group for each channel. A network is written as a kernel that covers its image.</param>
public sealed record Workload(LayerKind Kind, string Name, Pass Pass, string Sizes)
{
    private static readonly Family Family = EquationTable.Find("CV-F1").Family;

    /// <summary>All workloads of a comparison: the shapes in all passes, then what is not a convolution.</summary>
    public static IReadOnlyList<Workload> All(IEnumerable<LayerShape> shapes) =>
    [
        .. shapes.SelectMany(shape => Of(LayerKind.Convolution, shape.Name, $"{shape.Case}", Pass.Forward, Pass.BackwardData, Pass.BackwardWeights)),
        .. Of(LayerKind.FullyConnected, "VGG fc7", "n256c4096h1w1-k4096r1s1", Pass.Forward, Pass.BackwardData, Pass.BackwardWeights),
        .. Of(LayerKind.MaxPooling, "max 2x2", "n64c64h56w56-k64r2s2-sh2sw2-g64", Pass.Forward, Pass.BackwardData),
        .. Of(LayerKind.MeanPooling, "mean 2x2", "n64c64h56w56-k64r2s2-sh2sw2-g64", Pass.Forward, Pass.BackwardData),
        .. Of(LayerKind.Tanh, "tanh 16Mi", "n64c64h64w64-k64r1s1-g64", Pass.Forward, Pass.BackwardData),
        .. Of(LayerKind.LeNet5, "LeNet-5, batch 1", "n1c1h32w32-k10r32s32", Pass.Forward, Pass.Step),
        .. Of(LayerKind.LeNet5, "LeNet-5, batch 64", "n64c1h32w32-k10r32s32", Pass.Forward, Pass.Step),
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

    /// <summary>The unit of a rate.</summary>
    [JsonIgnore]
    public string Unit => HasWeights ? "GFLOP/s" : Kind == LayerKind.LeNet5 ? "k im/s" : "GB/s";

    /// <summary>What a call does in that unit for a second: floating-point operations 2·N·K·(C/G)·R·S·P·Q, compulsory bytes, or images.</summary>
    [JsonIgnore]
    public double Amount => HasWeights ? new LayerShape(Name, Case).FloatOperations / 1e9 : Kind == LayerKind.LeNet5 ? Case["n"] / 1e3 : CompulsoryBytes / 1e9;

    /// <summary>Bytes that must be read or written once: the operands and the result of the equation.</summary>
    [JsonIgnore]
    public double CompulsoryBytes => sizeof(float) * ((Kind, Pass) switch
    {
        (LayerKind.Tanh, Pass.BackwardData) => 3.0 * Count("x"),
        (LayerKind.MaxPooling, Pass.BackwardData) => 2.0 * (Count("x") + Count("y")),
        _ => Count("x") + Count("y") + (HasWeights ? Count("w") : 0.0),
    });

    /// <summary>The columns of the table that mean something here: weights are prepared ahead for inference, which is forward alone; a network keeps maps in
    /// the layout that it likes.</summary>
    [JsonIgnore]
    public IEnumerable<Variant> Variants => Variant.All.Where(variant => Kind == LayerKind.LeNet5 ? variant.Layout == DataLayout.Own && variant.Weights == Preparation.Inside == (Pass == Pass.Step)
        : variant.Weights == Preparation.Inside || HasWeights && Pass == Pass.Forward);

    /// <summary>How a pass is written.</summary>
    public static string PassName(Pass pass) => pass switch { Pass.Forward => "forward", Pass.BackwardData => "backward data", Pass.BackwardWeights => "backward weights", _ => "training step" };

    /// <summary>Elements of x, w, b or y; dx, dw and dy have as many.</summary>
    public int Count(string operand)
    {
        Case c = Case;
        return operand switch
        {
            "x" => c["n"] * c["c"] * c["h"] * c["w"],
            "w" when Kind == LayerKind.LeNet5 => LeNet5.ParameterCount,
            "w" => c["k"] * (c["c"] / c["g"]) * c["r"] * c["s"],
            "b" => c["k"],
            _ => c["n"] * c["k"] * c.Output.P * c.Output.Q,
        };
    }

    /// <summary>The operand that the pass computes: y, x (for dx) or w (for dw, or all gradients of a step).</summary>
    [JsonIgnore]
    public string Result => Pass switch { Pass.Forward => "y", Pass.BackwardData => "x", _ => "w" };

    private static IEnumerable<Workload> Of(LayerKind kind, string name, string sizes, params Pass[] passes) =>
        passes.Select(pass => new Workload(kind, name, pass, sizes));
}
