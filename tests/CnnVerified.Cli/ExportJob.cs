using System.CommandLine;
using CnnVerified.Onnx.Export;
using CnnVerified.Verification;
using CnnVerified.Verification.Files;
using CnnVerified.Verification.Reports;
using CnnVerified.Verification.Training;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify export: a trained network as an ONNX model, its weights as NPZ.</summary>
internal static class ExportJob
{
    public static Command Command()
    {
        var checkpoint = new Option<string?>("--checkpoint") { Description = "A checkpoint of train, which says the network." };
        var weights = Options.Weights("Weights in an NPZ file instead, such as export --npz writes (docs/files.md); with --network.");
        var network = new Option<string?>("--network") { Description = $"The network of --weights: {NetworkKind.Names}." };
        var onnx = new Option<string?>("--onnx") { Description = $"Write an ONNX model for inference, operator set {NetworkExport.Opset}, any number of images." };
        var npz = new Option<string?>("--npz") { Description = "Write the weights by name: C1.w, C1.b, …" };
        var command = new Command("export", """
            Write a trained network as an ONNX model, or its weights as an NPZ file for NumPy and PyTorch.

            Examples:
              cnnverify export --checkpoint lenet5.ckpt --onnx lenet5.onnx --npz lenet5.npz
              cnnverify export --weights lenet5.npz --network lenet5 --onnx lenet5.onnx
            """) { checkpoint, weights, network, onnx, npz };
        command.SetAction(call => Run(call.GetValue(checkpoint), call.GetValue(weights), call.GetValue(network), call.GetValue(onnx), call.GetValue(npz)));
        return command;
    }

    public static int Run(string? checkpoint, string? weights, string? network, string? onnx, string? npz)
    {
        if (checkpoint is null == weights is null)
            throw new InputException($"export expected --checkpoint FILE or --weights FILE, got {(checkpoint is null ? "neither" : "both")}.");
        if (weights is null != network is null)
            throw new InputException(weights is null ? "--network expected --weights beside it: a checkpoint says its network." : "--weights expected --network beside it: an NPZ file does not say its network.");
        if (onnx is null && npz is null)
            throw new InputException("export expected --onnx FILE or --npz FILE: where to write.");
        foreach (string path in new[] { onnx, npz }.OfType<string>())
            AtomicFile.EnsureWritable(path);
        Weights read = checkpoint is not null ? Weights.Of(Checkpoint.Load(checkpoint)) : Weights.Read(NetworkKind.Find(network!), weights!);
        if (onnx is not null)
            NetworkExport.Write(onnx, read);
        if (npz is not null)
            Npz.Write(npz, read.Arrays);
        AnsiConsole.WriteLine($"{read.Kind.Name}: {read.Names.Count} tensors with {read.Arrays.Sum(each => each.Array.Count):N0} numbers -> {string.Join(", ", new[] { onnx, npz }.OfType<string>())}");
        return 0;
    }
}
