using System.Diagnostics;
using System.Text.Json;
using CnnVerified.Onnx;
using CnnVerified.Onnx.Conformance;
using CnnVerified.Onnx.Proto;
using CnnVerified.Verification.Engines;
using Google.Protobuf;
using Xunit;
using static CnnVerified.Tests.Onnx.CaseFolder;

namespace CnnVerified.Tests.Onnx;

/// <summary>Files that are not in order, or ask for what there is not: one line each, never an exception, never much memory.</summary>
public sealed class MalformedCaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly Dictionary<string, (ModelProto Model, TensorProto Input, Outcome Outcome, string Reason)> ByName = new()
    {
        ["operator"] = (Model(17, Node("Loop", "x", "t"), Node("If", "t", "y")), Floats("1", 1), Outcome.NotSupported, "operator If, Loop"),
        ["domain"] = (Model(17, Node("t.Relu", "x", "y")), Floats("1", 1), Outcome.NotSupported, "operator ai.onnx.preview.training.Relu"),
        ["attribute"] = (Model(17, Node("Relu", "x", "y", ("slope", 1f))), Floats("1", 1), Outcome.NotSupported, "attribute slope of Relu-17"),
        ["attribute type"] = (Model(17, Node("Elu", "x", "y", ("alpha", 1))), Floats("1", 1), Outcome.Malformed, "node 0 (Elu): attribute alpha: expected Float, got Int."),
        ["element type"] = (Model(17, Node("Relu", "x", "y")), With(Floats("1"), tensor => (tensor.DataType, tensor.RawData) = (10, ByteString.CopyFrom(0, 60))), Outcome.NotSupported, "element type float16"),
        ["no such type"] = (Model(17, Node("Relu", "x", "y")), With(Floats("1"), tensor => tensor.DataType = 99), Outcome.NotSupported, "element type number 99"),
        ["whole numbers"] = (Model(17, Node("Relu", "x", "y")), Longs("1", 1), Outcome.NotSupported, "element type int64"),
        ["cycle"] = (Model(17, Node("Relu", "b", "a"), Node("Relu", "a", "b"), Node("Add", "x a", "y")), Floats("1", 1), Outcome.Malformed, "node 0 (Relu): expected inputs that are defined before it, got 'b'."),
        ["twice"] = (Model(17, Node("Relu", "x", "y"), Node("Tanh", "x", "y")), Floats("1", 1), Outcome.Malformed, "node 1 (Tanh): expected each name to be defined once, got 'y' twice."),
        ["missing input"] = (Model(17, Node("Conv", "x", "y")), Floats("1 1 1", 1), Outcome.Malformed, "node 0 (Conv): expected an input 1, got 1 inputs."),
        ["huge"] = (Model(17, Node("Relu", "x", "y")), Floats("1000000 1000000 1000000"), Outcome.Malformed, "expected at most 33,554,432 elements, got 1000000×1000000×1000000."),
        ["negative"] = (Model(17, Node("Relu", "x", "y")), Floats("-1", 1), Outcome.Malformed, "expected lengths from 0 to 2147483647, got -1."),
        ["short"] = (Model(17, Node("Relu", "x", "y")), Floats("3", 1, 2), Outcome.Malformed, "expected 3 elements of float (3), got 2."),
        ["bytes"] = (Model(17, Node("Relu", "x", "y")), With(Floats("2"), tensor => tensor.RawData = ByteString.CopyFrom(1, 2, 3)), Outcome.Malformed, "expected 2 elements of float (2), got 3 bytes of raw data."),
        ["external"] = (Model(17, Node("Relu", "x", "y")), With(Floats("1"), tensor => tensor.DataLocation = TensorProto.Types.DataLocation.External), Outcome.NotSupported, "elements in an external file"),
        ["kernel"] = (Model(17, Node("MaxPool", "x", "y", ("kernel_shape", (int[])[5]))), Floats("1 1 2", 1, 2), Outcome.Malformed, "node 0 (MaxPool): expected at least one window, got 5 taps 1 apart on 2 elements padded by 0 and 0."),
        ["stride"] = (Model(17, Node("MaxPool", "x", "y", ("kernel_shape", (int[])[1]), ("strides", (int[])[0]))), Floats("1 1 2", 1, 2), Outcome.Malformed, "node 0 (MaxPool): expected kernel_shape, strides and dilations of at least 1"),
        ["pads"] = (Model(17, Node("AveragePool", "x", "y", ("kernel_shape", (int[])[1]), ("pads", (int[])[int.MaxValue, int.MaxValue]))), Floats("1 1 2", 1, 2), Outcome.NotSupported, "windows of more than 33554432 taps, strides, dilations or pads"),
        ["axis"] = (Model(17, Node("Softmax", "x", "y", ("axis", 4))), Floats("1 1 2", 1, 2), Outcome.Malformed, "node 0 (Softmax): expected an axis from -3 to 2, got 4."),
        ["empty"] = (Model(17, Node("Relu", "x", "y")), Floats("0"), Outcome.NotSupported, "AC-F4"),
        ["four axes of space"] = (Model(17, Node("GlobalMaxPool", "x", "y")), Floats("1 1 1 1 1 1", 1), Outcome.NotSupported, "windows over 1×1×1×1×1×1"),
        ["epsilon"] = (Model(23, Node("Constant", "", "s", ("value", Floats("1", 1))), Node("RMSNormalization", "x s", "y", ("epsilon", 0f))), Floats("1 1", 1), Outcome.NotSupported, "NM-F8 with eps = 0, which it is not for"),
        ["chance"] = (Model(1, Node("Dropout", "x", "y")), Longs("1", 1), Outcome.NotSupported, "element type int64"),
        ["version"] = (Model(0, Node("Relu", "x", "y")), Floats("1", 1), Outcome.Malformed, "expected a version of the operator set from 1, got 0."),
    };

    public static TheoryData<string> Cases => [.. ByName.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_cannot_be_run_is_told_in_one_line(string name)
    {
        var (model, input, outcome, reason) = ByName[name];
        CaseFinding finding = Run(Write(_folder.File("case"), model, [input], [Floats("1", 1)]));
        Assert.Equal(outcome, finding.Outcome);
        Assert.Contains(reason, finding.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', finding.Reason!);
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_or_has_any_byte_changed_is_a_finding()
    {
        string folder = Write(_folder.File("case"), Model(13, Node("Conv", "x w", "c", ("pads", (int[])[0, 1])), Node("Softmax", "c", "y")), [Floats("1 1 3", 1, 2, 3), Floats("1 1 2", 1, 10)],
            [Floats("1 1 3", 1, 2, 3)]);
        foreach (string file in new[] { "model.onnx", "test_data_set_0/input_0.pb" })
        {
            string path = Path.Combine(folder, file);
            byte[] whole = File.ReadAllBytes(path);
            for (int length = 0; length < whole.Length; length++)
            {
                File.WriteAllBytes(path, whole[..length]);
                Assert.NotNull(Run(folder));
            }
            for (int at = 0; at < whole.Length; at++)
            {
                byte[] changed = [.. whole];
                changed[at] ^= (byte)(1 << at % 8 | 0x80);
                File.WriteAllBytes(path, changed);
                Assert.NotNull(Run(folder));
            }
            File.WriteAllBytes(path, whole);
        }
    }

    [Fact]
    public void A_file_whose_objects_would_not_fit_is_refused_before_it_is_parsed()
    {
        string path = _folder.File("bomb");
        // A graph of eight million empty nodes: 16 MB in the file, more than a gigabyte in memory.
        byte[] nodes = new byte[16_000_000];
        for (int i = 0; i < nodes.Length; i += 2)
            nodes[i] = 1 << 3 | 2;
        using (var file = new CodedOutputStream(File.Create(path)))
        {
            file.WriteTag(7, WireFormat.WireType.LengthDelimited);
            file.WriteBytes(ByteString.CopyFrom(nodes));
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<Verification.InputException>(() => ProtoFile.Read(ModelProto.Parser, path));
        Assert.Contains("expected a ModelProto of at most 1024 MiB in memory", refused.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000);
    }

    [Fact]
    public void The_command_counts_and_its_exit_code_tells_the_worst()
    {
        ModelProto relu = Model(14, Node("Relu", "x", "y"));
        string good = Write(_folder.File("all/good"), relu, [Floats("1", -1)], [Floats("1", 0)]);
        Write(_folder.File("all/bad"), relu, [Floats("1", -1)], [Floats("1", 1)]);
        Write(_folder.File("all/deep/loop"), Model(14, Node("Loop", "x", "y")), [Floats("1", -1)], [Floats("1", 1)]);
        File.WriteAllText(Path.Combine(Write(_folder.File("all/cut"), relu, [Floats("1", -1)], [Floats("1", 1)]), "model.onnx"), "not a model");
        string json = _folder.File("r.json");

        var (code, output, _) = Call($"{_folder.File("all")} --json {json}");
        Assert.Equal(1, code);
        Assert.Equal("4 cases: 1 passed (0 of them without an equation), 1 failed, 1 not supported, 1 malformed", output.TrimEnd().Split('\n')[^1].TrimEnd());
        Assert.Matches(@"passed         good +reference 0 ulp, v?\w+ 0 ulp; AC-F4", output);
        Assert.Contains("not supported,    1 × operator Loop", output, StringComparison.Ordinal);
        using var findings = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal(4, findings.RootElement.GetProperty("cases").GetArrayLength());
        Assert.Equal("failed", findings.RootElement.GetProperty("cases")[0].GetProperty("outcome").GetString());

        Assert.Equal(2, Call($"{_folder.File("all")} --except bad").Code);
        Assert.Equal(0, Call($"{_folder.File("all")} --filter g* --filter l* --engine scalar").Code);
        Assert.Equal(0, Call(good).Code);
        Assert.Contains("expected one of 4 cases to match, got none", Call($"{_folder.File("all")} --filter none").Error, StringComparison.Ordinal);
        Assert.Contains("expected a folder of cases, got no folder of that name", Assert.Throws<Verification.InputException>(() => ConformanceCase.Under("nowhere", [], [])).Message, StringComparison.Ordinal);
    }

    private static TensorProto With(TensorProto tensor, Action<TensorProto> change)
    {
        change(tensor);
        return tensor;
    }

    private static CaseFinding Run(string folder) => ConformanceCase.Under(folder, [], []).Single().Run([EngineList.Reference()], default);

    private static (int Code, string Output, string Error) Call(string arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Cli.VerifyCall).Assembly.Location, "conformance", .. arguments.Split(' ')]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
