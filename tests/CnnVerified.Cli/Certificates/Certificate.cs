using CnnVerified.Verification;
using CnnVerified.Verification.Engines;
using CnnVerified.Verification.Oracles;

namespace CnnVerified.Cli.Certificates;

/// <summary>What a run of cnnverify verify found, so that it can be repeated. docs/scaling.md documents the file; its names are those of
/// these records in camel case.</summary>
/// <param name="Schema">The version of the file's form.</param>
/// <param name="Product">The version of cnnverify.</param>
/// <param name="Request">What was asked for. Equal requests draw equal cases.</param>
/// <param name="Oracles">The oracles that took part, and what each shows: equality, or a bound and of what kind.</param>
/// <param name="Assemblies">The code that took part.</param>
/// <param name="Shard">Which part of the run this is, or null for all of it.</param>
/// <param name="Runs">Where and when: one, or after a merge one for each shard.</param>
/// <param name="Summary">The numbers of the closing line.</param>
/// <param name="Claims">One for each equation and oracle that apply.</param>
internal sealed record Certificate(int Schema, string Product, CertifiedRequest Request, IReadOnlyList<CertifiedOracle> Oracles,
    IReadOnlyList<CertifiedAssembly> Assemblies, Shard? Shard, IReadOnlyList<CertifiedRun> Runs, CertifiedSummary Summary, IReadOnlyList<BatteryClaim> Claims)
{
    public const int CurrentSchema = 1;

    private const long MostCases = 1_000_000;

    /// <summary>The certificate of a run.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="libraries">Paths of the libraries that engines were loaded from.</param>
    /// <param name="shard">The part that was done, or null.</param>
    /// <param name="run">Where and when.</param>
    /// <param name="claims">What was found.</param>
    /// <returns>The certificate. Where there are more than a million cases, of all equations and oracles together, it keeps their hashes alone.</returns>
    public static Certificate Of(CertifiedRequest request, IEnumerable<string> libraries, Shard? shard, CertifiedRun run, IReadOnlyList<BatteryClaim> claims)
    {
        bool keepsCases = (long)claims.Count * (request.Case is null ? request.Cases : 1) <= MostCases;
        BatteryClaim[] kept = [.. claims.Select(claim => keepsCases ? claim : claim with { Blocks = [.. claim.Blocks.Select(block => block with { Cases = null })] })];
        var names = claims.Select(claim => claim.Oracle).ToHashSet();
        return new(CurrentSchema, VerificationJob.Version, request,
            [.. Oracle.All.Where(oracle => names.Contains(oracle.Name)).Select(oracle => new CertifiedOracle(oracle.Name, oracle.Proves))],
            CertifiedAssembly.All(libraries), shard, [run], CertifiedSummary.Of(request, kept), kept);
    }

    /// <summary>The settings of its run.</summary>
    public BatterySettings Settings() => new(Request.Cases, Request.Seed, Request.Case, Request.Threads, Shard);
}

/// <summary>What was asked for.</summary>
/// <param name="Equations">Ids, in order.</param>
/// <param name="Engines">The engines, in order.</param>
/// <param name="Cases">Cases drawn for each equation and oracle.</param>
/// <param name="Case">The only case, or null.</param>
/// <param name="Seed">The seed of cases and data.</param>
/// <param name="Threads">Threads of the optimised engine.</param>
internal sealed record CertifiedRequest(IReadOnlyList<string> Equations, IReadOnlyList<CertifiedEngine> Engines, int Cases, string? Case, ulong Seed, int Threads);

/// <summary>An engine.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Library">The file name of the library that it was loaded from, or null for one of this project.</param>
/// <param name="SameBitsAs">What the oracle bits compared it with.</param>
/// <param name="NotOffered">Equations that were asked for and that it does not offer: neither passed nor failed.</param>
internal sealed record CertifiedEngine(string Name, string? Library, IReadOnlyList<string> SameBitsAs, IReadOnlyList<string> NotOffered)
{
    public static CertifiedEngine Of(Engine engine, IEnumerable<Equation> equations) => new(engine.Name, LibraryProcess.IsLibrary(engine.Argument) ? Path.GetFileName(engine.Argument) : null,
        [.. engine.SameBits.Select(other => other.Name)], [.. equations.Where(equation => !engine.Offers(equation)).Select(equation => equation.Id)]);
}

/// <summary>An oracle.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Proves">What it shows when it holds, and within which bound.</param>
internal sealed record CertifiedOracle(string Name, string Proves);

/// <summary>The numbers of the closing line.</summary>
/// <param name="Verdict">"holds", "failed" or "not judged".</param>
/// <param name="Equations">Equations that were judged.</param>
/// <param name="Checks">Cases that were judged, counted for each oracle and engine.</param>
/// <param name="Failed">Claims of an engine with a failure.</param>
/// <param name="NotOffered">Equations that were asked of an engine and that it does not offer.</param>
internal sealed record CertifiedSummary(string Verdict, int Equations, long Checks, int Failed, int NotOffered)
{
    public static CertifiedSummary Of(CertifiedRequest request, IReadOnlyList<BatteryClaim> claims)
    {
        Outcome[] all = [.. claims.SelectMany(claim => claim.Outcomes)];
        int failed = all.Count(outcome => outcome.Failure is not null);
        long checks = all.Sum(outcome => (long)outcome.Checks);
        return new(failed > 0 ? "failed" : checks > 0 ? "holds" : "not judged",
            claims.Where(claim => claim.Outcomes.Any(outcome => outcome.Checks > 0)).Select(claim => claim.Equation).Distinct().Count(),
            checks, failed, request.Engines.Sum(engine => engine.NotOffered.Count));
    }

    public override string ToString() => $"{Equations} equations, {Checks} checks, {Failed} failed" + (NotOffered > 0 ? $", {NotOffered} not offered" : "");
}
