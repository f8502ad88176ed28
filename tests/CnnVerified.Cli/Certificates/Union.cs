using CnnVerified.Verification;

namespace CnnVerified.Cli.Certificates;

/// <summary>Puts the certificates of all shards of a run together.</summary>
internal static class Union
{
    private const int MostListed = 20;

    /// <summary>The certificate of the run. It is what one machine would have written, but for the list of runs.</summary>
    /// <param name="parts">Files and what they hold, in any order.</param>
    /// <returns>The union.</returns>
    /// <exception cref="InputException">They are not the shards of one run, or not each of them once.</exception>
    public static Certificate Of(IReadOnlyList<(string Path, Certificate Certificate)> parts)
    {
        var (firstPath, first) = parts[0];
        foreach (var (path, part) in parts)
        {
            if (part.Shard is null)
                throw new InputException($"{path}: expected the certificate of a shard (cnnverify verify --shard I/N), got that of a whole run.");
            foreach (var (name, wanted, came) in Parts(first, part))
                if (wanted != came)
                    throw new InputException($"{path}: expected a shard of the same run as {firstPath}, got another {name}{Told(name, wanted, came)}.");
        }
        if (parts.GroupBy(part => part.Certificate.Shard!.Number).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InputException($"expected each shard once, got shard {twice.Key} of {first.Shard!.Of} twice: {string.Join(" and ", twice.Select(part => part.Path))}.");
        int[] missing = [.. Enumerable.Range(1, first.Shard!.Of).Except(parts.Select(part => part.Certificate.Shard!.Number)).Take(MostListed + 1)];
        if (missing.Length > 0)
            throw new InputException($"expected all {first.Shard.Of} shards, got {parts.Count}; missing: {string.Join(", ", missing.Take(MostListed))}{(missing.Length > MostListed ? ", …" : "")}.");

        Certificate[] shards = [.. parts.Select(part => part.Certificate).OrderBy(part => part.Shard!.Number)];
        BatteryClaim[] claims = [.. first.Claims.Select((claim, i) => Sum(claim, shards.SelectMany(shard => shard.Claims[i].Blocks), first.Settings() with { Shard = null }))];
        return first with { Shard = null, Runs = [.. shards.SelectMany(shard => shard.Runs)], Claims = claims, Summary = CertifiedSummary.Of(first.Request, claims) };
    }

    private static BatteryClaim Sum(BatteryClaim claim, IEnumerable<CaseBlock> blocks, BatterySettings settings)
    {
        CaseBlock[] all = [.. blocks];
        if (all.GroupBy(block => block.First).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InputException($"{claim.Equation} {claim.Oracle}: expected each block in one shard, got that of case {twice.Key} in two.");
        var sum = BatteryClaim.Of(claim.Equation, claim.Oracle, claim.Outcomes.Select(outcome => outcome.Engine), all);
        return CertificateFile.Gap(sum, settings) is { } gap ? throw new InputException($"{claim.Equation} {claim.Oracle}: expected all blocks, got {gap}.") : sum;
    }

    // What all shards of a run have in common.
    private static IEnumerable<(string Name, string Wanted, string Came)> Parts(Certificate first, Certificate part)
    {
        CertifiedRequest a = first.Request, b = part.Request;
        yield return ("version of cnnverify", first.Product, part.Product);
        yield return ("number of shards", $"{first.Shard?.Of}", $"{part.Shard?.Of}");
        yield return ("seed", $"{a.Seed}", $"{b.Seed}");
        yield return ("number of cases", $"{a.Cases}", $"{b.Cases}");
        yield return ("case", a.Case ?? "none", b.Case ?? "none");
        yield return ("number of threads", $"{a.Threads}", $"{b.Threads}");
        yield return ("list of equations", string.Join(' ', a.Equations), string.Join(' ', b.Equations));
        yield return ("list of engines", string.Join(", ", a.Engines.Select(engine => engine.Name)), string.Join(", ", b.Engines.Select(engine => engine.Name)));
        yield return ("description of the engines", CertificateFile.Text(a.Engines), CertificateFile.Text(b.Engines));
        foreach (var (wanted, came) in first.Assemblies.Zip(part.Assemblies))
            yield return ($"assembly {wanted.Name}", CertificateFile.Text(wanted), CertificateFile.Text(came));
        yield return ("number of assemblies", $"{first.Assemblies.Count}", $"{part.Assemblies.Count}");
        yield return ("list of oracles", CertificateFile.Text(first.Oracles), CertificateFile.Text(part.Oracles));
        yield return ("list of claims", Claims(first), Claims(part));
    }

    private static string Claims(Certificate certificate) =>
        string.Join('\n', certificate.Claims.Select(claim => $"{claim.Equation} {claim.Oracle} {string.Join(' ', claim.Outcomes.Select(outcome => outcome.Engine))}"));

    // Short things are told; the others would fill the line.
    private static string Told(string name, string wanted, string came) =>
        name.Contains("threads", StringComparison.Ordinal) ? $": {came}, not {wanted}; --threads makes it the same on all machines"
        : name.Contains("engines", StringComparison.Ordinal) ? " (machines of other vector widths; --engine names those that all have, and the widest of each machine is compared with the others)"
        : wanted.Length + came.Length < 100 ? $": {came}, not {wanted}" : "";
}
