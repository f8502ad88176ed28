using CnnVerified.Onnx.Conformance;
using CnnVerified.Onnx.Proto;
using CnnVerified.Optimized;
using CnnVerified.Verification.Engines;
using Xunit;
using static CnnVerified.Tests.Onnx.CaseFolder;

namespace CnnVerified.Tests.Onnx;

/// <summary>Small cases whose outputs were worked out by hand: what each operator means in each of its versions.</summary>
public sealed class ConformanceTests : IDisposable
{
    private static readonly float Ln2 = MathF.Log(2);

    private readonly TemporaryFolder _folder = new();
    private readonly EngineList _list = new();

    private static readonly Dictionary<string, (ModelProto Model, TensorProto[] Inputs, TensorProto[] Outputs)> ByName = new()
    {
        // Windows: padding that differs between the sides, from pads and from auto_pad, in one, two and three dimensions.
        ["Conv-11 row, pads 0 and 1"] = (Model(11, Node("Conv", "x w", "y", ("pads", (int[])[0, 1]))), [Floats("1 1 3", 1, 2, 3), Floats("1 1 2", 1, 10)], [Floats("1 1 3", 21, 32, 3)]),
        ["Conv-1 map, same lower"] = (Model(1, Node("Conv", "x w", "y", ("auto_pad", "SAME_LOWER"))),
            [Floats("1 1 2 2", 1, 2, 3, 4), Floats("1 1 2 2", 1, 10, 100, 1000)], [Floats("1 1 2 2", 1000, 2100, 3010, 4321)]),
        ["Conv-22 map, same upper"] = (Model(22, Node("Conv", "x w b", "y", ("auto_pad", "SAME_UPPER"))),
            [Floats("1 1 2 2", 1, 2, 3, 4), Floats("1 1 2 2", 1, 10, 100, 1000), Floats("1", 5)], [Floats("1 1 2 2", 4326, 407, 48, 9)]),
        ["Conv-22 volume, pads 1 and 0, groups"] = (Model(22, Node("Conv", "x w", "y", ("pads", (int[])[0, 0, 1, 0, 0, 0]), ("group", 2))),
            [Floats("1 2 1 1 2", 1, 2, 3, 4), Floats("2 1 1 1 2", 1, 10, 2, 20)], [Floats("1 2 1 1 2", 10, 21, 60, 86)]),
        ["ConvTranspose-1 row"] = (Model(1, Node("ConvTranspose", "x w", "y", ("strides", (int[])[2]))), [Floats("1 1 2", 1, 2), Floats("1 1 3", 1, 10, 100)], [Floats("1 1 5", 1, 10, 102, 20, 200)]),
        ["ConvTranspose-11 same upper"] = (Model(11, Node("ConvTranspose", "x w", "y", ("strides", (int[])[2]), ("auto_pad", "SAME_UPPER"))),
            [Floats("1 1 2", 1, 2), Floats("1 1 3", 1, 10, 100)], [Floats("1 1 4", 1, 10, 102, 20)]),
        ["ConvTranspose-22 same lower, bias"] = (Model(22, Node("ConvTranspose", "x w b", "y", ("strides", (int[])[2]), ("auto_pad", "SAME_LOWER"))),
            [Floats("1 1 2", 1, 2), Floats("1 1 3", 1, 10, 100), Floats("1", 1000)], [Floats("1 1 4", 1010, 1102, 1020, 1200)]),
        ["ConvTranspose-11 output shape beyond all"] = (Model(11, Node("ConvTranspose", "x w b", "y", ("strides", (int[])[2]), ("output_shape", (int[])[8]))),
            [Floats("1 1 2", 1, 2), Floats("1 1 3", 1, 10, 100), Floats("1", 1000)], [Floats("1 1 8", 1001, 1010, 1102, 1020, 1200, 1000, 1000, 1000)]),
        ["ConvTranspose-11 output shape, one less than all"] = (Model(11, Node("ConvTranspose", "x w", "y", ("strides", (int[])[2]), ("output_shape", (int[])[4]))),
            [Floats("1 1 2", 1, 2), Floats("1 1 3", 1, 10, 100)], [Floats("1 1 4", 10, 102, 20, 200)]),
        ["ConvTranspose-11 output padding"] = (Model(11, Node("ConvTranspose", "x w", "y", ("strides", (int[])[2]), ("output_padding", (int[])[1]), ("pads", (int[])[1, 1]))),
            [Floats("1 1 2", 1, 2), Floats("1 1 3", 1, 10, 100)], [Floats("1 1 4", 10, 102, 20, 200)]),
        ["MaxPool-12 border kept, indices"] = (Model(12, Node("MaxPool", "x", "y i", ("kernel_shape", (int[])[2, 2]), ("strides", (int[])[2, 2]), ("ceil_mode", 1))),
            [Floats("1 1 3 3", 1, 2, 3, 4, 5, 6, 7, 8, 9)], [Floats("1 1 2 2", 5, 6, 8, 9), Longs("1 1 2 2", 4, 5, 7, 8)]),
        ["MaxPool-8 indices, columns first, two maps"] = (Model(8, Node("MaxPool", "x", "y i", ("kernel_shape", (int[])[2, 2]), ("storage_order", 1))),
            [Floats("1 2 3 3", 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1)],
            [Floats("1 2 2 2", 5, 6, 8, 9, 9, 8, 6, 5), Longs("1 2 2 2", 4, 7, 5, 8, 9, 12, 10, 13)]),
        ["MaxPool-22 row, dilated, pads 1 and 0"] = (Model(22, Node("MaxPool", "x", "y i", ("kernel_shape", (int[])[2]), ("dilations", (int[])[2]), ("pads", (int[])[1, 0]))),
            [Floats("1 1 4", 3, 1, 2, 5)], [Floats("1 1 3", 1, 3, 5), Longs("1 1 3", 1, 0, 3)]),
        ["MaxPool-11 ties go to the first"] = (Model(11, Node("MaxPool", "x", "y i", ("kernel_shape", (int[])[2]))), [Floats("1 1 3", 4, 4, 4)], [Floats("1 1 2", 4, 4), Longs("1 1 2", 0, 1)]),
        ["AveragePool-19 border kept, nothing beyond it counts"] = (Model(19, Node("AveragePool", "x", "y", ("kernel_shape", (int[])[2]), ("strides", (int[])[2]), ("ceil_mode", 1), ("count_include_pad", 1))),
            [Floats("1 1 5", 1, 2, 3, 4, 5)], [Floats("1 1 3", 1.5f, 3.5f, 5)]),
        ["AveragePool-11 border kept, padding counts"] = (Model(11, Node("AveragePool", "x", "y", ("kernel_shape", (int[])[3]), ("strides", (int[])[2]), ("pads", (int[])[1, 1]), ("ceil_mode", 1), ("count_include_pad", 1))),
            [Floats("1 1 2", 3, 6)], [Floats("1 1 2", 3, 3)]),
        ["AveragePool-11 border kept, padding does not count"] = (Model(11, Node("AveragePool", "x", "y", ("kernel_shape", (int[])[3]), ("strides", (int[])[2]), ("pads", (int[])[1, 1]), ("ceil_mode", 1))),
            [Floats("1 1 2", 3, 6)], [Floats("1 1 2", 4.5f, 6)]),
        ["AveragePool-19 volume, dilated"] = (Model(19, Node("AveragePool", "x", "y", ("kernel_shape", (int[])[1, 1, 2]), ("dilations", (int[])[1, 1, 2]))), [Floats("1 1 1 1 3", 1, 2, 9)], [Floats("1 1 1 1 1", 5)]),
        ["LpPool-18 row, padded"] = (Model(18, Node("LpPool", "x", "y", ("kernel_shape", (int[])[2]), ("pads", (int[])[1, 0]))), [Floats("1 1 2", 3, -4)], [Floats("1 1 2", 3, 5)]),
        ["LpPool-1 with a real p"] = (Model(1, Node("LpPool", "x", "y", ("kernel_shape", (int[])[2]), ("p", 1f))), [Floats("1 1 2", 3, -4)], [Floats("1 1 1", 7)]),
        ["GlobalLpPool-2"] = (Model(2, Node("GlobalLpPool", "x", "y")), [Floats("1 1 1 2", 3, -4)], [Floats("1 1 1 1", 5)]),
        ["GlobalAveragePool-1 volume"] = (Model(1, Node("GlobalAveragePool", "x", "y")), [Floats("1 1 2 1 2", 1, 2, 3, 6)], [Floats("1 1 1 1 1", 3)]),
        ["MaxUnpool-9 output shape"] = (Model(9, Node("MaxUnpool", "x i s", "y", ("kernel_shape", (int[])[2]), ("strides", (int[])[2]))),
            [Floats("1 1 2", 1, 2), Longs("1 1 2", 1, 2), Longs("3", 1, 1, 5)], [Floats("1 1 5", 0, 1, 2, 0, 0)]),
        // Matrices.
        ["Gemm-6 broadcast, alpha, beta"] = (Model(6, Node("Gemm", "a b c", "y", ("alpha", 2f), ("beta", 3f), ("broadcast", 1))),
            [Floats("1 2", 1, 2), Floats("2 1", 3, 4), Floats("1", 10)], [Floats("1 1", 52)]),
        ["Gemm-13 both transposed, no C"] = (Model(13, Node("Gemm", "a b", "y", ("transA", 1), ("transB", 1))), [Floats("2 1", 1, 2), Floats("3 2", 1, 2, 3, 4, 5, 6)], [Floats("1 3", 5, 11, 17)]),
        ["MatMul-13 batch by vector"] = (Model(13, Node("MatMul", "a b", "y")), [Floats("2 1 2", 1, 2, 3, 4), Floats("2", 1, 10)], [Floats("2 1", 21, 43)]),
        ["Flatten-13 axis -1"] = (Model(13, Node("Flatten", "x", "y", ("axis", -1))), [Floats("1 2 2", 1, 2, 3, 4)], [Floats("2 2", 1, 2, 3, 4)]),
        // Activations; the two meanings of an axis.
        ["PRelu-6 a slope for each channel"] = (Model(6, Node("PRelu", "x s", "y")), [Floats("1 2 1", -1, -1), Floats("2", 2, 3)], [Floats("1 2 1", -2, -3)]),
        ["PRelu-16 a slope for each column"] = (Model(16, Node("PRelu", "x s", "y")), [Floats("2 2", -1, -1, -1, -1), Floats("2", 2, 3)], [Floats("2 2", -2, -3, -2, -3)]),
        ["Selu-1 defaults"] = (Model(1, Node("Selu", "x", "y")), [Floats("1", 1)], [Floats("1", 1.0507f)]),
        ["Swish-24 alpha"] = (Model(24, Node("Swish", "x", "y", ("alpha", 2f))), [Floats("2", 1, -1)], [Floats("2", (float)(1 / (1 + Math.Exp(-2))), (float)(-1 / (1 + Math.Exp(2))))]),
        ["Celu-12"] = (Model(12, Node("Celu", "x", "y", ("alpha", 2f))), [Floats("2", 3, -2 * Ln2)], [Floats("2", 3, -1)]),
        ["ThresholdedRelu-22"] = (Model(22, Node("ThresholdedRelu", "x", "y")), [Floats("2", 1, 1.5f)], [Floats("2", 0, 1.5f)]),
        ["Clip-6 attributes"] = (Model(6, Node("Clip", "x", "y", ("min", 0f), ("max", 6f))), [Floats("3", -1, 3, 9)], [Floats("3", 0, 3, 6)]),
        ["Clip-13 one bound left out"] = (Model(13, Node("Clip", "x  h", "y")), [Floats("3", -1, 3, 9), Floats("", 2)], [Floats("3", -1, 2, 2)]),
        ["Softmax-11 all from the axis on"] = (Model(11, Node("Softmax", "x", "y", ("axis", 1))), [Floats("1 2 2", 0, 0, 0, 0)], [Floats("1 2 2", 0.25f, 0.25f, 0.25f, 0.25f)]),
        ["Softmax-13 one axis"] = (Model(13, Node("Softmax", "x", "y", ("axis", 1))), [Floats("1 2 2", 0, Ln2, 0, 0)], [Floats("1 2 2", 0.5f, 2 / 3f, 0.5f, 1 / 3f)]),
        ["LogSoftmax-13 last axis by default"] = (Model(13, Node("LogSoftmax", "x", "y")), [Floats("2 1 2", 0, 0, 1, 1)], [Floats("2 1 2", -Ln2, -Ln2, -Ln2, -Ln2)]),
        ["Hardmax-13 the first of equals"] = (Model(13, Node("Hardmax", "x", "y", ("axis", 0))), [Floats("2 2", 1, 2, 1, 3)], [Floats("2 2", 1, 0, 0, 1)]),
        // Normalisations; deviations are made whole numbers by epsilon.
        ["BatchNormalization-14 training"] = (Model(14, Node("BatchNormalization", "x g b m v", "y p q", ("training_mode", 1), ("momentum", 0.5f), ("epsilon", 3f))),
            [Floats("2 1", 1, 3), Floats("1", 1), Floats("1", 0), Floats("1", 10), Floats("1", 20)], [Floats("2 1", -0.5f, 0.5f), Floats("1", 6), Floats("1", 10.5f)]),
        ["BatchNormalization-9 inference"] = (Model(9, Node("BatchNormalization", "x g b m v", "y", ("epsilon", 3f))),
            [Floats("1 2 1 1", 5, 7), Floats("2", 2, 3), Floats("2", 1, 1), Floats("2", 1, 1), Floats("2", 1, 6)], [Floats("1 2 1 1", 5, 7)]),
        ["BatchNormalization-7 each element a channel"] = (Model(7, Node("BatchNormalization", "x g b m v", "y", ("spatial", 0), ("epsilon", 3f))),
            [Floats("1 1 2", 5, 7), Floats("1 2", 2, 3), Floats("1 2", 1, 1), Floats("1 2", 1, 1), Floats("1 2", 1, 6)], [Floats("1 1 2", 5, 7)]),
        ["LayerNormalization-17 three outputs"] = (Model(17, Node("LayerNormalization", "x s b", "y m d", ("epsilon", 3f))),
            [Floats("1 2", 1, 3), Floats("2", 2, 4), Floats("2", 10, 20)], [Floats("1 2", 9, 22), Floats("1 1", 2), Floats("1 1", 0.5f)]),
        ["LayerNormalization-17 a scale for each row"] = (Model(17, Node("LayerNormalization", "x s", "y", ("epsilon", 3f))), [Floats("2 2", 1, 3, 3, 1), Floats("2 1", 2, 4)], [Floats("2 2", -1, 1, 2, -2)]),
        ["RMSNormalization-23"] = (Model(23, Node("RMSNormalization", "x s", "y", ("epsilon", 6f))), [Floats("1 2", 2, 4), Floats("2", 2, 3)], [Floats("1 2", 1, 3)]),
        ["InstanceNormalization-6"] = (Model(6, Node("InstanceNormalization", "x s b", "y", ("epsilon", 3f))), [Floats("1 1 2", 1, 3), Floats("1", 2), Floats("1", 10)], [Floats("1 1 2", 9, 11)]),
        ["GroupNormalization-18 a scale for each group"] = (Model(18, Node("GroupNormalization", "x s b", "y", ("num_groups", 1), ("epsilon", 4f))),
            [Floats("1 2 2", -1, 1, 3, 5), Floats("1", 3), Floats("1", 1)], [Floats("1 2 2", -2, 0, 2, 4)]),
        ["GroupNormalization-21 a scale for each channel"] = (Model(21, Node("GroupNormalization", "x s b", "y", ("num_groups", 1), ("epsilon", 4f))),
            [Floats("1 2 2", -1, 1, 3, 5), Floats("2", 3, 6), Floats("2", 1, 2)], [Floats("1 2 2", -2, 0, 4, 8)]),
        ["LRN-13"] = (Model(13, Node("LRN", "x", "y", ("size", 2), ("alpha", 2f), ("beta", 0.5f), ("bias", 3f))), [Floats("1 2 1", 1, 6)], [Floats("1 2 1", 1 / MathF.Sqrt(40), 6 / MathF.Sqrt(39))]),
        ["MeanVarianceNormalization-13"] = (Model(13, Node("MeanVarianceNormalization", "x", "y", ("axes", (int[])[1]))), [Floats("1 2", 1, 3)], [Floats("1 2", -1, 1)]),
        ["LpNormalization-22 zeros stay"] = (Model(22, Node("LpNormalization", "x", "y", ("axis", 0))), [Floats("2 2", 3, 0, -4, 0)], [Floats("2 2", 0.6f, 0, -0.8f, 0)]),
        // Losses.
        ["SoftmaxCrossEntropyLoss-13 ignored labels"] = (Model(13, Node("SoftmaxCrossEntropyLoss", "z t", "l p", ("ignore_index", 7))),
            [Floats("2 2", 0, 0, 5, 5), Longs("2", 1, 7)], [Floats("", Ln2), Floats("2 2", -Ln2, -Ln2, -Ln2, -Ln2)]),
        ["SoftmaxCrossEntropyLoss-12 weights, sum"] = (Model(12, Node("SoftmaxCrossEntropyLoss", "z t w", "l", ("reduction", "sum"))),
            [Floats("1 2 2", 0, 0, 0, 0), Longs("1 2", 1, 0), Floats("2", 3, 5)], [Floats("", 8 * Ln2)]),
        ["SoftmaxCrossEntropyLoss-13 each"] = (Model(13, Node("SoftmaxCrossEntropyLoss", "z t w", "l", ("reduction", "none"), ("ignore_index", -1))),
            [Floats("2 2", 0, 0, 5, 5), Longs("2", 1, -1), Floats("2", 3, 5)], [Floats("2", 5 * Ln2, 0)]),
        ["NegativeLogLikelihoodLoss-13 weighted mean"] = (Model(13, Node("NegativeLogLikelihoodLoss", "y t w", "l")),
            [Floats("2 2", -1, -2, -3, -4), Longs("2", 0, 1), Floats("2", 1, 3)], [Floats("", 3.25f)]),
        // Steps of optimisers, first and later.
        ["Momentum the first step takes no beta"] = (Model(17, Node("t.Momentum", "r t x g v", "y w", ("alpha", 0.5f), ("beta", 0.25f), ("mode", "standard"), ("norm_coefficient", 0f))),
            [Floats("", 0.5f), Longs("", 0), Floats("1", 1), Floats("1", 4), Floats("1", 2)], [Floats("1", -1.5f), Floats("1", 5)]),
        ["Momentum of Nesterov, a later step"] = (Model(17, Node("t.Momentum", "r t x g v", "y w", ("alpha", 0.5f), ("beta", 0.25f), ("mode", "nesterov"), ("norm_coefficient", 0f))),
            [Floats("", 0.5f), Longs("", 1), Floats("1", 1), Floats("1", 4), Floats("1", 2)], [Floats("1", -1.5f), Floats("1", 2)]),
        ["Adagrad two tensors, a later step"] = (Model(17, Node("t.Adagrad", "r t x1 x2 g1 g2 h1 h2", "y1 y2 s1 s2", ("decay_factor", 1f), ("epsilon", 1f))),
            [Floats("", 1), Longs("", 1), Floats("1", 1), Floats("1", 2), Floats("1", 3), Floats("1", 4), Floats("1", 0), Floats("1", 0)],
            [Floats("1", 0.625f), Floats("1", 1.6f), Floats("1", 9), Floats("1", 16)]),
        ["Adam a later step, shrunk after"] = (Model(17, Node("t.Adam", "r t x g v h", "y w k", ("alpha", 0.5f), ("beta", 0.75f), ("epsilon", 0.5f), ("norm_coefficient_post", 0.5f))),
            [Floats("", 1), Longs("", 1), Floats("1", 1), Floats("1", 1), Floats("1", 0), Floats("1", 0)], [Floats("1", 0.25f), Floats("1", 0.5f), Floats("1", 0.25f)]),
        // Chance, several nodes, what lies between.
        ["Dropout-13 in training, with the case's mask"] = (Model(13, Node("Dropout", "x r m", "y k")), [Floats("3", 1, 2, 3), Floats("", 0.5f), Booleans("", true)], [Floats("3", 2, 0, 6), Booleans("3", true, false, true)]),
        ["Dropout-10 in inference"] = (Model(10, Node("Dropout", "x", "y k")), [Floats("2", 1, 2)], [Floats("2", 1, 2), Booleans("2", true, true)]),
        ["a network"] = (Model(13, Node("Conv", "x w", "c"), Node("Relu", "c", "r"), Node("Flatten", "r", "f"), Node("Constant", "", "k", ("value", Floats("1 2", 1, 2))), Node("Gemm", "f k", "g", ("transB", 1)),
            Node("Add", "g g", "y")), [Floats("1 1 1 3", 1, -5, 2), Floats("1 1 1 2", 1, 1)], [Floats("1 1", 0)]),
        ["Add-6 aligned at an axis"] = (Model(6, Node("Add", "a b", "y", ("broadcast", 1), ("axis", 0))), [Floats("2 2", 1, 2, 3, 4), Floats("2", 10, 20)], [Floats("2 2", 11, 12, 23, 24)]),
        ["Slice-13 backwards"] = (Model(13, Node("Slice", "x s e a p", "y")), [Floats("4", 1, 2, 3, 4), Longs("1", -1), Longs("1", long.MinValue), Longs("1", 0), Longs("1", -2)], [Floats("2", 4, 2)]),
    };

