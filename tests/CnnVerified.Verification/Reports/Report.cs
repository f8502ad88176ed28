using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using CnnVerified.Verification.Training;

namespace CnnVerified.Verification.Reports;

/// <summary>Everything that a run found, for the HTML and JSON reports.</summary>
/// <param name="Version">Version of the suite.</param>
/// <param name="When">When the run ended.</param>
/// <param name="Machine">What it ran on.</param>
/// <param name="Command">The arguments of the command.</param>
/// <param name="Seed">The seed of cases and data.</param>
/// <param name="Judgements">One for each equation, oracle and engine.</param>
/// <param name="Lockstep">The lockstep of both implementations, or null where it was not run.</param>
/// <param name="Training">The training of the engine alone, or null where it was not run.</param>
public sealed record Report(string Version, DateTimeOffset When, Machine Machine, string Command, ulong Seed,
    IReadOnlyList<Judgement> Judgements, LockstepRun? Lockstep, TrainingRun? Training)
{
    /// <summary>Equations that were judged.</summary>
    public int Equations => Judgements.Select(judgement => judgement.Equation).Distinct().Count();

    /// <summary>Cases that were judged, counted for each oracle and engine, and lockstep steps.</summary>
    public int Checks => Judgements.Sum(judgement => judgement.Checks) + (Lockstep?.Steps.Count ?? 0);

    /// <summary>Judgements with a failure, and a lockstep that left its bound.</summary>
    public int Failed => Judgements.Count(judgement => judgement.Failure is not null) + (Lockstep is { Holds: false } ? 1 : 0);

    /// <summary>What was asked of an engine that it does not offer: neither passed nor failed.</summary>
    public IReadOnlyList<NotOffered> NotOffered { get; init; } = [];

    /// <summary>The closing line.</summary>
    public string Summary => $"{Equations} equations, {Checks} checks, {Failed} failed" +
        (NotOffered.Count > 0 ? $", {NotOffered.Sum(each => each.Equations.Count)} not offered" : "");
}

/// <summary>Equations that were asked of an engine and that it does not offer.</summary>
/// <param name="Engine">The engine's name.</param>
/// <param name="Equations">Their ids.</param>
public sealed record NotOffered(string Engine, IReadOnlyList<string> Equations);

/// <summary>What a run ran on.</summary>
/// <param name="Processor">Architecture and cores.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET version.</param>
/// <param name="InstructionSets">Vector widths in use, widest first, and whether multiply-adds are fused in hardware.</param>
public sealed record Machine(string Processor, string System, string Runtime, string InstructionSets)
{
    /// <summary>This machine.</summary>
    /// <returns>Its description.</returns>
    public static Machine Here()
    {
        bool fma = Fma.IsSupported || AdvSimd.Arm64.IsSupported;
        var widths = Engines.EngineList.Widths.Reverse().Select(width => width switch
        {
            Optimized.VectorWidth.V512 => "Vector512 (AVX-512)",
            Optimized.VectorWidth.V256 => "Vector256 (AVX2)",
            Optimized.VectorWidth.V128 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "Vector128 (NEON)" : "Vector128 (SSE)",
            _ => "scalar",
        });
        return new($"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores", RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription, $"{string.Join(", ", widths)}; fused multiply-add {(fma ? "in hardware" : "in software (slow)")}");
    }
}
