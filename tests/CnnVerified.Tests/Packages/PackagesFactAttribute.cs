using Xunit;

namespace CnnVerified.Tests.Packages;

/// <summary>A test of the packages: minutes, not milliseconds, so only where CNNVERIFIED_PACKAGES=1 asks for it.</summary>
internal sealed class PackagesFactAttribute : FactAttribute
{
    private bool _needsLinker;

    public PackagesFactAttribute() =>
        Skip = Environment.GetEnvironmentVariable("CNNVERIFIED_PACKAGES") == "1" ? null : "packs and installs the packages: CNNVERIFIED_PACKAGES=1 runs it";

    /// <summary>Whether the test needs what Native AOT links with; it is skipped, and says so, where that is not installed.</summary>
    public bool NeedsLinker
    {
        get => _needsLinker;
        set
        {
            _needsLinker = value;
            if (value && Skip is null && !HasLinker())
                Skip = "Native AOT links with clang or gcc (on Windows with Visual Studio's C++ tools), and none was found";
        }
    }

    private static bool HasLinker() => OperatingSystem.IsWindows()
        ? File.Exists(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), "Microsoft Visual Studio", "Installer", "vswhere.exe"))
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));
}