    public static TheoryData<string> Cases => [.. ByName.Keys];

    public void Dispose()
    {
        _list.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operator_means_what_its_version_says(string name)
    {
        var (model, inputs, outputs) = ByName[name];
        CaseFinding finding = Run(Write(_folder.File("case"), model, inputs, outputs));
        Assert.True(finding.Outcome == Outcome.Passed, $"{finding.Outcome}: {finding.Reason}");
        Assert.All(finding.Engines, engine => Assert.Equal(Outcome.Passed, engine.Outcome));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_wrong_expectation_fails(string name)
    {
        var (model, inputs, outputs) = ByName[name];
        TensorProto wrong = outputs[0].Clone();
        wrong.FloatData[^1] += 0.01f + MathF.Abs(wrong.FloatData[^1]);
        CaseFinding finding = Run(Write(_folder.File("case"), model, inputs, [wrong, .. outputs[1..]]));
        Assert.Equal(Outcome.Failed, finding.Outcome);
    }

    [Fact]
    public void Double_is_computed_by_the_reference_alone()
    {
        CaseFinding finding = Run(Write(_folder.File("case"), Model(14, Node("Relu", "x", "y")), [Doubles("2", -1, 1e-300)], [Doubles("2", 0, 1e-300)]));
        Assert.Equal((Outcome.Passed, "double"), (finding.Outcome, finding.Engines[1].Reason));
        Assert.Equal([Outcome.Passed, Outcome.NotSupported], finding.Engines.Select(engine => engine.Outcome));
    }

    [Fact]
    public void An_engine_that_computes_wrongly_or_throws_fails()
    {
        string folder = Write(_folder.File("case"), Model(14, Node("Relu", "x", "y")), [Floats("3", -1, 0, 2)], [Floats("3", 0, 0, 2)]);
        var wrong = new Engine("wrong").Offer("AC-F4", call => call.Copy("x").CopyTo(call.OutputValues("y")));
        var silent = new Engine("silent").Offer("AC-F4", _ => { });
        var throwing = new Engine("throwing").Offer("AC-F4", _ => throw new ArithmeticException("no"));
        var empty = new Engine("empty");
        CaseFinding finding = ConformanceCase.Under(folder, [], []).Single().Run([EngineList.Reference(), wrong, silent, throwing, empty], default);
        Assert.Equal([Outcome.Passed, Outcome.Failed, Outcome.Failed, Outcome.Failed, Outcome.NotSupported], finding.Engines.Select(engine => engine.Outcome));
        Assert.Equal("y[0] = -1, expected 0; 1 of 3 elements outside", finding.Engines[1].Reason);
        Assert.Equal("ArithmeticException: no", finding.Engines[3].Reason);
        Assert.Equal("AC-F4", finding.Engines[4].Reason);
    }

    [Fact]
    public void The_tolerance_is_that_of_the_backend_tests()
    {
        Outcome Of(float expected) => Run(Write(_folder.File("case"), Model(14, Node("Relu", "x", "y")), [Floats("1", 1)], [Floats("1", expected)])).Outcome;
        Assert.Equal([Outcome.Passed, Outcome.Failed, Outcome.Failed], [Of(1.00099f), Of(1.00102f), Of(float.NaN)]);
    }

    [Fact]
    public void Infinities_and_not_a_number_equal_themselves()
    {
        float[] values = [float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        Assert.Equal(Outcome.Passed, Run(Write(_folder.File("case"), Model(14, Node("Identity", "x", "y")), [Floats("3", values)], [Floats("3", values)])).Outcome);
    }

    private CaseFinding Run(string folder) => ConformanceCase.Under(folder, [], []).Single().Run([EngineList.Reference(), _list.Optimized(Execution.Widest, 1)], default);
}
