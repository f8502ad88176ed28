using System.Reflection;
using CnnVerified.Optimized;
using CnnVerified.Timing.Compare;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Peers.Compare;

/// <summary>What was built, and where it runs.</summary>
internal static class Build
{
    /// <summary>Version and commit of the engine.</summary>
    public static string Version { get; } = typeof(Execution).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>This machine, now.</summary>
    public static Place Here(string command)
    {
        Machine machine = Machine.Here();
        return new(Processor() ?? machine.Processor, $"{machine.Processor}; {machine.System}; {machine.Runtime}", DateTimeOffset.Now, Version, command);
    }

    private static string? Processor()
    {
        const string Info = "/proc/cpuinfo", Field = "model name";
        return File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim() : null;
    }
}
