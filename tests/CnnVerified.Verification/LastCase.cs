using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CnnVerified.Verification;

/// <summary>The case that an engine is being given, written to a file before it runs, where the environment variable
/// CNNVERIFIED_LAST_CASE names one: a kernel that writes where it must not ends the process, and then the file still tells the case.</summary>
public static class LastCase
{
    /// <summary>The environment variable that names the file.</summary>
    public const string Variable = "CNNVERIFIED_LAST_CASE";

    private static readonly SafeFileHandle? File = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path
        ? System.IO.File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite) : null;

    /// <summary>True where the variable names a file.</summary>
    internal static bool IsKept => File is not null;

    /// <summary>Replaces what the file holds. Not flushed to the disk: it has to survive the process, not the machine.</summary>
    internal static void Note(Noted last)
    {
        byte[] text = Encoding.UTF8.GetBytes($"{last.Equation}\n{last.Case}\n{last.Engine}\n{last.Oracle}\n{last.Repeat}\n");
        RandomAccess.SetLength(File!, text.Length);
        RandomAccess.Write(File!, text, 0);
    }

    /// <summary>Reads what a process that ended has left.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The case; null where no engine had begun.</returns>
    public static Noted? Read(string path) => System.IO.File.Exists(path) && System.IO.File.ReadAllLines(path) is [var equation, var @case, var engine, var oracle, var repeat]
        ? new(equation, @case, engine, oracle, repeat) : null;
}

/// <summary>A case that an engine was given.</summary>
/// <param name="Equation">The equation's id.</param>
/// <param name="Case">The case as text.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Oracle">The oracle's name.</param>
/// <param name="Repeat">A command that repeats it.</param>
public sealed record Noted(string Equation, string Case, string Engine, string Oracle, string Repeat);
