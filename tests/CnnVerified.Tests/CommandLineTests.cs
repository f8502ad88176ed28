using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace CnnVerified.Tests;

/// <summary>The built command, as a user meets it: exit codes, messages, files.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("verify CV-F99", "expected the id of an equation, got 'CV-F99'; the nearest are CV-F9")]
    [InlineData("explain nothing", "expected the id of an equation, got 'nothing'")]
    [InlineData("verify CV-F1 --case n1c3h30w30-k8r3s3-q2", "expected the letters n c h w k r s sh sw ph pw eh ew g, got 'q'")]
    [InlineData("verify CV-F1 --case n1c3h3w3-k8r5s5", "at least 1")]
    [InlineData("verify --case n1", "--case expected at least one equation before it")]
    [InlineData("verify --cases 0", "--cases expected at least 1, got 0")]
    [InlineData("verify --cases many", "many")]
    [InlineData("verify --seed -3", "--seed expected a whole number")]
    [InlineData("verify --threads 0", "--threads expected 1 to 1024, got 0")]
    [InlineData("verify --engine v64", "--engine expected text, reference, optimized, scalar, v128, v256 or v512, got 'v64'")]
    [InlineData("verify CV-F1 --json /proc/none/report.json", "wanted a file that can be written")]
    [InlineData("verify CV-F1 --html .", "wanted a file that can be written, got a folder")]
    [InlineData("train --data /nowhere", "/nowhere: wanted a folder with train-images-idx3-ubyte")]
    [InlineData("train --rate NaN", "--rate expected a finite number")]
    [InlineData("train --momentum 1", "--momentum expected a number from 0 to below 1, got 1")]
    [InlineData("train --epochs 0", "--epochs expected at least 1, got 0")]
    [InlineData("train --batch -1", "--batch expected 1 to 65536, got -1")]
    [InlineData("train --engine text", "--engine expected optimized")]
    [InlineData("train --network resnet", "--network expected lenet5, lenet5-1998, modern or vgg, got 'resnet'")]
    [InlineData("train --network modern --momentum 0.5", "--momentum expected --network lenet5 or vgg, whose update rule has one, got modern")]
    [InlineData("train --images 0", "--images expected at least 1, got 0")]
    [InlineData("gradients --network resnet", "--network expected lenet5, lenet5-1998, modern or vgg, got 'resnet'")]
    [InlineData("gradients --images 0", "--images expected 1 to 100, got 0")]
    [InlineData("train --resume none.ckpt", "none.ckpt: expected a checkpoint")]
    [InlineData("train --resume /dev/zero", "/dev/zero: expected a checkpoint, got a file without its first line")]
    [InlineData("check /dev/zero", "/dev/zero: expected a text of at most 4194304 characters, got more")]
    [InlineData("train --checkpoint .", "wanted a file that can be written, got a folder")]
    [InlineData("experiment flight", "experiment expected update-order, input-scale, vanishing, gaussian-pooling, least-squares, pooling, learning-rate or wrong-gradients, got 'flight'")]
    [InlineData("experiment pooling --out .", "wanted a file that can be written, got a folder")]
    [InlineData("experiment pooling --threads 0", "--threads expected 1 to 1024, got 0")]
    [InlineData("fly", "'fly'")]
    public void A_malformed_call_ends_with_one_line_and_code_2(string arguments, string expected)
    {
        var (code, output, error) = Run(arguments);
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.StartsWith("cnnverify: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
    }

    [Fact]
    public void One_layer_shape_is_verified_and_reported()
    {
        var (code, output, error) = Run($"verify CV-F1 CV-B2 --case n2c4h9w7-k6r3s2-sh2-ph1pw1-g2 --json {_folder.File("a/r.json")} --html {_folder.File("r.html")}");
        Assert.Equal((0, ""), (code, error));
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Matches(@"^2 equations, \d+ checks, 0 failed$", lines[^1].TrimEnd());
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("a/r.json")));
        Assert.Equal(lines[^1].TrimEnd(), json.RootElement.GetProperty("summary").GetString());
        Assert.Contains("id=\"CV-B2\"", File.ReadAllText(_folder.File("r.html")), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void Plain_output_has_no_escape_codes_and_the_same_seed_prints_the_same()
    {
        var first = Run("verify FC-F1 --engine scalar --cases 5 --seed 0x2A");
        Assert.DoesNotContain('\u001b', first.Output);
        Assert.Equal(first, Run("verify FC-F1 --engine scalar --cases 5 --seed 42"));
    }

    [Fact]
    public void On_a_terminal_the_lines_are_the_same_and_the_call_ends_well()
    {
        if (!File.Exists("/usr/bin/script"))
            return;   // no pseudo-terminal to be had
        string command = $"dotnet {typeof(Cli.VerifyCall).Assembly.Location} verify FC-F1 --engine scalar --cases 5";
        var start = new ProcessStartInfo("script", ["-qec", command, "/dev/null"]) { RedirectStandardOutput = true };
        start.Environment["TERM"] = "xterm";
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("FC-F1  exact    scalar", output, StringComparison.Ordinal);
        Assert.Matches(@"1 equations, \d+ checks, 0 failed", output);
    }

    [Fact]
    public void Explain_shows_formula_shapes_source_places_and_oracles()
    {
        var (code, output, _) = Run("explain CV-B1");
        Assert.Equal(0, code);
        foreach (string expected in new[]
        {
            "CV-B1  Convolution backward data", "dx[n:N,c:C,u:H,v:W] =", "[CV-B1 = gradient of CV-F1 by x]", "source      Goodfellow",
            "reference   Convolution.BackwardData, reference/CnnVerified.Reference/Equations/Convolution/Convolution.cs:",
            "twin        Convolution.BackwardData, optimized/CnnVerified.Optimized/Equations/Convolution/Convolution.cs:",
            "exact ", "dual ", "numeric ", "adjoint ", "bound ", "matrix ", "fourier ", "bits ",
        })
            Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CV-F1 --case n1c32h14w14-k40r3s3-ph1pw1", "Maps that stay in blocks of 16 channels: filters\n", "-> filters      one group")]
    [InlineData("CV-B14 --case n1c16h12w12-r3s3", "Maps that stay in blocks of 16 channels: channels\n", "-> channels     one channel and one filter")]
    [InlineData("CV-F1 --case n1c3h5w3-k5r3s3", ", through maps as they are: no kernel for blocks takes the layer", "-> panels       everything else")]
    [InlineData("PL-F1 --case n1c3h8w8-r2s2", "one kernel, whatever the shape", "PL-F1  Max pooling")]
    public void Explain_names_the_kernel_of_maps_as_they_are_and_in_blocks(string layer, params string[] expected)
    {
        var (code, output, _) = Run($"explain {layer}");
        Assert.Equal(0, code);
        Assert.All(expected, text => Assert.Contains(text, output.ReplaceLineEndings("\n"), StringComparison.Ordinal));
    }

    [Fact]
    public void List_shows_every_equation() =>
        Assert.Equal(Verification.EquationTable.All.Count, Run("list").Output.TrimEnd().Split('\n').Length);

    [Fact]
    public void Help_tells_the_commands_and_examples()
    {
        Assert.Contains("main job", Run("--help").Output, StringComparison.Ordinal);
        Assert.Contains("cnnverify verify CV-F1 --case", Run("verify --help").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lenet5", 400)]
    [InlineData("lenet5-1998", 100)]
    [InlineData("modern", 300)]
    [InlineData("vgg", 300)]
    public void A_run_killed_in_the_middle_of_an_epoch_and_resumed_ends_with_the_bits_of_a_run_without_a_break(string network, int images)
    {
        string whole = _folder.File("whole.ckpt"), broken = _folder.File("broken.ckpt");
        string arguments = $"train --network {network} --images {images} --epochs 4 --threads 1 --checkpoint";
        Assert.Equal(0, Run($"{arguments} {whole}").Code);
        using (var process = Start($"{arguments} {broken}"))
        {
            while (!process.HasExited && (!File.Exists(broken) || Verification.Training.Checkpoint.Load(broken).Epochs < 1))
                Thread.Sleep(5);
            Thread.Sleep(20);
            process.Kill(entireProcessTree: true);   // SIGKILL
            process.WaitForExit();
        }
        Assert.Equal(0, Run($"train --resume {broken} --checkpoint {broken} --threads 1").Code);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(broken));
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused_in_one_line()
    {
        Assert.Equal(0, Run("train --network modern --images 2 --epochs 1 --checkpoint modern.ckpt").Code);
        var (code, _, error) = Run("train --network lenet5 --resume modern.ckpt");
        Assert.Equal(2, code);
        Assert.Contains("modern.ckpt: expected a checkpoint of lenet5, got one of modern.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Interrupted_training_ends_with_code_130_and_leaves_a_whole_checkpoint()
    {
        if (OperatingSystem.IsWindows())
            return;   // no SIGINT to send to another process
        string checkpoint = _folder.File("lenet5.ckpt");
        WriteFewImages();
        using var process = Start($"train --data {_folder.Path} --epochs 1000000 --checkpoint {checkpoint}");
        try
        {
            while (!File.Exists(checkpoint) && !process.HasExited)
                Thread.Sleep(50);
            using (var kill = Process.Start("kill", $"-INT {process.Id}"))
                kill.WaitForExit();
            Assert.True(process.WaitForExit(30_000));
        }
        finally
        {
            process.Kill();
        }
        Assert.Equal(130, process.ExitCode);
        Assert.Equal("cnnverify: stopped by Ctrl+C; nothing was left half-written.", process.StandardError.ReadToEnd().TrimEnd());
        Assert.InRange(Verification.Training.Checkpoint.Load(checkpoint).Epochs, 0, 1_000_000);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp"));
    }

    [Fact]
    public void A_truncated_image_file_ends_with_one_line_and_code_2()
    {
        foreach (string name in new[] { "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" })
            File.WriteAllBytes(_folder.File(name), [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3]);
        var (code, _, error) = Run($"train --data {_folder.Path}");
        Assert.Equal(2, code);
        Assert.Contains("train-images-idx3-ubyte", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
    }

    private (int Code, string Output, string Error) Run(string arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(120_000));
        return (process.ExitCode, output, error.Result);
    }

    // A process started in the background of a shell ignores SIGINT; env takes that back where it can.
    private Process Start(string arguments)
    {
        string command = $"{typeof(Cli.VerifyCall).Assembly.Location} {arguments}";
        var start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", $"--default-signal=INT dotnet {command}")
            : new ProcessStartInfo("dotnet", command);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = _folder.Path;
        return Process.Start(start)!;
    }

    // Sixty images in the four files of MNIST's names, so that an epoch is short in every mode.
    private void WriteFewImages()
    {
        byte[] images = new byte[16 + 60 * 784], labels = new byte[8 + 60];
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 28, 0, 0, 0, 28 }.CopyTo(images, 0);
        new byte[] { 0, 0, 8, 1, 0, 0, 0, 60 }.CopyTo(labels, 0);
        for (int n = 0; n < 60; n++)
        {
            labels[8 + n] = (byte)(n % 10);
            images.AsSpan(16 + n * 784 + 28 * (n % 10), 28).Fill(200);
        }
        foreach (string set in new[] { "train", "t10k" })
        {
            File.WriteAllBytes(_folder.File($"{set}-images-idx3-ubyte"), images);
            File.WriteAllBytes(_folder.File($"{set}-labels-idx1-ubyte"), labels);
        }
    }
}
