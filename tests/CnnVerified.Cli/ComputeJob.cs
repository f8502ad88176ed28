using System.CommandLine;
using System.Globalization;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Files;
using CnnVerified.Verification.Reports;
using Spectre.Console;

namespace CnnVerified.Cli;

/// <summary>cnnverify compute: an equation on arrays from files, results to files.</summary>
internal static class ComputeJob
{
    public static Command Command(CancellationToken stop)
    {
        var id = new Argument<string>("ID") { Description = "An equation, such as CV-F1 (cnnverify explain ID shows its inputs)." };
        var inputs = new Option<string[]>("--in") { Description = "The inputs: NAME=FILE.npy, NAME=NUMBER, or an NPZ file that holds some by name.", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };
        var outputs = new Option<string[]>("--out") { Description = "Where to write: NAME=FILE.npy for an output, FILE.npy for the only one, or FILE.npz for all.", Required = true, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };
        var @case = new Option<string>("--case") { Description = "Sizes that the shapes do not tell, in the letters of verify --case, such as sh2sw2-ph1pw1. Strides and dilations not named are 1, padding 0; groups follow from the shapes.", DefaultValueFactory = _ => "" };
        var engine = new Option<string>("--engine") { Description = "optimized (the widest vectors), scalar, v128, v256, v512, reference, text (for small cases), or the path of a library with an engine.", DefaultValueFactory = _ => "optimized" };
        var type = new Option<string>("--type") { Description = "float32, or float64 for the reference.", DefaultValueFactory = _ => "float32" };
        var threads = Options.Threads();
        var command = new Command("compute", """
            Compute an equation on arrays from NPY and NPZ files, NumPy's own, to compare with NumPy, PyTorch or an engine of yours.

            The sizes follow from the shapes: x of 1×3×30×30 is n1c3h30w30. The results are float32, or float64 with --type.

            Examples:
              cnnverify compute CV-F1 --in x=x.npy w=w.npy b=b.npy --out y.npy
              cnnverify compute CV-F1 --in layer.npz --case sh2sw2-ph1pw1 --out y=y.npy --engine v256
              cnnverify compute PL-F1 --in x=x.npy --case r2s2-sh2sw2 --out y.npy
              cnnverify compute OP-2 --in step.npz eta=0.01 mu=0.9 --out after.npz
              cnnverify compute LS-F1 --in z=z.npy h=h.npy --engine reference --type float64 --out loss.npy
            """) { id, inputs, outputs, @case, engine, type, threads };
        command.SetAction(call => Run(call.GetRequiredValue(id), call.GetValue(inputs) ?? [], call.GetRequiredValue(outputs), call.GetRequiredValue(@case),
            call.GetRequiredValue(engine), call.GetRequiredValue(type), call.GetValue(threads), stop));
        return command;
    }

    public static int Run(string id, string[] inputs, string[] outputs, string @case, string engine, string type, int? threads, CancellationToken stop)
    {
        Equation equation = EquationTable.Find(id);
        if (type is not ("float32" or "float64"))
            throw new InputException($"--type expected float32 or float64, got '{type}'.");
        if (type == "float64" && engine != "reference")
            throw new InputException($"--type float64 expected --engine reference: the others compute in float32, got {engine}.");
        var targets = Targets(equation, outputs);
        foreach (var (file, _) in targets)
            AtomicFile.EnsureWritable(file);
        var computation = new Computation(equation, Arrays(equation, inputs), @case);
        var list = new EngineList();
        List<Engine> engines = VerificationJob.Named(list, [engine], threads);
        Engine on = engines.Count == 1 ? engines[0] : throw new InputException($"--engine expected one engine, got {string.Join(", ", engines.Select(each => each.Name))} from {engine}.");
        foreach (string note in type == "float32" ? computation.Roundings.Concat(computation.Outsiders) : computation.Outsiders)
            AnsiConsole.WriteLine(note);

        // One call cannot be stopped. Ctrl+C leaves it behind, so the engine's memory is not freed under it, and the process ends before anything
        // is written.
        var results = Task.Run(() => type == "float64" ? computation.OnReferenceInBinary64() : computation.On(on), CancellationToken.None).WaitAsync(stop).GetAwaiter().GetResult();
        list.Dispose();
        foreach (var (file, name) in targets)
            if (name is null)
                Npz.Write(file, results);
            else
                Npy.Write(file, results.First(result => result.Name == name).Array);
        AnsiConsole.WriteLine($"{equation.Id} {computation.Case} on {on.Name}: {string.Join(", ", results.Select(result => $"{result.Name} {result.Array.ShapeText} {result.Array.TypeName}"))}");
        return 0;
    }

    private static Dictionary<string, NpyArray> Arrays(Equation equation, string[] inputs)
    {
        var arrays = new Dictionary<string, NpyArray>();
        void Add(string name, NpyArray array)
        {
            if (!arrays.TryAdd(name, array))
                throw new InputException($"--in expected each input once, got {name} twice.");
        }

        foreach (string input in inputs)
        {
            int equals = input.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                Add(input[..equals], ArrayOf(input[(equals + 1)..]));
            else if (!IsArchive(input))
                throw new InputException($"--in expected NAME=FILE.npy, NAME=NUMBER or FILE.npz, got '{input}'.");
            else
                // An archive may hold more than this equation takes: one file for a whole network.
                foreach (var (name, array) in Npz.Read(input))
                    if (equation.Inputs.Any(operand => operand.Name == name))
                        Add(name, array);
        }
        return arrays;
    }

    private static NpyArray ArrayOf(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? NpyArray.Of([number]) : Npy.Read(text);

    // Each file and the output that goes there; null for all.
    private static List<(string File, string? Name)> Targets(Equation equation, string[] outputs)
    {
        string names = string.Join(", ", equation.Outputs.Select(output => output.Name));
        var targets = new List<(string, string?)>();
        foreach (string output in outputs)
        {
            int equals = output.IndexOf('=', StringComparison.Ordinal);
            string? name = equals > 0 ? output[..equals] : IsArchive(output) ? null
                : equation.Outputs.Count == 1 ? equation.Outputs[0].Name
                : throw new InputException($"--out expected NAME=FILE.npy or FILE.npz for the outputs {names}, got '{output}'.");
            if (name is not null && equation.Outputs.All(operand => operand.Name != name))
                throw new InputException($"--out expected one of the outputs {names}, got '{name}'.");
            string file = output[(equals > 0 ? equals + 1 : 0)..];
            if (name is not null && IsArchive(file))
                throw new InputException($"--out expected a file of one array such as {name}.npy for {name}, got '{file}'; {file} without a name takes all outputs.");
            targets.Add((file, name));
        }
        return targets;
    }

    private static bool IsArchive(string file) => file.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);
}
