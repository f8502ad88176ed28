using System.Security.Cryptography;
using CnnVerified.Verification;

namespace CnnVerified.Cli.Certificates;

/// <summary>An assembly that took part.</summary>
/// <param name="Name">Its name; of a library that was loaded, the file's.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">The hash of its file.</param>
internal sealed record CertifiedAssembly(string Name, string Version, string Sha256)
{
    // By name and not by what is loaded: that depends on which oracles a shard has met.
    private static readonly Type[] Parts =
    [
        typeof(Commands), typeof(Battery), typeof(Window), typeof(Reference.EquationTexts), typeof(Optimized.Execution),
        typeof(System.Numerics.Tensors.Tensor), typeof(FsCheck.Config), typeof(MathNet.Numerics.Precision),
    ];

    /// <summary>The assemblies of this process that judge and are judged, and the libraries that engines were loaded from.</summary>
    public static IReadOnlyList<CertifiedAssembly> All(IEnumerable<string> libraries) =>
    [
        .. Parts.Select(part => part.Assembly).Select(assembly => new CertifiedAssembly(assembly.GetName().Name!, $"{assembly.GetName().Version}", HashOf(assembly.Location))),
        .. libraries.Select(path => new CertifiedAssembly(Path.GetFileName(path), $"{System.Reflection.AssemblyName.GetAssemblyName(path).Version}", HashOf(path))),
    ];

    private static string HashOf(string path)
    {
        if (path.Length == 0)
            return "none: the assembly is part of a single file";
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
