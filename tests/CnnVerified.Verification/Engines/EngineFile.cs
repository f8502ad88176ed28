using System.Reflection;
using System.Runtime.Loader;

namespace CnnVerified.Verification.Engines;

/// <summary>Engines from a library on disk: cnnverify verify --engine path/to/My.dll.</summary>
public static class EngineFile
{
    // One copy of these for host and library: their types are what the two talk in.
    private static readonly string[] Shared = [.. new[] { typeof(Engine), typeof(Window), typeof(Reference.EquationTexts), typeof(Optimized.Execution), typeof(System.Numerics.Tensors.Tensor) }
        .Select(type => type.Assembly.GetName().Name!)];

    /// <summary>Loads a library and collects what it offers: the engines of its public classes that implement
    /// <see cref="IEngineSource"/>, and one more, named after the library, of its static methods with an <see cref="EquationAttribute"/>.</summary>
    /// <param name="path">The library, a .NET assembly. Its dependencies are found beside it or as its .deps.json says.</param>
    /// <returns>At least one engine; each offers at least one equation.</returns>
    /// <exception cref="InputException">No such file, no assembly, nothing offered in it, a kernel that does not fit its equation, or
    /// code of the library that throws.</exception>
    /// <remarks>The library's code runs in this process, with its rights.</remarks>
    public static IReadOnlyList<Engine> Load(string path)
    {
        if (!File.Exists(path))
            throw new InputException($"{path}: expected a .NET library with kernels, got {(Directory.Exists(path) ? "a folder" : "no file of that name")}.");
        try
        {
            var engines = Engines(new Context(Path.GetFullPath(path)).LoadFromAssemblyPath(Path.GetFullPath(path)), path);
            return engines.Count > 0 ? engines
                : throw new InputException($"{path}: expected static methods with [Equation(\"…\")] or a public class that implements {nameof(IEngineSource)}, got neither.");
        }
        catch (BadImageFormatException wrong)
        {
            throw new InputException($"{path}: expected a .NET library, got a file that is none.", wrong);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or TypeLoadException or ReflectionTypeLoadException)
        {
            Exception cause = wrong is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first : wrong;
            throw new InputException($"{path}: expected a .NET library that loads with all it needs, got: {cause.Message}", wrong);
        }
    }

    private static List<Engine> Engines(Assembly library, string path)
    {
        var engines = new List<Engine>();
        var kernels = new Engine(library.GetName().Name!);
        foreach (Type type in library.GetTypes())
        {
            try
            {
                kernels.Offer(type);
            }
            catch (InputException wrong)
            {
                throw new InputException($"{path}: {wrong.Message}", wrong);
            }
            if (type is { IsPublic: true, IsAbstract: false } && type.IsAssignableTo(typeof(IEngineSource)))
                engines.AddRange(Made(type, path));
        }
        if (kernels.Ids.Count > 0)
            engines.Add(kernels);
        engines.ForEach(engine => engine.Argument = path);
        return engines.Find(engine => engine.Ids.Count == 0) is { } empty
            ? throw new InputException($"{path}: expected engines that offer an equation, got '{empty.Name}', which offers none.")
            : engines;
    }

    // The constructor, the property and its iterator are code of the library: whatever they throw is told in one line.
    private static List<Engine> Made(Type type, string path)
    {
        if (type.GetConstructor(Type.EmptyTypes) is not { } constructor)
            throw new InputException($"{path}: expected {type.Name} to have a public constructor without parameters, got none.");
        try
        {
            return [.. ((IEngineSource)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, null, null)).Engines];
        }
        catch (Exception thrown) when (thrown is not OperationCanceledException)
        {
            throw new InputException($"{path}: expected {type.Name} to make its engines, got {thrown.GetType().Name}: {thrown.Message}", thrown);
        }
    }

    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName name) =>
            !Shared.Contains(name.Name) && _resolver.ResolveAssemblyToPath(name) is { } found ? LoadFromAssemblyPath(found) : null;

        protected override nint LoadUnmanagedDll(string name) =>
            _resolver.ResolveUnmanagedDllToPath(name) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}
