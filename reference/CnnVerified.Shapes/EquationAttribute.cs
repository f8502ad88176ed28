using System.Runtime.CompilerServices;

namespace CnnVerified;

/// <summary>Names the equation of docs/equations that a method computes. Equations that one formula computes share a
/// method. A twin in the engine computes what its namesake in the reference does, and cites every equation that its kernel fuses.</summary>
/// <param name="id">The id, such as CV-F1.</param>
/// <param name="file">The source file; the compiler fills it in.</param>
/// <param name="line">The line in it; the compiler fills it in.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EquationAttribute(string id, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Attribute
{
    /// <summary>The equation's id, such as CV-F1.</summary>
    public string Id { get; } = id;

    /// <summary>Where the method stands: the file from the top of the repository, and the line.</summary>
    public string Place { get; } = $"{file.Replace("/_/", "", StringComparison.Ordinal).Replace('\\', '/')}:{line}";
}
