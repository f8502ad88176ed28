using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace CnnVerified.Mutants;

/// <summary>One assembly of the repository, compiled in memory as the build compiles it.</summary>
internal sealed class SourceProject
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.None);

    private readonly CSharpCompilation _compilation;
    private readonly Dictionary<string, SyntaxTree> _trees;
    private readonly IReadOnlyList<(string Name, string File)> _resources;

    /// <summary>Reads the sources.</summary>
    /// <param name="assembly">The assembly's name.</param>
    public SourceProject(string assembly)
    {
        Assembly = assembly;
        string folder = assembly == "CnnVerified.Optimized" ? "optimized/CnnVerified.Optimized" : $"reference/{assembly}";
        _trees = Directory.GetFiles(Repository.At(folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)
            .ToDictionary(file => file, file => Parse(file, File.ReadAllText(Repository.At(file))));
        // The register tiles are a source like the others; the SDK's generators are not touched.
        if (assembly == "CnnVerified.Optimized")
            _trees.Add($"{folder}/Kernels/Tiles.g.cs", Parse($"{folder}/Kernels/Tiles.g.cs", Tiles.TileGenerator.Text()));
        // Global usings, version and friends are those that the build wrote.
        string generated = Repository.At("artifacts", "obj", assembly, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        var written = Directory.GetFiles(generated, $"{assembly}.*.cs").Select(file => Parse(Path.GetFileName(file), File.ReadAllText(file)));
        _resources = assembly != "CnnVerified.Reference" ? []
            : [.. Directory.GetFiles(Repository.At("docs", "equations"), "*.md").Order(StringComparer.Ordinal).Select(file => ($"equations/{Path.GetFileName(file)}", file))];
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] others = assembly == "CnnVerified.Shapes" ? [] : ["System.Numerics.Tensors.dll", "CnnVerified.Shapes.dll"];
        var references = Directory.GetFiles(framework, "*.dll").Where(file => Path.GetFileName(file) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll")
                && !name.EndsWith(".Native.dll", StringComparison.Ordinal))
            .Concat(others.Select(name => Path.Combine(AppContext.BaseDirectory, name))).Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(assembly, _trees.Values.Concat(written), references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
                concurrentBuild: false, deterministic: true, generalDiagnosticOption: ReportDiagnostic.Suppress));
        CSharpGeneratorDriver.Create([RegexGenerator()], parseOptions: Parsing).RunGeneratorsAndUpdateCompilation(compilation, out var generatedToo, out _);
        _compilation = (CSharpCompilation)generatedToo;
    }

    /// <summary>The assembly's name.</summary>
    public string Assembly { get; }

    /// <summary>Its files, from the top of the repository.</summary>
    public IReadOnlyDictionary<string, SyntaxTree> Trees => _trees;

    /// <summary>What the compiler knows of a file.</summary>
    public SemanticModel Model(string file) => _compilation.GetSemanticModel(_trees[file]);

    /// <summary>Compiles with some files changed.</summary>
    /// <param name="changed">New texts by file.</param>
    /// <param name="added">A file that is added, or null.</param>
    /// <param name="against">The assembly of the shapes to compile against, or null for the built one.</param>
    /// <returns>The assembly, or the first error.</returns>
    public (byte[]? Assembly, string? Error) Compile(IEnumerable<KeyValuePair<string, string>> changed, string? added = null, byte[]? against = null)
    {
        CSharpCompilation compilation = _compilation;
        foreach (var (file, text) in changed)
            compilation = compilation.ReplaceSyntaxTree(_trees[file], Parse(file, text));
        if (added is not null)
            compilation = compilation.AddSyntaxTrees(Parse("Added.cs", added));
        if (against is not null)
            compilation = compilation.ReplaceReference(compilation.References.Single(reference => Path.GetFileName(reference.Display) == "CnnVerified.Shapes.dll"), MetadataReference.CreateFromImage(against));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream, manifestResources: [.. _resources.Select(resource =>
            new ResourceDescription(resource.Name, () => File.OpenRead(resource.File), isPublic: true))]);
        return result.Success ? (stream.ToArray(), null)
            : (null, result.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToString());
    }

    private static ISourceGenerator RegexGenerator()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string packs = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        string newest = Directory.GetDirectories(packs, $"{Environment.Version.Major}.*").MaxBy(pack => Version.Parse(Path.GetFileName(pack).Split('-')[0]))
            ?? throw new InvalidOperationException($"expected the reference assemblies of .NET {Environment.Version.Major} under {packs}, got none.");
        var loaded = System.Reflection.Assembly.LoadFrom(Path.Combine(newest, "analyzers", "dotnet", "cs", "System.Text.RegularExpressions.Generator.dll"));
        return ((IIncrementalGenerator)Activator.CreateInstance(loaded.GetType("System.Text.RegularExpressions.Generator.RegexGenerator", throwOnError: true)!)!).AsSourceGenerator();
    }

    // The path is the one that the build maps to: the place of an equation is read off it.
    private static SyntaxTree Parse(string file, string text) => CSharpSyntaxTree.ParseText(SourceText.From(text), Parsing, "/_/" + file);
}
