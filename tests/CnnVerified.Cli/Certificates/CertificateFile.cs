using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CnnVerified.Verification;
using CnnVerified.Verification.Reports;

namespace CnnVerified.Cli.Certificates;

/// <summary>Certificates as files of JSON.</summary>
internal static class CertificateFile
{
    private const long MostBytes = 256 << 20, MostElements = 1L << 50;
    private const int HashLength = 64, MostTold = 300, LongestCase = 200;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,   // an error over a bound of 0 is "Infinity"
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 16,
    };

    /// <summary>The file's text, which ends with a newline. Equal certificates have equal texts.</summary>
    public static string Text(Certificate certificate) => JsonSerializer.Serialize(certificate, Options) + "\n";

    /// <summary>The text of a part of one: equal where the parts are.</summary>
    public static string Text<T>(T part) => JsonSerializer.Serialize(part, Options);

    public static void Write(string path, Certificate certificate) => AtomicFile.Write(path, Text(certificate));

    /// <summary>Reads a certificate and checks that it adds up.</summary>
    /// <param name="path">The file, of at most 256 MiB.</param>
    /// <returns>The certificate.</returns>
    /// <exception cref="InputException">It cannot be read, is no certificate of this form, or contradicts itself.</exception>
    public static Certificate Read(string path)
    {
        try
        {
            byte[] text;
            using (FileStream file = File.OpenRead(path))
            {
                if (!file.CanSeek || file.Length > MostBytes)
                    throw Unfit(path, file.CanSeek ? $"a file of at most {MostBytes >> 20} MiB, got {file.Length >> 20} MiB" : "a file, got a device or a pipe");
                text = new byte[file.Length];
                file.ReadExactly(text);
            }
            CheckForm(path, text);
            var read = JsonSerializer.Deserialize<Certificate>(text, Options)!;
            return Contradiction(read) is { } wrong ? throw Unfit(path, $"a certificate that adds up, got {wrong}") : read;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Unfit(path, $"a file that can be read, got: {wrong.Message}", wrong);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw Unfit(path, $"a certificate as cnnverify verify --certificate writes it, got: {wrong.Message}", wrong);
        }
    }

    // The version comes first, so that a file of another one is told as that; and no list has a null, which no annotation forbids.
    private static void CheckForm(string path, byte[] text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        bool isKnown = reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
            && reader.ValueTextEquals("schema") && reader.Read() && reader.TokenType == JsonTokenType.Number;
        if (!isKnown)
            throw new JsonException("a file that does not begin with \"schema\" and a number");
        if (!reader.TryGetInt32(out int schema) || schema != Certificate.CurrentSchema)
            throw Unfit(path, $"a certificate of schema {Certificate.CurrentSchema}, got another one; the cnnverify that wrote it can read it");
        for (JsonTokenType before = reader.TokenType; reader.Read(); before = reader.TokenType)
            if (reader.TokenType == JsonTokenType.Null && before != JsonTokenType.PropertyName)
                throw new JsonException($"null in a list, at byte {reader.TokenStartIndex}");
    }

    // What the file says of itself must follow from its blocks; null where it does.
    private static string? Contradiction(Certificate read)
    {
        CertifiedRequest request = read.Request;
        string[] engines = [.. request.Engines.Select(engine => engine.Name)];
        if (request.Cases < 1 || request.Threads is < 1 or > 1024 || request.Equations.Count == 0 || engines.Length == 0)
            return "a request for nothing";
        if (IsTwice(engines) || IsTwice(request.Equations) || IsTwice(read.Claims.Select(claim => $"{claim.Equation} {claim.Oracle}")))
            return "an engine, an equation or a claim twice";
        if (read.Shard is { } shard && (shard.Number < 1 || shard.Number > shard.Of))
            return $"shard {shard.Number} of {shard.Of}";
        if (read.Runs.Count == 0)
            return "no run";
        foreach (BatteryClaim claim in read.Claims)
            if (Contradiction(claim, read) is { } wrong)
                return $"{claim.Equation} {claim.Oracle}: {wrong}";
        return read.Summary != CertifiedSummary.Of(request, read.Claims) ? "a summary that does not follow from the claims" : null;
    }

    private static string? Contradiction(BatteryClaim claim, Certificate of)
    {
        string[] able = [.. claim.Outcomes.Select(outcome => outcome.Engine)];
        if (!of.Request.Equations.Contains(claim.Equation) || of.Oracles.All(oracle => oracle.Name != claim.Oracle) || able.Except(of.Request.Engines.Select(engine => engine.Name)).Any() || IsTwice(able) || able.Length == 0)
            return "a claim that was not asked for";
        var blocks = of.Settings().Blocks().ToDictionary(block => block.First, block => block.Count);
        foreach (CaseBlock block in claim.Blocks)
        {
            string at = $"the block of case {block.First}";
            if (blocks.GetValueOrDefault(block.First) != block.Count)
                return $"{at} with {block.Count} cases";
            if (block.Cases is { } cases && (cases.Count != block.Count || CaseBlock.HashOf(cases) != block.CasesHash))
                return $"{at} whose cases do not have its hash";
            if (block.Cases?.Any(text => text.Length > LongestCase) == true)
                return $"{at} with a text of more than {LongestCase} characters";
            if (block.Outcomes.Count == 0 || IsTwice(block.Outcomes.Select(outcome => outcome.Engine)) || block.Outcomes.Any(outcome => !able.Contains(outcome.Engine) || !IsPossible(outcome, block.Count)))
                return $"{at} with impossible numbers";
        }
        if (IsTwice(claim.Blocks.Select(block => $"{block.First}")))
            return "a block twice";
        var sum = BatteryClaim.Of(claim.Equation, claim.Oracle, able, claim.Blocks);
        if (!sum.Outcomes.SequenceEqual(claim.Outcomes) || Text(sum.Blocks) != Text(claim.Blocks))
            return "outcomes that are not the sum of the blocks";
        return of.Shard is null ? Gap(claim, of.Settings()) : null;
    }

    /// <summary>What is missing in a claim of a whole run, or null: every engine is judged on all blocks up to its first failure.</summary>
    public static string? Gap(BatteryClaim claim, BatterySettings settings)
    {
        foreach (Outcome outcome in claim.Outcomes)
        {
            var done = claim.Blocks.Where(block => block.Outcomes.Any(each => each.Engine == outcome.Engine)).Select(block => block.First).ToHashSet();
            int all = settings.Blocks().TakeWhile(block => done.Contains(block.First)).Count();
            if (all != done.Count || outcome.Failure is null && all != settings.Blocks().Count())
                return $"a gap: {outcome.Engine} was not judged on all cases";
        }
        return null;
    }

    private static bool IsPossible(Outcome outcome, int cases) => outcome.Checks >= 0 && outcome.Beyond >= 0 && (long)outcome.Checks + outcome.Beyond <= cases
        && (outcome.Failure is not null || outcome.Checks + outcome.Beyond == cases) && outcome.Weak >= 0 && outcome.Weak <= outcome.Checks
        && outcome.Elements is >= 0 and <= MostElements && outcome.Worst >= 0 && outcome.Bits.Length == HashLength && outcome.Bits.All(char.IsAsciiHexDigitLower)
        && outcome.Verdict == Outcome.VerdictOf(outcome.Checks, outcome.Failure);

    private static bool IsTwice(IEnumerable<string> names)
    {
        var seen = new HashSet<string>();
        return !names.All(seen.Add);
    }

    // What came may be of any length and hold any character.
    private static InputException Unfit(string path, string what, Exception? inner = null)
    {
        string told = string.Concat(what.Take(MostTold).Select(character => char.IsControl(character) ? ' ' : character)) + (what.Length > MostTold ? "…" : "");
        return inner is null ? new($"{path}: expected {told}.") : new($"{path}: expected {told.TrimEnd('.')}.", inner);
    }
}
