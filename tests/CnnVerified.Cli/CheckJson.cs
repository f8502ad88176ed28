using System.Text.Json;
using System.Text.Json.Serialization;
using CnnVerified.Reference.Notation;
using CnnVerified.Verification.Checking;

namespace CnnVerified.Cli;

/// <summary>Verdicts for programs.</summary>
internal static class CheckJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A list of blocks, each with its verdict and the findings on its claims.</summary>
    public static string Text(IReadOnlyList<(string? File, CheckResult Result)> results) => JsonSerializer.Serialize(results.Select(each => new
    {
        id = each.Result.Id,
        file = each.File,
        kind = each.Result.Block?.Head.Kind == BlockKind.Derivation ? "derivation" : "eq",
        verdict = VerdictText.Name(each.Result.Verdict),
        holds = each.Result.Holds,
        asStated = each.Result.IsAsStated,
        error = each.Result.Error is { } error ? new { message = error.Message, line = error.Place.Line, column = error.Place.Column } : null,
        findings = each.Result.Findings.Select(finding => new
        {
            claim = finding.Claim,
            line = finding.Place.Line,
            verdict = VerdictText.Name(finding.Verdict),
            strength = finding.Evidence,
            conditions = finding.Conditions.Count == 0 ? null : finding.Conditions,
            diagnosis = finding.Diagnosis,
            mended = finding.Mended,
            reason = finding.Reason,
            counterexample = finding.Counterexample is not { } example ? null : new
            {
                sizes = example.Sizes.ToDictionary(size => size.Name, size => size.Value),
                values = example.Values,
                element = example.Element,
                claimed = example.Claimed,
                @true = example.True,
                claimedTerms = example.ClaimedTerms,
                trueTerms = example.TrueTerms,
                paths = example.Paths,
                isSmallest = example.IsSmallest,
            },
        }),
    }), Options);
}
