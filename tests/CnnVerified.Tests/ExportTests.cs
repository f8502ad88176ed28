using System.Numerics.Tensors;
using CnnVerified.Cli;
using CnnVerified.Onnx.Export;
using CnnVerified.Onnx.Proto;
using CnnVerified.Optimized;
using CnnVerified.Optimized.Networks;
using CnnVerified.Reference.Numbers;
using CnnVerified.Verification;
using CnnVerified.Verification.Files;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;
using Google.Protobuf;
using Xunit;
using Tensor = System.Numerics.Tensors.Tensor;

namespace CnnVerified.Tests;

/// <summary>Weights in NPZ files and networks as ONNX models.</summary>
public sealed class ExportTests : IDisposable
{
    private static readonly (ImageSet Train, ImageSet HeldOut) Images = ImageSet.Embedded();

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Networks => [.. NetworkKind.All.Select(kind => kind.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Networks))]
    public void An_exported_model_gives_the_scores_of_the_engine_within_the_derived_bound(string name)
    {
        using var on = new Execution();
        Weights weights = Trained(name, on);
        NetworkExport.Write(_folder.File("a.onnx"), weights);
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(_folder.File("a.onnx")));   // through the bytes
        const int N = 3;
        var (scores, x) = Scores(weights, N, on);
        var expected = GraphBounds.Run(model, x, N);
        Assert.Equal(N * 10, expected.Length);
        Assert.All(scores.Zip(expected), pair => Assert.InRange(Math.Abs(pair.First - pair.Second.Value), 0, pair.Second.Bound));
        Assert.All(expected, each => Assert.InRange(each.Bound, 0, scores.Max(Math.Abs)));   // a bound as wide as the scores would say nothing
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void An_exported_model_is_the_formula_of_the_reference_to_within_the_rounding_of_binary64(string name)
    {
        using var on = new Execution();
        Weights weights = Trained(name, on);
        const int N = 1;
        float[] x = Scores(weights, N, on).X;
        var exported = GraphBounds.Run(NetworkExport.Model(weights), x, N);
        int undecided = BoundedChoices.Undecided;
        bool Agree(ParameterTensor? changed) => OfReference(weights, x, N, changed).Zip(exported).All(pair => Math.Abs(pair.First.Value - pair.Second.Value) <= pair.First.Error);
        Assert.True(Agree(null));
        Assert.Equal(undecided, BoundedChoices.Undecided);

        // A tensor that is off by a millionth is seen, whichever it is.
        Assert.All(weights.Kind.Tensors.Concat(weights.Kind.Statistics), tensor => Assert.False(Agree(tensor), tensor.Name));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_model_is_well_formed_and_the_same_weights_give_the_same_bytes(string name)
    {
        using var on = new Execution();
        Weights weights = Trained(name, on);
        ModelProto model = NetworkExport.Model(weights);
        Assert.Equal(model.ToByteArray(), NetworkExport.Model(Trained(name, on)).ToByteArray());
        Assert.Equal(17, Assert.Single(model.OpsetImport).Version);

        // Each value is made once and before it is used; every constant is used and as long as its shape says; the batch is free.
        GraphProto graph = model.Graph;
        var known = new HashSet<string>(graph.Initializer.Select(tensor => tensor.Name)) { Assert.Single(graph.Input).Name };
        Assert.Equal(graph.Initializer.Count + 1, known.Count);
        foreach (NodeProto node in graph.Node)
        {
            Assert.All(node.Input, input => Assert.Contains(input, known));
            Assert.True(known.Add(Assert.Single(node.Output)), node.Name);
        }
        Assert.Contains(Assert.Single(graph.Output).Name, known);
        Assert.Equal(graph.Node.Count, graph.Node.Select(node => node.Name).Distinct().Count());
        Assert.All(graph.Initializer, tensor =>
        {
            Assert.Contains(graph.Node, node => node.Input.Contains(tensor.Name));
            Assert.Equal(tensor.Dims.Aggregate(1L, (product, length) => product * length) * (tensor.DataType == (int)TensorProto.Types.DataType.Float ? 4 : 8), tensor.RawData.Length);
        });
        Assert.Equal(["N", "", "", ""], graph.Input[0].Type.TensorType.Shape.Dim.Select(dim => dim.DimParam));
        Assert.Equal(["N", ""], graph.Output[0].Type.TensorType.Shape.Dim.Select(dim => dim.DimParam));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Weights_go_through_a_file_bit_for_bit_and_classify_alike(string name)
    {
        using var on = new Execution();
        Weights weights = Trained(name, on);
        Npz.Write(_folder.File("w.npz"), weights.Arrays);
        Weights read = Weights.Read(weights.Kind, _folder.File("w.npz"));
        Assert.Equal(weights.Parameters, read.Parameters);
        Assert.Equal(weights.State, read.State);
        Assert.Equal(Scores(weights, 4, on).Scores, Scores(read, 4, on).Scores);
        Assert.Equal(weights.Kind.Parameters + weights.Kind.Statistics.Sum(each => each.Count), weights.Arrays.Sum(each => each.Array.Count));

        ImageSet few = Images.HeldOut.First(50);
        var begun = new Trainer(few, few, "test", weights.Kind.Defaults, on);
        Assert.NotEqual(weights.Parameters, begun.Checkpoint().Parameters);
        begun.Begin(read);
        Assert.Equal(weights.Parameters, begun.Checkpoint().Parameters);
    }

    [Fact]
    public void The_statistics_of_the_modern_network_are_those_that_inference_uses()
    {
        using var on = new Execution();
        Weights weights = Trained("modern", on);
        Assert.All(weights["N1.va"].ToDoubles().Concat(weights["N3.va"].ToDoubles()), value => Assert.True(value > 0));
        Assert.Contains(weights["N1.ma"].ToDoubles(), value => value < 0);
        NpyArray Moved(NpyArray array) => NpyArray.Of([.. array.ToDoubles().Select(value => (float)value + 1)], array.Shape);
        foreach (string statistic in new[] { "N1.ma", "N1.va", "N3.ma", "N3.va" })
        {
            Npz.Write(_folder.File("w.npz"), weights.Arrays.Select(each => each.Name == statistic ? (each.Name, Moved(each.Array)) : each));
            Assert.NotEqual(Scores(weights, 2, on).Scores, Scores(Weights.Read(weights.Kind, _folder.File("w.npz")), 2, on).Scores);
        }
    }

    [Fact]
    public void A_file_of_other_weights_is_refused_in_one_line()
    {
        using var on = new Execution();
        foreach (var (network, tensor, replace, expected) in new (string, string, Func<NpyArray, NpyArray?>, string)[]
        {
            ("lenet5", "C1.w", _ => null, "expected the tensor C1.w of lenet5, got none"),
            ("lenet5", "C1.b", _ => NpyArray.Of(new float[7], 7), "expected C1.b of 6 in float32, got 7 in float32"),
            ("lenet5", "C1.b", _ => NpyArray.Of(new int[6], 6), "got 6 in int32"),
            ("lenet5", "C1.b", _ => NpyArray.Of([0, 0, 0, 0, 0, 1e300], 6), "expected finite numbers in C1.b"),
            ("modern", "N1.va", _ => NpyArray.Of(Enumerable.Repeat(-1f, 16).ToArray(), 16), "expected finite numbers in N1.va, variances of at least 0"),
            ("lenet5-1998", "C3.w", array => NpyArray.Of(Enumerable.Repeat(1f, array.Count).ToArray(), array.Shape), "expected 0 where the connection table of C3.w"),
        })
        {
            Npz.Write(_folder.File("w.npz"), Trained(network, on).Arrays.Select(each => (each.Name, Array: each.Name == tensor ? replace(each.Array) : each.Array))
                .Where(each => each.Array is not null).Select(each => (each.Name, each.Array!)));
            Assert.Contains(expected, Assert.Throws<InputException>(() => Weights.Read(NetworkKind.Find(network), _folder.File("w.npz"))).Message, StringComparison.Ordinal);
        }
        Npz.Write(_folder.File("w.npz"), Trained("modern", on).Arrays);
        Assert.Contains("expected the tensors C1.w, C1.b,", Assert.Throws<InputException>(() => Weights.Read(NetworkKind.Find("lenet5"), _folder.File("w.npz"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_commands_write_models_and_weights_that_train_takes()
    {
        using var on = new Execution();
        string File(string name) => _folder.File(name);
        var few = Images.Train.First(8);
        new Trainer(few, few, "test", NetworkKind.Find("modern").Defaults, on).Checkpoint().Save(File("m.ckpt"));
        Assert.Equal(0, ExportJob.Run(File("m.ckpt"), null, null, File("a.onnx"), File("w.npz")));
        Assert.Equal(0, ExportJob.Run(null, File("w.npz"), "modern", File("b.onnx"), null));
        Assert.Equal(System.IO.File.ReadAllBytes(File("a.onnx")), System.IO.File.ReadAllBytes(File("b.onnx")));
        TrainCall call = new("modern", null, 8, 1, 4, null, null, null, "scalar", 1, File("end.ckpt"), null, File("w.npz"));
        Assert.Equal(0, TrainingJob.Run(call, default));
        byte[] begun = System.IO.File.ReadAllBytes(File("end.ckpt"));
        Assert.Equal(0, TrainingJob.Run(call with { Weights = null }, default));
        Assert.Equal(System.IO.File.ReadAllBytes(File("end.ckpt")), begun);   // those are the weights that seed 1 draws
        foreach (var (expected, run) in new (string, Action)[]
        {
            ("export expected --checkpoint FILE or --weights FILE, got neither", () => ExportJob.Run(null, null, null, File("a.onnx"), null)),
            ("export expected --checkpoint FILE or --weights FILE, got both", () => ExportJob.Run("a", "b", null, File("a.onnx"), null)),
            ("--weights expected --network beside it", () => ExportJob.Run(null, "b", null, File("a.onnx"), null)),
            ("--network expected --weights beside it", () => ExportJob.Run("a", null, "modern", File("a.onnx"), null)),
            ("export expected --onnx FILE or --npz FILE", () => ExportJob.Run("a", null, null, null, null)),
            ("a.onnx: expected a checkpoint", () => ExportJob.Run(File("a.onnx"), null, null, null, File("c.npz"))),
            ("expected either --resume or --weights, got both", () => TrainingJob.Run(call with { Resume = File("m.ckpt") }, default)),
            ("expected the tensors", () => TrainingJob.Run(call with { Network = "lenet5" }, default)),
        })
            Assert.Contains(expected, Assert.Throws<InputException>(run).Message, StringComparison.Ordinal);
    }

    // A few steps, so that no tensor is as it was drawn. The weights begin small (IT-1): through the layers of vgg bounds on larger ones say nothing.
    private static Weights Trained(string name, Execution on)
    {
        NetworkKind kind = NetworkKind.Find(name);
        ImageSet few = Images.Train.First(32);
        var trainer = new Trainer(few, few, "test", kind.Defaults with { Epochs = 1, Batch = 8 }, on);
        if (name == "vgg")
        {
            Network small = kind.New(1, on);
            var random = new Random(1);
            small.Initialise(random, Network.LeCun);
            // Biases of some size: behind the small weights a millionth of a small one would be lost.
            foreach (ParameterTensor bias in small.Tensors.Where(tensor => tensor.Shape.Count == 1))
                foreach (ref float value in small.Parameters.Slice(bias.At, bias.Count))
                    value = random.NextSingle() * 0.2f - 0.1f;
            trainer.Begin(Weights.Of(trainer.Checkpoint() with { Parameters = small.Parameters.ToArray() }));
        }
        Assert.Single(trainer.Epochs((_, _) => { }, default));
        return Weights.Of(trainer.Checkpoint());
    }

    private static (float[] Scores, float[] X) Scores(Weights weights, int N, Execution on)
    {
        var batches = new Batches(Images.HeldOut, N, on, weights.Kind.Side);
        batches.Select([.. Enumerable.Range(0, N)]);
        Network network = weights.Kind.New(N, on);
        weights.Parameters.CopyTo(network.Parameters);
        weights.State.CopyTo(network.State);
        float[] x = new float[N * weights.Kind.Side * weights.Kind.Side];
        batches.X(N).FlattenTo(x);
        return (network.Scores(batches.X(N)).ToArray(), x);
    }

    // The reference's scores over numbers with the bound of binary64; one tensor may be off by a millionth.
    private static Bounded<Binary64>[] OfReference(Weights weights, float[] x, int N, ParameterTensor? changed)
    {
        NetworkKind kind = weights.Kind;
        Tensor<Bounded<Binary64>>[] Of(IReadOnlyList<ParameterTensor> tensors) => [.. tensors.Select(tensor => Tensor.Create(
            [.. weights[tensor.Name].ToDoubles().Select(value => new Bounded<Binary64>(tensor.Name == changed?.Name ? value * (1 + 1e-6) : value))], [.. tensor.Shape]))];
        Tensor<Bounded<Binary64>> images = Tensor.Create([.. x.Select(value => new Bounded<Binary64>(value))], [N, 1, kind.Side, kind.Side]);
        return [.. kind.Name switch
        {
            "lenet5" => Reference.Networks.LeNet5.Scores(Of(kind.Tensors), images),
            "lenet5-1998" => Reference.Networks.LeNet5Of1998.Distances(Of(kind.Tensors), images),
            "vgg" => Reference.Networks.SmallVgg.Scores(Of(kind.Tensors), images),
            _ => Reference.Networks.Modern.Scores(Of(kind.Tensors), Of(kind.Statistics), images),
        }];
    }
}
