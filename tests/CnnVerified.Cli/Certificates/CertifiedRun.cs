using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;
using CnnVerified.Verification;
using CnnVerified.Verification.Engines;

namespace CnnVerified.Cli.Certificates;

/// <summary>Where and when a run or a shard ran. Nothing else in a certificate depends on it.</summary>
/// <param name="Shard">The shard's number, or null.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Seconds">How long the judging took.</param>
/// <param name="Call">The call, as it was given.</param>
/// <param name="Processor">The processor.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
internal sealed record CertifiedRun(int? Shard, DateTimeOffset Ended, double Seconds, IReadOnlyList<string> Call, Processor Processor, string System, string Runtime)
{
    public static CertifiedRun Here(Shard? shard, TimeSpan taken) => new(shard?.Number, DateTimeOffset.Now, Math.Round(taken.TotalSeconds, 1),
        ["cnnverify", .. Environment.GetCommandLineArgs().Skip(1)], Processor.Here(), RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);
}

/// <summary>A processor, as far as it matters for results.</summary>
/// <param name="Model">What it calls itself, or "unknown".</param>
/// <param name="Architecture">Its architecture.</param>
/// <param name="Cores">Cores that the process may use.</param>
/// <param name="VectorWidths">Widths that the engine can use, narrowest first.</param>
/// <param name="HasFusedMultiplyAdd">True where the hardware has fused multiply-adds.</param>
internal sealed record Processor(string Model, string Architecture, int Cores, IReadOnlyList<string> VectorWidths, bool HasFusedMultiplyAdd)
{
    public static Processor Here() => new(ModelHere(), $"{RuntimeInformation.ProcessArchitecture}", Environment.ProcessorCount,
        [.. EngineList.Widths.Select(EngineList.NameOf)], Fma.IsSupported || AdvSimd.Arm64.IsSupported);

    public override string ToString() => $"{Model}, {Architecture}, {Cores} cores, {string.Join(' ', VectorWidths)}, fused multiply-add {(HasFusedMultiplyAdd ? "in hardware" : "in software")}";

    // The brand string of x86: 48 characters in three leaves of CPUID.
    private static string ModelHere()
    {
        const int First = unchecked((int)0x80000002), Last = First + 2;
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < unchecked((uint)Last))
            return "unknown";
        int[] registers = [.. Enumerable.Range(0, 3).SelectMany(leaf =>
        {
            var (a, b, c, d) = X86Base.CpuId(First + leaf, 0);
            return new[] { a, b, c, d };
        })];
        string model = Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>(registers)).Trim('\0', ' ');
        return model.Length > 0 ? string.Join(' ', model.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : "unknown";
    }
}
