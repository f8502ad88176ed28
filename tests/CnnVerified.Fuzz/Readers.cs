using System.CommandLine;
using System.Text;
using CnnVerified.Cli;
using CnnVerified.Cli.Certificates;
using CnnVerified.Onnx;
using CnnVerified.Reference.Notation;
using CnnVerified.Reference.Notation.Derivation;
using CnnVerified.Reference.Notation.Typesetting;
using CnnVerified.Verification;
using CnnVerified.Verification.Cases;
using CnnVerified.Verification.Checking;
using CnnVerified.Verification.Files;
using CnnVerified.Verification.Images;
using CnnVerified.Verification.Training;

namespace CnnVerified.Fuzz;

/// <summary>Every reader of the project, as a function of bytes.</summary>
internal static class Readers
{
    private const string Notation = "CnnVerified.Reference.Notation.", Verification = "CnnVerified.Verification.";

    // A job whose input is good begins its work, and stops at once.
    private static readonly CancellationToken Stopped = new(canceled: true);

    // What these options name is written, or is memory and threads that were asked for: the command line is read, and no job is begun.
    private static readonly string[] Harmless = ["--engine", "--case", "--cases", "--seed"];
    private static readonly string[] ReadingCommands = ["check", "derive", "explain", "list"];

    /// <summary>All readers.</summary>
    public static IReadOnlyList<Reader> All { get; } =
    [
        new("notation", "Markdown with blocks: read, resolved, printed and typeset",
            [Notation + "Markdown", Notation + "Lexer", Notation + "Parser", Notation + "Resolver", Notation + "Library", Notation + "Printer", Notation + "Walk", Notation + "Constants", Notation + "Typesetting."], Blocks),
        new("check", "Markdown with blocks: every claim judged, within the checker's limits",
            [Notation + "Evaluation.", Notation + "Resolver", Verification + "Checking."], Check),
        new("derive", "a forward block: its gradient by everything that is given",
            [Notation + "Derivation."], Derive),
        new("case", "the id of an equation, and on the next line the text of a case",
            [Verification + "Cases.Case", Verification + "Cases.ModelSizes", Verification + "EquationTable"], Strict(CaseText)),
        new("idx", "an IDX file of images or labels, plain or gzip",
            [Verification + "Images.Idx"], Strict(IdxFile)),
        new("checkpoint", "a checkpoint; missing weights are zeros",
            [Verification + "Training.Checkpoint"], Strict(CheckpointFile)),
        new("npy", "an NPY file",
            [Verification + "Files.Npy"], input => Npy.Read(new MemoryStream(input), "input", Npy.MaxBytes)),
        new("npz", "an NPZ file",
            [Verification + "Files.Np"], input => Npz.Read(new MemoryStream(input), "input")),
        new("onnx", "an ONNX model or tensor: parsed within the limits, its graph and its initializers read",
            ["CnnVerified.Onnx.ProtoFile", "CnnVerified.Onnx.Graph", "CnnVerified.Onnx.TensorReader", "CnnVerified.Onnx.OperatorTable"], Strict(OnnxFile)),
        new("certificate", "a certificate of verify, as merge and replay read it",
            ["CnnVerified.Cli.Certificates."], Strict(CertificateText)),
        new("command", "a command line, one argument a line",
            ["CnnVerified.Cli.", "System.CommandLine."], Strict(CommandLine)),
    ];

    /// <summary>A reader by name.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="InputException">There is none.</exception>
    public static Reader Find(string name) => All.FirstOrDefault(reader => reader.Name == name)
        ?? throw new InputException($"expected a reader ({string.Join(", ", All.Select(reader => reader.Name))}), got '{name}'.");

    // Where no formula is read, none is malformed.
    private static Action<byte[]> Strict(Action<byte[]> read) => input =>
    {
        try
        {
            read(input);
        }
        catch (NotationException wrong)
        {
            throw new InvalidOperationException("expected an InputException.", wrong);
        }
    };

    private static string Text(byte[] input) => Encoding.UTF8.GetString(input);

    private static void Blocks(byte[] input)
    {
        string text = Text(input);
        NotationException? first = null;
        void Refused(NotationException wrong)
        {
            first ??= wrong;
            wrong.Report(text, "input");
        }

        var blocks = Markdown.Blocks(text, "input", Refused).ToList();
        Library library = Book.With([.. blocks], (block, taken) =>
        {
            blocks.Remove(block);
            Refused(taken);
        });
        foreach (Block block in blocks)
            try
            {
                foreach (Value value in library.Resolve(block).Values)
                    Walk.Canonical(value.Body);
                foreach (Line line in block.Lines)
                    line.ToString();
                Typeset typeset = Typeset.Of(block.Lines);
                _ = (typeset.Plain, typeset.Latex, typeset.MathML);
            }
            catch (NotationException wrong)
            {
                Refused(wrong);
            }
        if (first is not null)
            throw first;
    }

