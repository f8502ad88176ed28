using CnnVerified.Onnx.Operators;

namespace CnnVerified.Onnx;

/// <summary>The operators that are read, each for all versions of the operator set from its first to the newest.</summary>
public static class OperatorTable
{
    /// <summary>The domain of the optimisers.</summary>
    public const string Training = "ai.onnx.preview.training";

    private static readonly Dictionary<(string Domain, string Name), Operator> ByName = new()
    {
        [("", "Conv")] = Convolutions.Conv,
        [("", "ConvTranspose")] = Convolutions.ConvTranspose,
        [("", "MaxPool")] = Poolings.MaxPool,
        [("", "AveragePool")] = Poolings.AveragePool,
        [("", "LpPool")] = Poolings.LpPool,
        [("", "GlobalMaxPool")] = Poolings.GlobalMaxPool,
        [("", "GlobalAveragePool")] = Poolings.GlobalAveragePool,
        [("", "GlobalLpPool")] = Poolings.GlobalLpPool,
        [("", "MaxUnpool")] = Poolings.MaxUnpool,
        [("", "Gemm")] = FullyConnected.Gemm,
        [("", "MatMul")] = FullyConnected.MatMul,
        [("", "Flatten")] = FullyConnected.Flatten,
        [("", "Relu")] = Activations.Of("AC-F4"),
        [("", "LeakyRelu")] = Activations.Of("AC-F5", ("alpha", "a", 0.01f)),
        [("", "PRelu")] = Activations.PRelu,
        [("", "Elu")] = Activations.Of("AC-F6", ("alpha", "a", 1)),
        [("", "Selu")] = Activations.Selu,
        [("", "Celu")] = Activations.Of("AC-F21", ("alpha", "a", 1)),
        [("", "Sigmoid")] = Activations.Of("AC-F1"),
        [("", "HardSigmoid")] = Activations.Of("AC-F16", ("alpha", "a", 0.2f), ("beta", "b", 0.5f)),
        [("", "HardSwish")] = Activations.Of("AC-F19"),
        [("", "Tanh")] = Activations.Of("AC-F2"),
        [("", "Softplus")] = Activations.Of("AC-F7"),
        [("", "Softsign")] = Activations.Of("AC-F12"),
        [("", "ThresholdedRelu")] = Activations.Of("AC-F22", ("alpha", "theta", 1)),
        [("", "Gelu")] = Activations.Gelu,
        [("", "Mish")] = Activations.Of("AC-F17"),
        [("", "Swish")] = Activations.Swish,
        [("", "Clip")] = Activations.Clip,
        [("", "Abs")] = Activations.Of("AC-F10"),
        [("", "Softmax")] = Activations.AlongAxis("SM-F1"),
        [("", "LogSoftmax")] = Activations.AlongAxis("SM-F2"),
        [("", "Hardmax")] = Activations.AlongAxis("SM-F3"),
        [("", "BatchNormalization")] = Normalisations.BatchNormalization,
        [("", "LayerNormalization")] = Normalisations.LayerNormalization,
        [("", "InstanceNormalization")] = Normalisations.InstanceNormalization,
        [("", "GroupNormalization")] = Normalisations.GroupNormalization,
        [("", "RMSNormalization")] = Normalisations.RmsNormalization,
        [("", "LRN")] = Normalisations.LocalResponse,
        [("", "MeanVarianceNormalization")] = Normalisations.MeanVariance,
        [("", "LpNormalization")] = Normalisations.LpNormalization,
        [("", "Dropout")] = Dropouts.Dropout,
        [("", "SoftmaxCrossEntropyLoss")] = Losses.SoftmaxCrossEntropy,
        [("", "NegativeLogLikelihoodLoss")] = Losses.NegativeLogLikelihood,
        [(Training, "Momentum")] = Optimisers.Momentum,
        [(Training, "Adagrad")] = Optimisers.Adagrad,
        [(Training, "Adam")] = Optimisers.Adam,
        [("", "Constant")] = Plumbing.Constant,
        [("", "Identity")] = Plumbing.Identity,
        [("", "Shape")] = Plumbing.Shape,
        [("", "Reshape")] = Plumbing.Reshape,
        [("", "Transpose")] = Plumbing.Transpose,
        [("", "Squeeze")] = Plumbing.Squeeze,
        [("", "Unsqueeze")] = Plumbing.Unsqueeze,
        [("", "Concat")] = Plumbing.Concat,
        [("", "Slice")] = Plumbing.Slice,
        [("", "Split")] = Plumbing.Split,
        [("", "Pad")] = Plumbing.Pad,
        [("", "Add")] = Plumbing.Add,
        [("", "Sub")] = Plumbing.Sub,
        [("", "Mul")] = Plumbing.Mul,
        [("", "Div")] = Plumbing.Div,
        [("", "Neg")] = Plumbing.Neg,
        [("", "Sum")] = Plumbing.SumOfAll,
        [("", "Cast")] = Plumbing.Cast,
    };

    /// <summary>Names of all operators, those of the training domain with it before.</summary>
    public static IEnumerable<string> Names => ByName.Keys.Select(key => key.Domain.Length == 0 ? key.Name : $"{key.Domain}.{key.Name}");

    /// <summary>An operator.</summary>
    /// <param name="domain">Its domain; ONNX's own is empty or ai.onnx.</param>
    /// <param name="name">Its name.</param>
    /// <returns>What runs it, or null where it is not supported.</returns>
    public static Operator? Find(string domain, string name) => ByName.GetValueOrDefault((Domain(domain), name));

    /// <summary>A domain by its short name.</summary>
    /// <param name="domain">The domain as a file has it.</param>
    /// <returns>Empty for ONNX's own.</returns>
    internal static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;
}
