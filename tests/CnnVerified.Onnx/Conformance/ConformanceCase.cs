using System.IO.Enumeration;
using CnnVerified.Onnx.Proto;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Onnx.Conformance;

/// <summary>A case in the layout of the ONNX backend tests: a folder with model.onnx and, for each data set, a folder test_data_set_N with
/// input_0.pb, … and output_0.pb, ….</summary>
/// <param name="Name">The name of the folder.</param>
/// <param name="Folder">Its path.</param>
public sealed record ConformanceCase(string Name, string Folder)
{
    private const string Model = "model.onnx";
    private const int MostDepth = 8;

    /// <summary>The cases under a folder.</summary>
    /// <param name="folder">One case, a folder of cases, or a tree of such folders up to eight levels deep.</param>
    /// <param name="filters">Patterns with * and ?; a case is taken where its name matches one, or there is none.</param>
    /// <param name="exceptions">Patterns of cases to leave out.</param>
    /// <returns>The cases by path.</returns>
    /// <exception cref="InputException">There is no such folder, or no such case in it.</exception>
    public static IReadOnlyList<ConformanceCase> Under(string folder, IReadOnlyList<string> filters, IReadOnlyList<string> exceptions)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{folder}: expected a folder of cases, got {(File.Exists(folder) ? "a file" : "no folder of that name")}.");
        ConformanceCase[] found;
        try
        {
            found = [.. Directory.EnumerateFiles(folder, Model, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MostDepth })
                .Select(model => Path.GetDirectoryName(Path.GetFullPath(model))!).Order(StringComparer.Ordinal)
                .Select(path => new ConformanceCase(Path.GetFileName(path), path))];
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: expected a folder that can be read, got: {wrong.Message.ReplaceLineEndings(" ")}", wrong);
        }
        if (found.Length == 0)
            throw new InputException($"{folder}: expected folders with a {Model}, got none.");
        bool Matches(ConformanceCase each, IReadOnlyList<string> patterns) =>
            patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, each.Name));
        ConformanceCase[] taken = [.. found.Where(each => (filters.Count == 0 || Matches(each, filters)) && !Matches(each, exceptions))];
        return taken.Length > 0 ? taken : throw new InputException($"{folder}: expected one of {found.Length} cases to match, got none.");
    }

    /// <summary>Runs the case on engines.</summary>
    /// <param name="engines">The engines; the one named reference computes double too.</param>
    /// <param name="stop">Stops between nodes.</param>
    /// <returns>How it came out. What is wrong with the case's files is a finding, not an exception.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public CaseFinding Run(IReadOnlyList<Engine> engines, CancellationToken stop)
    {
        Graph? graph = null;
        var findings = new List<EngineFinding>();
        var equations = new SortedSet<string>(StringComparer.Ordinal);
        CaseFinding Finding(Outcome outcome, string? reason) => new(Name, outcome, reason, graph?.Operators ?? [], graph?.Opset ?? 0, [.. equations], findings);
        try
        {
            graph = new Graph(ProtoFile.Read(ModelProto.Parser, Path.Combine(Folder, Model)));
            var sets = DataSets(graph);
            foreach (Engine engine in engines)
            {
                var on = new Computation(engine, isReference: engine.Name == "reference");
                findings.Add(Judge(graph, sets, on, stop));
                equations.UnionWith(on.Equations);
            }
        }
        catch (UnsupportedException reason)
        {
            return Finding(Outcome.NotSupported, reason.Message);
        }
        catch (InputException wrong)
        {
            return Finding(Outcome.Malformed, wrong.Message.ReplaceLineEndings(" "));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return Finding(Outcome.Malformed, $"{Folder}: expected folders that can be read, got: {wrong.Message.ReplaceLineEndings(" ")}");
        }
        return findings.Find(each => each.Outcome == Outcome.Failed) is { } failed ? Finding(Outcome.Failed, $"{failed.Engine}: {failed.Reason}")
            : findings.Exists(each => each.Outcome == Outcome.Passed) ? Finding(Outcome.Passed, null)
            : Finding(Outcome.NotSupported, string.Join("; ", findings.Select(each => $"{each.Engine} does not offer {each.Reason}")));
    }

    private static EngineFinding Judge(Graph graph, List<(List<OnnxTensor> Inputs, List<OnnxTensor> Outputs)> sets, Computation on, CancellationToken stop)
    {
        var comparison = new Comparison();
        EngineFinding Finding(Outcome outcome, string? reason) => new(on.Name, outcome, comparison.Elements, comparison.Ulps, comparison.Error, reason);
        try
        {
            foreach (var (inputs, expected) in sets)
            {
                var results = graph.Run(inputs, on, graph.Outputs.Zip(expected).ToDictionary(pair => pair.First, pair => pair.Second), stop);
                for (int i = 0; i < results.Count; i++)
                    comparison.Add(graph.Outputs[i], expected[i], results[i]);
            }
        }
        catch (NotOfferedException reason)
        {
            return Finding(Outcome.NotSupported, reason.Message);
        }
        catch (Exception thrown) when (thrown is not (InputException or UnsupportedException or OperationCanceledException or OutOfMemoryException))
        {
            return Finding(Outcome.Failed, $"{thrown.GetType().Name}: {thrown.Message.ReplaceLineEndings(" ")}");   // by the engine
        }
        return comparison.Failure is null ? Finding(Outcome.Passed, null)
            : Finding(Outcome.Failed, $"{comparison.Failure}; {comparison.Outside} of {comparison.Elements} elements outside");
    }

    private List<(List<OnnxTensor> Inputs, List<OnnxTensor> Outputs)> DataSets(Graph graph)
    {
        string[] folders = [.. Directory.EnumerateDirectories(Folder, "test_data_set_*").Order(StringComparer.Ordinal)];
        if (folders.Length == 0)
            throw new InputException($"{Folder}: expected a folder test_data_set_0, got none.");
        return [.. folders.Select(folder => (Tensors(folder, "input", graph.Inputs), Tensors(folder, "output", graph.Outputs)))];
    }

    private static List<OnnxTensor> Tensors(string folder, string kind, IReadOnlyList<string> names)
    {
        int files = Directory.EnumerateFiles(folder, $"{kind}_*.pb").Count();
        if (files != names.Count)
            throw new InputException($"{folder}: expected {names.Count} files {kind}_N.pb ({string.Join(", ", names)}), got {files}.");
        return [.. Enumerable.Range(0, files).Select(i => Path.Combine(folder, $"{kind}_{i}.pb"))
            .Select(path => TensorReader.Read(ProtoFile.Read(TensorProto.Parser, path), path))];
    }
}