    private static void Check(byte[] input)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var settings = new CheckSettings { Timeout = TimeSpan.FromSeconds(1), Stop = stop.Token };
        try
        {
            foreach (CheckResult result in Checker.CheckText(Text(input), settings))
                CheckJson.Text([(null, result)]);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was told to stop, and did.
        }
    }

    private static void Derive(byte[] input)
    {
        Library library = new();
        foreach (Block block in Markdown.Blocks(Text(input), null, wrong => throw wrong))
            library.Add(block);
        foreach (string id in library.Ids)
        {
            Model model = library.Resolve(id, default);
            foreach (Given given in model.Givens)
                try
                {
                    DerivedGradient gradient = Deriver.Gradient(model, given.Name, "derived");
                    gradient.EquationBlock();
                    gradient.DerivationBlock();
                }
                catch (NotationException)
                {
                    // There is none by this one; the next may have one.
                }
        }
    }

    private static void CaseText(byte[] input)
    {
        string text = Text(input);
        int line = text.IndexOf('\n', StringComparison.Ordinal);
        Equation equation = EquationTable.Find(text[..Math.Max(0, line)].Trim());
        Case read = Case.Parse(equation.Family, text[(line + 1)..]);
        if (Case.Parse(equation.Family, read.ToString()).ToString() != read.ToString())
            throw new InvalidOperationException($"'{read}' reads back as another case.");
        equation.Work(read);
        foreach (Operand operand in equation.Inputs.Concat(equation.Outputs))
            operand.Shape(read);
    }

    private static void IdxFile(byte[] input)
    {
        try
        {
            Idx.ReadImages(new MemoryStream(input), "input");
        }
        catch (InputException)
        {
            Idx.ReadLabels(new MemoryStream(input), "input");
        }
    }

    private static void CheckpointFile(byte[] input)
    {
        // As it is, and with all the weights of each network.
        InputException? refused = null;
        foreach (int missing in NetworkKind.All.Select(kind => 4 * (kind.Parameters + kind.State)).Append(0))
            try
            {
                Checkpoint.Read("input", new MemoryStream([.. input, .. new byte[missing]]));
                return;
            }
            catch (InputException wrong)
            {
                refused = wrong;
            }
        throw refused!;
    }

    private static void OnnxFile(byte[] input) => AsFile(input, path =>
    {
        try
        {
            try
            {
                var model = ProtoFile.Read(Onnx.Proto.ModelProto.Parser, path);
                _ = new Graph(model);
                foreach (Onnx.Proto.TensorProto tensor in model.Graph?.Initializer ?? [])
                    TensorReader.Read(tensor, tensor.Name);
            }
            catch (InputException)
            {
                TensorReader.Read(ProtoFile.Read(Onnx.Proto.TensorProto.Parser, path), "input");
            }
        }
        catch (UnsupportedException what)
        {
            throw new InputException($"not supported: {what.Message}", what);
        }
    });

    private static void CertificateText(byte[] input) => AsFile(input, path =>
    {
        Certificate read = CertificateFile.Read(path);
        CertificateFile.Text(Union.Of([("input", read)]));
    });

    private static void AsFile(byte[] input, Action<string> read)
    {
        string path = Path.Combine(Path.GetTempPath(), $"fuzz-{Environment.ProcessId}");
        File.WriteAllBytes(path, input);
        try
        {
            read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void CommandLine(byte[] input)
    {
        (TextWriter output, TextWriter error, TextReader stdin) = (Console.Out, Console.Error, Console.In);
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        Console.SetIn(TextReader.Null);
        try
        {
            ParseResult call = Commands.Parse(Text(input).Replace('\0', ' ').Split('\n', StringSplitOptions.RemoveEmptyEntries), Stopped);
            if (call.Errors.Count > 0)
                throw new InputException(call.Errors[0].Message);
            if (call.Action != call.CommandResult.Command.Action)
                return;   // help, which asks nothing of the rest of the line
            foreach (Option option in call.CommandResult.Command.Options)
                call.GetResult(option)?.GetValueOrDefault<object>();
            string command = call.CommandResult.Command.Name;
            bool isHarmless = call.CommandResult.Children.OfType<System.CommandLine.Parsing.OptionResult>().All(option => option.Implicit || Harmless.Contains(option.Option.Name));
            if (ReadingCommands.Contains(command) || command == "verify" && isHarmless)
                call.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = TextWriter.Null, Error = TextWriter.Null });
        }
        catch (OperationCanceledException)
        {
            // The input was good, and the job was stopped.
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            Console.SetIn(stdin);
        }
    }
}
